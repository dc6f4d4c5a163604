"""gcovr's JSON report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.format import Family, Format, Measured, Note, Record
from qualitygate.collect.reading.json import items
from qualitygate.model.coverage import FileCoverage
from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb'^\s*\{\s*"gcovr/format_version"\s*:\s*"[^"]*"\s*,\s*"files"')


class _Branch(msgspec.Struct):
    count: int
    excluded: bool = msgspec.field(name="gcovr/excluded", default=False)


class _Line(msgspec.Struct):
    line_number: int
    count: int
    branches: list[_Branch] = []
    excluded: bool = msgspec.field(name="gcovr/excluded", default=False)
    noncode: bool = msgspec.field(name="gcovr/noncode", default=False)


class _File(msgspec.Struct):
    file: str
    lines: list[_Line]


def claims(head: bytes) -> bool:
    """Tell it by its format version; gcovr's JSON summary has no `files` behind it."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line and branch coverage per file; a line of several functions (templates) runs if one of them ran it.

    Source: gcovr's documentation, JSON Format Reference.
    """
    count = 0
    for entry in items(report, origin, "files.item"):
        count += 1
        try:
            file = msgspec.convert(entry, _File)
            yield Measured(file.file, _coverage(file))
        except (msgspec.ValidationError, ValueError) as error:
            raise UnreadableReportError(
                slug="malformed-report",
                where=origin,
                what=f"file {count}: {error}",
                remedy="write the report again with `gcovr --json`",
            ) from None
    if not count:
        yield Note("the report holds no file, so it measured nothing")


def _coverage(file: _File) -> FileCoverage:
    hits: dict[int, int] = {}
    branches: dict[int, tuple[int, int]] = {}
    for line in file.lines:
        if line.excluded or line.noncode:
            continue
        hits[line.line_number] = max(hits.get(line.line_number, 0), line.count)
        counts = [branch.count for branch in line.branches if not branch.excluded]
        taken, total = branches.get(line.line_number, (0, 0))
        branches[line.line_number] = (taken + sum(each > 0 for each in counts), total + len(counts))
    return FileCoverage.of(hits, branches)


FORMAT = Format(
    name="gcovr-json",
    family=Family.COVERAGE,
    tools=("gcovr",),
    well_known=("gcovr.json",),
    claims=claims,
    parse=parse,
)
