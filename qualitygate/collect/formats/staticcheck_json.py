"""staticcheck's JSON lines (`staticcheck -f json`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.format import Family, Format, Record
from qualitygate.collect.reading.findings import mapped, reported
from qualitygate.collect.reading.jsonlines import json_lines
from qualitygate.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes, Reported

_HEAD = re.compile(rb'^\s*\{\s*"code"\s*:\s*"[^"]*"\s*,\s*"severity"\s*:[^\n]*"location"\s*:')
_SEVERITIES = {"error": Severity.MAJOR, "warning": Severity.MINOR}


class _Place(msgspec.Struct):
    file: str = ""
    line: int = 0


class _Entry(msgspec.Struct):
    code: str
    severity: str
    location: _Place
    message: str
    end: _Place = msgspec.field(default_factory=_Place)


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first line."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: an error is major, a warning minor; ignored ones are none."""
    return json_lines(report, origin, _Entry, _findings)


def _findings(entry: _Entry) -> Iterator[Reported]:
    if entry.severity != "ignored":
        yield reported(
            "staticcheck",
            rule=entry.code,
            severity=mapped(entry.severity, _SEVERITIES),
            path=entry.location.file,
            message=entry.message,
            line=entry.location.line,
            end_line=entry.end.line,
        )


FORMAT = Format(
    name="staticcheck-json",
    family=Family.FINDINGS,
    tools=("staticcheck",),
    well_known=("staticcheck.json", "staticcheck.jsonl"),
    claims=claims,
    parse=parse,
)
