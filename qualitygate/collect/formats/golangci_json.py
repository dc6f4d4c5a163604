"""golangci-lint's JSON report."""

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

_HEAD = re.compile(rb'^\s*\{\s*"Issues"\s*:\s*(?:null|\[\s*(?:\]|\{\s*"FromLinter"))')
_SEVERITIES = {
    "error": Severity.MAJOR,
    "warning": Severity.MINOR,
    "info": Severity.INFO,
    "high": Severity.CRITICAL,
    "medium": Severity.MAJOR,
    "low": Severity.MINOR,
    "": Severity.MAJOR,
}


class _Place(msgspec.Struct):
    path: str = msgspec.field(name="Filename")
    line: int = msgspec.field(name="Line")


class _Entry(msgspec.Struct):
    linter: str = msgspec.field(name="FromLinter")
    text: str = msgspec.field(name="Text")
    place: _Place = msgspec.field(name="Pos")
    severity: str = msgspec.field(name="Severity", default="")


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first entry."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: error or no severity is major, warning minor, info info; the rule is the linter."""
    yield from entries(report, origin, "Issues.item", _Entry, _read)


def _read(entry: _Entry) -> Iterator[Reported]:
    yield reported(
        "golangci-lint",
        rule=entry.linter,
        severity=mapped(entry.severity, _SEVERITIES),
        path=entry.place.path,
        message=entry.text,
        line=entry.place.line,
    )


FORMAT = Format(
    name="golangci-lint-json",
    family=Family.FINDINGS,
    tools=("golangci-lint",),
    well_known=("golangci-lint.json", "golangci.json"),
    claims=claims,
    parse=parse,
)
