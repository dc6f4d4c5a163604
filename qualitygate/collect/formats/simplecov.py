"""SimpleCov's resultset."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.format import Family, Format, Measured, Note, Record
from qualitygate.collect.reading.json import members
from qualitygate.model.coverage import FileCoverage
from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb'^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{\s*"coverage"\s*:\s*\{')
_CONDITION = re.compile(r"\[:\w+, \d+, (\d+), ")


class _File(msgspec.Struct):
    lines: list[int | str | None] = []
    branches: dict[str, dict[str, int]] = {}


class _Run(msgspec.Struct):
    coverage: dict[str, _File | list[int | str | None]]


def claims(head: bytes) -> bool:
    """Tell it by its first entry: the name of a run whose object starts with `coverage`."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line and branch coverage per file and run; a line that SimpleCov ignores (`:nocov:`) is not executable.

    Source: SimpleCov's README and Ruby's Coverage.result.
    """
    count = 0
    for run, entry in members(report, origin, ""):
        try:
            for path, file in msgspec.convert(entry, _Run).coverage.items():
                count += 1
                yield Measured(path, _coverage(file if isinstance(file, _File) else _File(file)))
        except (msgspec.ValidationError, ValueError) as error:
            raise UnreadableReportError(
                slug="malformed-report",
                where=origin,
                what=f"the run {run}: {error}",
                remedy="run the tests again with SimpleCov",
            ) from None
    if not count:
        yield Note("the resultset holds no file, so it measured nothing")


def _coverage(file: _File) -> FileCoverage:
    hits = {number: count for number, count in enumerate(file.lines, start=1) if isinstance(count, int)}
    branches: dict[int, tuple[int, int]] = {}
    for condition, ways in file.branches.items():
        match = _CONDITION.match(condition)
        if match is None:
            raise ValueError(f"{condition!r} is no condition with a line")
        taken, total = branches.get(int(match[1]), (0, 0))
        branches[int(match[1])] = (taken + sum(each > 0 for each in ways.values()), total + len(ways))
    return FileCoverage.of(hits, branches)


FORMAT = Format(
    name="simplecov",
    family=Family.COVERAGE,
    tools=("SimpleCov",),
    well_known=(".resultset.json", "coverage/.resultset.json"),
    claims=claims,
    parse=parse,
)
