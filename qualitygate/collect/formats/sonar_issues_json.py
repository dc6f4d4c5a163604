"""SonarQube's generic issues."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.format import Family, Format, Record, Reported
from qualitygate.collect.reading.findings import entries, mapped, reported
from qualitygate.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb'^\s*\{\s*"(?:rules|issues)"\s*:\s*\[')
_SEVERITIES = {
    "info": Severity.INFO,
    "minor": Severity.MINOR,
    "major": Severity.MAJOR,
    "critical": Severity.CRITICAL,
    "blocker": Severity.BLOCKER,
    "low": Severity.MINOR,
    "medium": Severity.MAJOR,
    "high": Severity.CRITICAL,
}


class _Lines(msgspec.Struct):
    start: int | None = msgspec.field(name="startLine", default=None)
    end: int | None = msgspec.field(name="endLine", default=None)


class _Location(msgspec.Struct):
    message: str
    path: str = msgspec.field(name="filePath")
    lines: _Lines = msgspec.field(name="textRange", default_factory=_Lines)


class _Impact(msgspec.Struct):
    severity: str


class _Issue(msgspec.Struct):
    rule: str = msgspec.field(name="ruleId")
    place: _Location = msgspec.field(name="primaryLocation")
    engine: str = msgspec.field(name="engineId", default="sonar")
    severity: str | None = None


class _Rule(msgspec.Struct):
    id: str
    engine: str = msgspec.field(name="engineId", default="sonar")
    impacts: list[_Impact] = []
    severity: str | None = None


class _Report(msgspec.Struct):
    issues: list[_Issue] = []
    rules: list[_Rule] = []


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first entry."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: severities as SonarQube has them; of impacts HIGH is critical, MEDIUM major, LOW minor.

    Source: SonarQube's documentation, Generic formatted issues.
    """
    yield from entries(report, origin, "", _Report, _read)


def _read(report: _Report) -> Iterator[Reported]:
    rules = {rule.id: rule for rule in report.rules}
    for issue in report.issues:
        rule = rules.get(issue.rule)
        words = [issue.severity]
        if rule is not None:
            words += [rule.severity, *(each.severity for each in rule.impacts)]
        word = next((each for each in words if each), "major")
        yield reported(
            rule.engine if rule is not None else issue.engine,
            rule=issue.rule,
            severity=mapped(word, _SEVERITIES),
            path=issue.place.path,
            message=issue.place.message,
            line=issue.place.lines.start,
            end_line=issue.place.lines.end,
        )


FORMAT = Format(
    name="sonar-issues",
    family=Family.FINDINGS,
    tools=("gosec", "any tool for SonarQube"),
    well_known=("sonar-issues.json",),
    claims=claims,
    parse=parse,
)
