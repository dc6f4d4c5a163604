"""GitLab's Code Quality report (Code Climate's issues), as many linters write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.format import Family, Format, Record, Reported
from qualitygate.collect.reading.findings import GITLAB, entries, mapped, reported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb'^\s*\[\s*\{[^\[\]]*?"(?:check_name|fingerprint)"\s*:')


class _Begin(msgspec.Struct):
    line: int


class _Positions(msgspec.Struct):
    begin: _Begin
    end: _Begin | None = None


class _Lines(msgspec.Struct):
    begin: int
    end: int | None = None


class _Location(msgspec.Struct):
    path: str
    lines: _Lines | None = None
    positions: _Positions | None = None


class _Issue(msgspec.Struct):
    description: str
    location: _Location
    severity: str = "minor"
    check_name: str | None = None


def claims(head: bytes) -> bool:
    """Tell it by an array whose first object has a check name or a fingerprint, and a description."""
    return _HEAD.match(head) is not None and b'"description"' in head and b'"baseSource"' not in head


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings; severities are on GitLab's scale already, and a missing one is minor."""
    yield from entries(report, origin, "item", _Issue, _read)


def _read(issue: _Issue) -> Iterator[Reported]:
    place = issue.location
    if place.lines is not None:
        first, last = place.lines.begin, place.lines.end
    elif place.positions is not None:
        end = place.positions.end
        first, last = place.positions.begin.line, end.line if end is not None else None
    else:
        raise ValueError("the location tells neither lines nor positions")
    yield reported(
        "code-quality",
        rule=issue.check_name,
        severity=mapped(issue.severity, GITLAB),
        path=place.path,
        message=issue.description,
        line=first,
        end_line=last,
    )


FORMAT = Format(
    name="code-quality",
    family=Family.FINDINGS,
    tools=("GitLab Code Quality", "ruff", "flake8", "pylint", "golangci-lint", "Spectral"),
    well_known=("gl-code-quality-report.json", "codeclimate.json"),
    claims=claims,
    parse=parse,
)
