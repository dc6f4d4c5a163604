"""Reading `git diff --raw -z` and `git diff -U0`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.repository.git import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBMODULE = "160000"
SYMLINK = "120000"


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One file of a raw diff.

    status:    A, D, M, R or T, without the similarity that follows R.
    base_path: name in the base; None where it was added.
    path:      name in the head; None where it was deleted.
    base_mode, mode: git's file modes, "000000" on the side where the file is not.
    blob:      object name at the head.
    """

    status: str
    base_path: str | None
    path: str | None
    base_mode: str
    mode: str
    blob: str


@dataclass(slots=True)
class Hunk:
    """One run of a diff without context: lines removed, and lines added in their place.

    base_line: first removed line; where nothing was removed, the line before the insertion.
    line:      first added line; where nothing was added, the line before the gap.
    """

    base_line: int
    line: int
    removed: list[bytes] = field(default_factory=list)
    added: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class FilePatch:
    """The hunks of one file; `binary` where git would not compare lines."""

    base_path: str | None
    path: str | None
    hunks: list[Hunk] = field(default_factory=list)
    binary: bool = False


def parse_raw(output: bytes) -> Iterator[RawEntry]:
    """Read the output of `git diff --raw -z`."""
    fields = iter(output.split(b"\0"))
    for head in fields:
        if not head:
            return
        base_mode, mode, _, blob, status = head[1:].decode("ascii").split(" ")
        first = decoded(next(fields))
        kind = status[0]
        second = decoded(next(fields)) if kind in "RC" else first
        yield RawEntry(
            status=kind,
            base_path=None if kind in "AC" else first,
            path=None if kind == "D" else second,
            base_mode=base_mode,
            mode=mode,
            blob=blob,
        )


_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def parse_patch(output: bytes) -> Iterator[FilePatch]:
    """Read the output of `git diff -U0`; the text of removed and added lines comes without its line end."""
    current: FilePatch | None = None
    lines = iter(output.split(b"\n"))
    for line in lines:
        if line.startswith(b"diff --git "):
            if current is not None:
                yield current
            current = FilePatch(None, None)
        elif current is None:
            continue
        elif line.startswith(b"--- "):
            current.base_path = _name(line[4:], b"a/")
        elif line.startswith(b"+++ "):
            current.path = _name(line[4:], b"b/")
        elif line.startswith(b"Binary files "):
            current.binary = True
            current.base_path, current.path = _binary_names(line)
        elif match := _HUNK.match(line):
            hunk = Hunk(int(match[1]), int(match[3]))
            removed, added = int(match[2] or 1), int(match[4] or 1)
            while len(hunk.removed) < removed or len(hunk.added) < added:
                text = next(lines)
                if text[:1] == b"-":
                    hunk.removed.append(text[1:])
                elif text[:1] == b"+":
                    hunk.added.append(text[1:])
            current.hunks.append(hunk)
    if current is not None:
        yield current


def _binary_names(line: bytes) -> tuple[str | None, str | None]:
    # A name may hold " and b/" itself; then the names stay unknown and the raw diff alone speaks of the file.
    parts = line.removeprefix(b"Binary files ").removesuffix(b" differ").split(b" and ")
    if len(parts) != 2:
        return None, None
    return _name(parts[0], b"a/"), _name(parts[1], b"b/")


_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {
    b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r", b'"': b'"', b"\\": b"\\",
}  # fmt: skip


def _name(raw: bytes, prefix: bytes) -> str | None:
    """Read a name as a patch writes it: quoted as in C where it is odd, with a tab behind it where it has a space."""
    if raw.startswith(b'"'):
        quoted = raw.rstrip(b"\t")[1:-1]
        raw = _ESCAPE.sub(lambda m: bytes([int(m[1], 8)]) if len(m[1]) == 3 else _ESCAPED.get(m[1], m[1]), quoted)
    else:
        raw = raw.removesuffix(b"\t")
    if raw == b"/dev/null":
        return None
    return decoded(raw.removeprefix(prefix))
