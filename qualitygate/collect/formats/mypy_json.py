"""mypy's JSON lines (`mypy -O json`)."""

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

_HEAD = re.compile(rb'^\s*\{\s*"file"\s*:[^\n]*"severity"\s*:')
_SEVERITIES = {"error": Severity.MAJOR, "warning": Severity.MINOR, "note": Severity.INFO}


class _Entry(msgspec.Struct):
    file: str
    line: int
    message: str
    severity: str
    code: str | None = None
    end_line: int | None = None


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first line."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: an error is major, a note info."""
    return json_lines(report, origin, _Entry, _findings)


def _findings(entry: _Entry) -> Iterator[Reported]:
    yield reported(
        "mypy",
        rule=entry.code,
        severity=mapped(entry.severity, _SEVERITIES),
        path=entry.file,
        message=entry.message,
        line=max(entry.line, 0),
        end_line=entry.end_line,
    )


FORMAT = Format(
    name="mypy-json",
    family=Family.FINDINGS,
    tools=("mypy",),
    well_known=("mypy.json", "mypy.jsonl"),
    claims=claims,
    parse=parse,
)
