"""Spectral's JSON report."""

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

_HEAD = re.compile(rb'^\s*\[\s*\{\s*"code"\s*:[^{}]*?"path"\s*:\s*\[')
_SEVERITIES = {
    "0": Severity.MAJOR,
    "1": Severity.MINOR,
    "2": Severity.INFO,
    "3": Severity.INFO,
}


class _Position(msgspec.Struct):
    line: int


class _Range(msgspec.Struct):
    start: _Position
    end: _Position


class _Entry(msgspec.Struct):
    code: str
    message: str
    severity: int
    range: _Range
    source: str = ""


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first entry."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: an error is major, a warning minor, info and hint info; lines are counted from 0 there."""
    yield from entries(report, origin, "item", _Entry, _read)


def _read(entry: _Entry) -> Iterator[Reported]:
    yield reported(
        "spectral",
        rule=entry.code,
        severity=mapped(str(entry.severity), _SEVERITIES),
        path=entry.source,
        message=entry.message,
        line=entry.range.start.line + 1,
        end_line=entry.range.end.line + 1,
    )


FORMAT = Format(
    name="spectral-json",
    family=Family.FINDINGS,
    tools=("Spectral",),
    well_known=("spectral.json",),
    claims=claims,
    parse=parse,
)
