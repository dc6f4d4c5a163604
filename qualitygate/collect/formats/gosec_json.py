"""gosec's JSON report."""

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

_HEAD = re.compile(rb'^\s*\{\s*"Golang errors"\s*:')
_SEVERITIES = {
    "low": Severity.MINOR,
    "medium": Severity.MAJOR,
    "high": Severity.CRITICAL,
}


class _Entry(msgspec.Struct):
    severity: str
    rule_id: str
    details: str
    file: str
    line: str


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first entry."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: HIGH is critical, MEDIUM major, LOW minor; lines may be a range."""
    yield from entries(report, origin, "Issues.item", _Entry, _read)


def _read(entry: _Entry) -> Iterator[Reported]:
    first, _, last = entry.line.partition("-")
    yield reported(
        "gosec",
        rule=entry.rule_id,
        severity=mapped(entry.severity, _SEVERITIES),
        path=entry.file,
        message=entry.details,
        line=int(first),
        end_line=int(last or first),
    )


FORMAT = Format(
    name="gosec-json",
    family=Family.FINDINGS,
    tools=("gosec",),
    well_known=("gosec.json",),
    claims=claims,
    parse=parse,
)
