"""The JSON that llvm-cov exports."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.format import Family, Format, Measured, Note, Record
from qualitygate.collect.reading.json import items
from qualitygate.model.coverage import FileCoverage
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.lines import LAST_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb'^\s*\{\s*(?:"data"\s*:\s*\[\s*\{\s*"(?:files|functions|totals)"|"type"\s*:\s*"llvm\.coverage)')


class _Segment(msgspec.Struct, array_like=True):
    line: int
    column: int
    count: int
    has_count: bool
    is_entry: bool
    is_gap: bool = False


class _Branch(msgspec.Struct, array_like=True):
    line: int
    column: int
    end_line: int
    end_column: int
    true_count: int
    false_count: int


class _Expansion(msgspec.Struct):
    """A macro that was unfolded; its branches leave from the line that names it."""

    source_region: list[int]
    branches: list[_Branch] = []


class _File(msgspec.Struct):
    filename: str
    segments: list[_Segment]
    branches: list[_Branch] = []
    expansions: list[_Expansion] = []


def claims(head: bytes) -> bool:
    """Tell it by its `data` array, or by the type `llvm.coverage.json.export`."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line and branch coverage per file.

    Lines are derived from the segments as LLVM's own LineCoverageStats does (CoverageMapping.cpp), which is what
    `llvm-cov export -format=lcov` writes as DA records. `llvm-cov report` prints lines summed over functions instead.
    """
    count = 0
    for entry in items(report, origin, "data.item.files.item"):
        count += 1
        try:
            file = msgspec.convert(entry, _File)
            yield Measured(file.filename, _coverage(file))
        except (msgspec.ValidationError, ValueError, IndexError) as error:
            raise UnreadableReportError(
                slug="malformed-report",
                where=origin,
                what=f"file {count}: {error}",
                remedy="write the report again with `llvm-cov export`",
            ) from None
    if not count:
        yield Note("the report holds no file, so it measured nothing")


def _coverage(file: _File) -> FileCoverage:
    hits: dict[int, int] = {}
    by_line: dict[int, list[_Segment]] = {}
    for segment in file.segments:
        if not 1 <= segment.line <= LAST_LINE:
            raise ValueError(f"line {segment.line} is no line number")
        by_line.setdefault(segment.line, []).append(segment)
    wrapped: _Segment | None = None
    lines = sorted(by_line)
    for line, following in pairwise([*lines, (lines[-1] + 1) if lines else 0]):
        count = _count(by_line[line], wrapped)
        if count is not None:
            hits[line] = count
        wrapped = by_line[line][-1]
        if wrapped.has_count:
            hits.update(dict.fromkeys(range(line + 1, following), wrapped.count))
    branches: dict[int, tuple[int, int]] = {}
    unfolded = [(each.source_region[0], branch) for each in file.expansions for branch in each.branches]
    for line, branch in [(branch.line, branch) for branch in file.branches] + unfolded:
        taken, total = branches.get(line, (0, 0))
        branches[line] = (taken + (branch.true_count > 0) + (branch.false_count > 0), total + 2)
    return FileCoverage.of(hits, branches)


def _count(segments: list[_Segment], wrapped: _Segment | None) -> int | None:
    """Give how often a line ran; None for a line without code."""
    entries = [each for each in segments if each.has_count and each.is_entry and not each.is_gap]
    skipped = not segments[0].has_count and segments[0].is_entry
    if skipped or not (entries or (wrapped is not None and wrapped.has_count)):
        return None
    count = wrapped.count if wrapped is not None and wrapped.has_count else 0
    return max([count, *(each.count for each in entries)])


FORMAT = Format(
    name="llvm-cov-json",
    family=Family.COVERAGE,
    tools=("llvm-cov",),
    well_known=("llvm-cov.json",),
    claims=claims,
    parse=parse,
)
