"""Go's cover profiles, of the modes set, count and atomic."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Measured, Record
from qualitygate.model.coverage import Branches, FileCoverage
from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_MODE = re.compile(rb"mode: (?:set|count|atomic)\r?\n")
_BLOCK = re.compile(rb"(.+):(\d{1,9})\.(\d{1,9}),(\d{1,9})\.(\d{1,9}) (\d{1,9}) (\d{1,4000})")
_LONGEST_BLOCK = 1_000_000


def claims(head: bytes) -> bool:
    """Tell a profile by its first line, `mode: …`."""
    return _MODE.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line coverage per file: a line runs if a block that reaches over it runs.

    Blocks that come again (one for every package that was tested with -coverpkg) are the same block, which ran if it
    ran once. `go tool cover` prints the share of *statements*, which the profile tells by block and not by line; they
    are kept beside, on the line that their block starts on. Lines are counted as gocover-cobertura and gcov2lcov do,
    and differ by some tenths of a percent. Go measures no branches.
    Source: golang.org/x/tools/cover, profile.go.
    """
    files: dict[str, dict[int, int]] = {}
    blocks: dict[str, dict[bytes, tuple[int, int, int]]] = {}
    for number, line in enumerate(iter(lambda: report.readline(1 << 16), b""), start=1):
        text = line.strip()
        if not text or _MODE.match(text + b"\n"):
            continue
        match = _BLOCK.fullmatch(text)
        start, end = (int(match[2]), int(match[4])) if match else (1, 0)
        if match is None or not 0 <= end - start <= _LONGEST_BLOCK or not line.endswith(b"\n"):
            cut = not line.endswith(b"\n")
            raise UnreadableReportError(
                slug="truncated-report" if cut else "malformed-report",
                where=f"{origin}:{number}",
                what="the profile stops in the middle of a line" if cut else "this is no block of a cover profile",
                remedy="check that `go test -coverprofile` finished and that the whole file was kept",
            )
        path = match[1].decode("utf-8", "surrogateescape")
        hits = files.setdefault(path, {})
        ran = int(match[7].lstrip(b"0") != b"")
        place, count = text[match.start(2) : match.end(5)], int(match[6])
        known = blocks.setdefault(path, {}).get(place, (start, 0, count))
        blocks[path][place] = (start, known[1] | ran, max(known[2], count))
        for each in range(start, end + 1):
            hits[each] = hits.get(each, 0) or ran
    try:
        for path, hits in files.items():
            yield Measured(path, replace(FileCoverage.of(hits), statements=_statements(blocks[path])))
    except ValueError as error:
        raise UnreadableReportError(
            slug="malformed-report", where=origin, what=str(error), remedy="write the profile again with go test"
        ) from None


def _statements(blocks: dict[bytes, tuple[int, int, int]]) -> Branches:
    by_line: dict[int, tuple[int, int]] = {}
    for line, ran, count in blocks.values():
        executed, whole = by_line.get(line, (0, 0))
        by_line[line] = (executed + ran * count, whole + count)
    return Branches.of(by_line)


FORMAT = Format(
    name="go-cover",
    family=Family.COVERAGE,
    tools=("go test",),
    well_known=("cover.out", "coverage.out", "c.out", "coverage.txt"),
    claims=claims,
    parse=parse,
)
