"""coverage.py's JSON report."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.format import Family, Format, Measured, Note, Record
from qualitygate.collect.reading.json import members
from qualitygate.model.coverage import Branches, FileCoverage
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.lines import LineSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb'^\s*\{\s*"meta"\s*:\s*\{[^{}]*"(?:branch_coverage|show_contexts)"')


class _File(msgspec.Struct):
    executed_lines: list[int]
    missing_lines: list[int]
    executed_branches: list[tuple[int, int]] = []
    missing_branches: list[tuple[int, int]] = []


def claims(head: bytes) -> bool:
    """Tell it by the `meta` object that coverage.py writes first."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line and branch coverage per file; summaries are not read: lines and branches are counted."""
    count = 0
    for path, entry in members(report, origin, "files"):
        count += 1
        try:
            file = msgspec.convert(entry, _File)
            yield Measured(path, _coverage(file))
        except (msgspec.ValidationError, ValueError) as error:
            raise UnreadableReportError(
                slug="malformed-report",
                where=origin,
                what=f"the entry of {path}: {error}",
                remedy="write the report again with `coverage json`",
            ) from None
    if not count:
        yield Note("the report holds no file, so it measured nothing")


def _coverage(file: _File) -> FileCoverage:
    covered = LineSet.of(file.executed_lines)
    # A branch to a negative line is the way out of the function.
    taken = Counter(abs(origin) for origin, _ in file.executed_branches)
    missed = Counter(abs(origin) for origin, _ in file.missing_branches)
    return FileCoverage(
        covered | LineSet.of(file.missing_lines),
        covered,
        Branches.of({line: (taken[line], taken[line] + missed[line]) for line in taken | missed}),
    )


FORMAT = Format(
    name="coverage.py-json",
    family=Family.COVERAGE,
    tools=("coverage.py",),
    well_known=("coverage.json",),
    claims=claims,
    parse=parse,
)
