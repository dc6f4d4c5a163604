"""Bandit's JSON report."""

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

_HEAD = re.compile(rb'^\s*\{\s*"errors"\s*:\s*\[[^\]]*\]\s*,\s*"generated_at"\s*:')
_SEVERITIES = {
    "low": Severity.MINOR,
    "medium": Severity.MAJOR,
    "high": Severity.CRITICAL,
    "undefined": Severity.INFO,
}


class _Entry(msgspec.Struct):
    filename: str
    issue_severity: str
    issue_text: str
    line_number: int
    test_id: str
    line_range: list[int] = []


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first entry."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: HIGH is critical, MEDIUM major, LOW minor."""
    yield from entries(report, origin, "results.item", _Entry, _read)


def _read(entry: _Entry) -> Iterator[Reported]:
    yield reported(
        "bandit",
        rule=entry.test_id,
        severity=mapped(entry.issue_severity, _SEVERITIES),
        path=entry.filename,
        message=entry.issue_text,
        line=entry.line_number,
        end_line=max(entry.line_range, default=None),
    )


FORMAT = Format(
    name="bandit-json",
    family=Family.FINDINGS,
    tools=("bandit",),
    well_known=("bandit.json",),
    claims=claims,
    parse=parse,
)
