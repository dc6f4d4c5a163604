"""Istanbul's coverage-final.json, as nyc, jest, vitest and c8 write it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.format import Family, Format, Measured, Note, Record
from qualitygate.collect.reading.json import members
from qualitygate.model.coverage import Branches, FileCoverage
from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb'^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{\s*(?:"path"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*)?'
                   rb'(?:"all"\s*:\s*(?:true|false)\s*,\s*)?"(?:path|statementMap|all)"')  # fmt: skip


class _Position(msgspec.Struct):
    line: int | None = None


class _Place(msgspec.Struct):
    start: _Position = msgspec.field(default_factory=_Position)


class _Branch(msgspec.Struct):
    loc: _Place = msgspec.field(default_factory=_Place)
    line: int | None = None
    locations: list[_Place] = []


class _File(msgspec.Struct):
    statementMap: dict[str, _Place]  # noqa: N815 - the report's own key
    s: dict[str, int]
    branchMap: dict[str, _Branch] = {}  # noqa: N815 - the report's own key
    b: dict[str, list[int]] = {}


def claims(head: bytes) -> bool:
    """Tell it by its first entry: a path whose object starts with `path` or `statementMap`."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line and branch coverage per file.

    A line's count is the highest of the statements that start on it; a branch belongs to the line that its statement
    starts on. Source: istanbul-lib-coverage, file-coverage.js, getLineCoverage and getBranchCoverageByLine.
    """
    count = 0
    for path, entry in members(report, origin, ""):
        count += 1
        try:
            yield Measured(path, _coverage(msgspec.convert(entry, _File)))
        except (msgspec.ValidationError, ValueError, KeyError) as error:
            raise UnreadableReportError(
                slug="malformed-report",
                where=origin,
                what=f"the entry of {path}: {error}",
                remedy="write the report again with the tool itself",
            ) from None
    if not count:
        yield Note("the report holds no file, so it measured nothing")


def _coverage(file: _File) -> FileCoverage:
    hits: dict[int, int] = {}
    statements: dict[int, tuple[int, int]] = {}
    for key, place in file.statementMap.items():
        line = place.start.line
        if line is not None:
            hits[line] = max(hits.get(line, 0), file.s[key])
            executed, whole = statements.get(line, (0, 0))
            statements[line] = (executed + (file.s[key] > 0), whole + 1)
    branches: dict[int, tuple[int, int]] = {}
    for key, counts in file.b.items():
        branch = file.branchMap[key]
        start = branch.line or branch.loc.start.line or next((each.start.line for each in branch.locations), None)
        if start is None:
            raise ValueError(f"branch {key} tells no line")
        taken, total = branches.get(start, (0, 0))
        branches[start] = (taken + sum(each > 0 for each in counts), total + len(counts))
    return replace(FileCoverage.of(hits, branches), statements=Branches.of(statements))


FORMAT = Format(
    name="istanbul-json",
    family=Family.COVERAGE,
    tools=("nyc", "jest", "vitest", "c8"),
    well_known=("coverage-final.json", "coverage/coverage-final.json"),
    claims=claims,
    parse=parse,
)
