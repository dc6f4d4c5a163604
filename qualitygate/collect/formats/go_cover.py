"""Go's cover profiles, of the modes set, count and atomic."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Measured, Record
from qualitygate.model.coverage import FileCoverage
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

    Blocks that come again (one for every package that was tested with -coverpkg) are the same block. `go tool cover`
    prints the share of *statements*, which the profile tells by block and not by line; this is the share of lines, as
    gocover-cobertura and gcov2lcov count them, and differs by some tenths of a percent. Go measures no branches.
    Source: golang.org/x/tools/cover, profile.go.
    """
    files: dict[str, dict[int, int]] = {}
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
        hits = files.setdefault(match[1].decode("utf-8", "surrogateescape"), {})
        ran = int(match[7].lstrip(b"0") != b"")
        for each in range(start, end + 1):
            hits[each] = hits.get(each, 0) or ran
    try:
        for path, hits in files.items():
            yield Measured(path, FileCoverage.of(hits))
    except ValueError as error:
        raise UnreadableReportError(
            slug="malformed-report", where=origin, what=str(error), remedy="write the profile again with go test"
        ) from None


FORMAT = Format(
    name="go-cover",
    family=Family.COVERAGE,
    tools=("go test",),
    well_known=("cover.out", "coverage.out", "c.out", "coverage.txt"),
    claims=claims,
    parse=parse,
)
