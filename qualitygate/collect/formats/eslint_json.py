"""ESLint's JSON report."""

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

_HEAD = re.compile(rb'^\s*\[\s*\{\s*"filePath"\s*:')
_SEVERITIES = {
    "2": Severity.MAJOR,
    "1": Severity.MINOR,
}


class _Message(msgspec.Struct):
    message: str
    severity: int
    rule: str | None = msgspec.field(name="ruleId", default=None)
    line: int | None = None
    end: int | None = msgspec.field(name="endLine", default=None)
    fatal: bool = False


class _File(msgspec.Struct):
    path: str = msgspec.field(name="filePath")
    messages: list[_Message] = []


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first entry."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: an error is major, a warning minor, a file that ESLint could not parse critical."""
    yield from entries(report, origin, "item", _File, _read)


def _read(file: _File) -> Iterator[Reported]:
    for each in file.messages:
        yield reported(
            "eslint",
            rule=each.rule,
            severity=Severity.CRITICAL if each.fatal else mapped(str(each.severity), _SEVERITIES),
            path=file.path,
            message=each.message,
            line=each.line,
            end_line=each.end,
        )


FORMAT = Format(
    name="eslint-json",
    family=Family.FINDINGS,
    tools=("ESLint",),
    well_known=("eslint.json", "eslint-report.json"),
    claims=claims,
    parse=parse,
)
