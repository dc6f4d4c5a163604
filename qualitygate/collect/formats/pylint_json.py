"""Pylint's JSON report."""

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

_HEAD = re.compile(rb'^\s*\[\s*\{\s*"type"\s*:\s*"(?:convention|refactor|warning|error|fatal|info)"\s*,\s*"module"')
_SEVERITIES = {
    "info": Severity.INFO,
    "convention": Severity.INFO,
    "refactor": Severity.MINOR,
    "warning": Severity.MINOR,
    "error": Severity.MAJOR,
    "fatal": Severity.CRITICAL,
}


class _Entry(msgspec.Struct):
    type: str
    path: str
    message: str
    line: int
    symbol: str
    end: int | None = msgspec.field(name="endLine", default=None)


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first entry."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: fatal is critical, error major, warning and refactor minor, convention and info info."""
    yield from entries(report, origin, "item", _Entry, _read)


def _read(entry: _Entry) -> Iterator[Reported]:
    yield reported(
        "pylint",
        rule=entry.symbol,
        severity=mapped(entry.type, _SEVERITIES),
        path=entry.path,
        message=entry.message,
        line=entry.line,
        end_line=entry.end,
    )


FORMAT = Format(
    name="pylint-json",
    family=Family.FINDINGS,
    tools=("pylint",),
    well_known=("pylint.json",),
    claims=claims,
    parse=parse,
)
