"""Finding and opening report files."""

from __future__ import annotations

import glob
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from qualitygate.collect.recognise import own_formats
from qualitygate.model.errors import UnreadableReportError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SAME_RUN = (".coverage", "coverage.xml", "coverage.json", "coverage.lcov")
"""What coverage.py writes of one run: the newest in a directory speaks, an older one may be of another run."""


def well_known(root: Path, folders: Iterable[str]) -> list[Path]:
    """Look up the places where tools put reports by default, below the root and below each folder; sorted, each once.

    Only regular files inside the root are taken: a link that leads out of it is somebody else's file.
    """
    found: set[Path] = set()
    home = root.resolve()
    for folder in sorted({"", *folders}):
        for format_ in own_formats():
            for pattern in format_.well_known:
                for name in glob.glob(os.path.join(glob.escape(str(root)), glob.escape(folder), pattern)):  # noqa: PTH118, PTH207 - Path.glob skips what it cannot read without a word
                    path = Path(name)
                    if path.is_file() and path.resolve().is_relative_to(home):
                        found.add(path)
    return sorted(path for path in found if not _outdated(path, found))


def shards(root: Path, suffix: str) -> list[Path]:
    """Find the facts that other jobs collected and left at the top of the repository; sorted."""
    home = root.resolve()
    return sorted(path for path in root.glob(f"*{suffix}") if path.is_file() and path.resolve().is_relative_to(home))


def _outdated(path: Path, found: set[Path]) -> bool:
    if path.name not in _SAME_RUN:
        return False
    siblings = [path.with_name(name) for name in _SAME_RUN if path.with_name(name) in found]
    newest = max(siblings, key=lambda each: (each.stat().st_mtime_ns, -_SAME_RUN.index(each.name)))
    return path != newest


def given(root: Path, patterns: Iterable[str], start: Path) -> list[Path]:
    """Find the files that `--report` names, relative to where the user stands or to the root; sorted, each once.

    UsageError for a pattern that names no file.
    """
    found: set[Path] = set()
    for pattern in patterns:
        names = glob.glob(pattern, root_dir=start, recursive=True, include_hidden=True)  # noqa: PTH207
        places = [start / name for name in names]
        if not places:
            places = [root / name for name in glob.glob(pattern, root_dir=root, recursive=True, include_hidden=True)]  # noqa: PTH207
        if not places:
            raise UsageError(
                slug="no-such-report",
                where=f"--report {pattern}",
                what="no file has that name",
                remedy="check the path, and that the job that writes it ran before this one",
            )
        found.update(places)
    return sorted(found)


@contextmanager
def open_file(path: Path, origin: str) -> Iterator[IO[bytes]]:
    """Open a report; UnreadableReportError for what is no regular file (a pipe would never end) or may not be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise _cannot_open(origin, error.strerror or str(error)) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _cannot_open(origin, "it is not a regular file")
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        try:
            yield cast("IO[bytes]", stream)
        except OSError as error:
            raise _cannot_open(origin, error.strerror or str(error)) from None


def _cannot_open(origin: str, what: str) -> UnreadableReportError:
    return UnreadableReportError(
        slug="report-not-readable",
        where=origin,
        what=what[:1].lower() + what[1:],
        remedy="give a regular file that the gate's user may read",
    )


_SAME_MOMENT = 60.0
"""Seconds by which a file may be younger than a report: editors and generators write both in any order."""


def any_age(_paths: Iterable[str]) -> str | None:
    """Find no file newer than a report: where jobs hand reports on, file times tell nothing."""
    return None


def newer_file(root: Path, report: Path, paths: Iterable[str]) -> str | None:
    """Give the first of some tracked files that was written well after a report; None where none was."""
    written = report.stat().st_mtime + _SAME_MOMENT
    for path in paths:
        try:
            if (root / path).stat().st_mtime > written:
                return path
        except OSError:
            continue
    return None
