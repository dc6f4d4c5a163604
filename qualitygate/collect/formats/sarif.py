"""SARIF 2.1, the common language of scanners."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.format import Family, Format, Record, Reported
from qualitygate.collect.reading.findings import entries, reported
from qualitygate.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb'"\$schema"\s*:\s*"[^"]*sarif|"version"\s*:\s*"2\.1\.0"[^{}]*"runs"\s*:|^\s*\{\s*"runs"\s*:\s*\[')
_LEVELS = {
    "error": Severity.MAJOR, "warning": Severity.MINOR, "note": Severity.INFO, "none": Severity.INFO,
}  # fmt: skip
_SECURITY = ((9.0, Severity.BLOCKER), (7.0, Severity.CRITICAL), (4.0, Severity.MAJOR), (0.0, Severity.MINOR))


class _Text(msgspec.Struct):
    text: str = ""


class _Configuration(msgspec.Struct):
    level: str = "warning"


class _Rule(msgspec.Struct):
    id: str
    configuration: _Configuration = msgspec.field(name="defaultConfiguration", default_factory=_Configuration)
    properties: dict[str, object] = {}


class _Driver(msgspec.Struct):
    name: str
    rules: list[_Rule] = []


class _Tool(msgspec.Struct):
    driver: _Driver


class _Artifact(msgspec.Struct):
    uri: str = ""
    index: int | None = None


class _Region(msgspec.Struct):
    start: int | None = msgspec.field(name="startLine", default=None)
    end: int | None = msgspec.field(name="endLine", default=None)


class _Physical(msgspec.Struct):
    artifact: _Artifact = msgspec.field(name="artifactLocation", default_factory=_Artifact)
    region: _Region = msgspec.field(default_factory=_Region)


class _Location(msgspec.Struct):
    physical: _Physical = msgspec.field(name="physicalLocation", default_factory=_Physical)


class _Result(msgspec.Struct):
    message: _Text
    rule: str | None = msgspec.field(name="ruleId", default=None)
    rule_index: int | None = msgspec.field(name="ruleIndex", default=None)
    level: str | None = None
    locations: list[_Location] = []
    suppressions: list[dict[str, object]] = []


class _Listed(msgspec.Struct):
    location: _Artifact = msgspec.field(default_factory=_Artifact)


class _Run(msgspec.Struct):
    tool: _Tool
    results: list[_Result] = []
    artifacts: list[_Listed] = []


def claims(head: bytes) -> bool:
    """Tell it by its schema, its version, or `runs` as its first key."""
    return head.lstrip()[:1] == b"{" and _HEAD.search(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings of all runs; suppressed results are none.

    error is major, warning minor, note and none info; a rule's `security-severity` (a CVSS score) goes before: from 9
    blocker, from 7 critical, from 4 major, else minor. A result without level has that of its rule, else warning.
    Source: OASIS SARIF 2.1.0, 3.27.10 and 3.49.14.
    """
    yield from entries(report, origin, "runs.item", _Run, _read)


def _read(run: _Run) -> Iterator[Reported]:
    rules = {rule.id: rule for rule in run.tool.driver.rules}
    for result in run.results:
        if any(each.get("status", "accepted") == "accepted" for each in result.suppressions):
            continue
        rule = rules.get(result.rule or "")
        if rule is None and result.rule_index is not None and 0 <= result.rule_index < len(run.tool.driver.rules):
            rule = run.tool.driver.rules[result.rule_index]
        place = (result.locations[0] if result.locations else _Location()).physical
        uri = place.artifact.uri
        if not uri and place.artifact.index is not None:
            uri = run.artifacts[place.artifact.index].location.uri
        yield reported(
            run.tool.driver.name,
            rule=result.rule or (rule.id if rule is not None else None),
            severity=_severity(result, rule),
            path=uri,
            message=result.message.text,
            line=place.region.start,
            end_line=place.region.end,
        )


def _severity(result: _Result, rule: _Rule | None) -> Severity:
    score = rule.properties.get("security-severity") if rule is not None else None
    if score is not None:
        number = float(str(score))
        return next(severity for least, severity in _SECURITY if number >= least)
    level = result.level or (rule.configuration.level if rule is not None else "warning")
    if level not in _LEVELS:
        raise ValueError(f"level {level!r} is none of {', '.join(_LEVELS)}")
    return _LEVELS[level]


FORMAT = Format(
    name="sarif",
    family=Family.FINDINGS,
    tools=("ruff", "ESLint", "bandit", "gosec", "golangci-lint", "staticcheck", "SpotBugs", "Spectral", "any scanner"),
    well_known=("*.sarif", "reports/*.sarif", "target/spotbugsSarif.json"),
    claims=claims,
    parse=parse,
)
