"""Ruff's JSON report."""

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

_HEAD = re.compile(rb'^\s*\[\s*\{[^\[\]]*?"(?:code|cell)"\s*:[^\[\]]*?"(?:noqa_row|filename)"\s*:')
_SEVERITIES = {
    "error": Severity.MAJOR,
    "warning": Severity.MINOR,
    "info": Severity.INFO,
}


class _Place(msgspec.Struct):
    row: int


class _Entry(msgspec.Struct):
    filename: str
    message: str
    location: _Place | None = None
    end_location: _Place | None = None
    code: str | None = None
    severity: str = "error"


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first entry."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: an error is major, a warning minor; a syntax error has no code."""
    yield from entries(report, origin, "item", _Entry, _read)


def _read(entry: _Entry) -> Iterator[Reported]:
    yield reported(
        "ruff",
        rule=entry.code or "syntax-error",
        severity=mapped(entry.severity, _SEVERITIES),
        path=entry.filename,
        message=entry.message,
        line=entry.location.row if entry.location is not None else None,
        end_line=entry.end_location.row if entry.end_location is not None else None,
    )


FORMAT = Format(
    name="ruff-json",
    family=Family.FINDINGS,
    tools=("ruff",),
    well_known=("ruff.json",),
    claims=claims,
    parse=parse,
)
