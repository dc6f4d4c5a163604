"""ShellCheck's JSON report, of either kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import msgspec

from qualitygate.collect.format import Family, Format, Record, Reported
from qualitygate.collect.reading.findings import entries, mapped, reported
from qualitygate.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb'^\s*(?:\{\s*"comments"\s*:\s*\[|\[\s*\{\s*"file"\s*:[^{}]*?"level"\s*:)')
_SEVERITIES = {
    "error": Severity.MAJOR,
    "warning": Severity.MINOR,
    "info": Severity.INFO,
    "style": Severity.INFO,
}


class _Comment(msgspec.Struct):
    file: str
    line: int
    level: str
    code: int
    message: str
    end: int | None = msgspec.field(name="endLine", default=None)


class _Report(msgspec.Struct):
    comments: list[_Comment] = []


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first entry."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: an error is major, a warning minor, info and style info."""
    either = cast("type[list[_Comment] | _Report]", list[_Comment] | _Report)
    yield from entries(report, origin, "", either, _read)


def _read(found: list[_Comment] | _Report) -> Iterator[Reported]:
    for each in found if isinstance(found, list) else found.comments:
        yield reported(
            "shellcheck",
            rule=f"SC{each.code}",
            severity=mapped(each.level, _SEVERITIES),
            path=each.file,
            message=each.message,
            line=each.line,
            end_line=each.end,
        )


FORMAT = Format(
    name="shellcheck-json",
    family=Family.FINDINGS,
    tools=("ShellCheck",),
    well_known=("shellcheck.json",),
    claims=claims,
    parse=parse,
)
