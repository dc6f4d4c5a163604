"""oasdiff's JSON: what changed between two OpenAPI documents, and what breaks clients."""

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

_HEAD = re.compile(rb'^\s*\[\s*\{\s*"id"\s*:\s*"[a-z0-9-]+"\s*,\s*"text"\s*:[^\[\]]*?"level"\s*:')
_SEVERITIES = {
    "3": Severity.CRITICAL,
    "2": Severity.MAJOR,
    "1": Severity.INFO,
}


class _Place(msgspec.Struct):
    file: str = ""
    line: int | None = None
    end: int | None = msgspec.field(name="endLine", default=None)


class _Entry(msgspec.Struct):
    id: str
    text: str
    level: int
    operation: str = ""
    path: str = ""
    revision: _Place | None = msgspec.field(name="revisionSource", default=None)
    base: _Place | None = msgspec.field(name="baseSource", default=None)


def claims(head: bytes) -> bool:
    """Tell it by the keys of its first entry."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: an error breaks clients and is critical, a warning may break them and is major, else info.

    The place is in the new document; what was removed has none there, so it is the file as a whole.
    """
    yield from entries(report, origin, "item", _Entry, _read)


def _read(entry: _Entry) -> Iterator[Reported]:
    place = entry.revision or entry.base or _Place()
    gone = entry.revision is None
    yield reported(
        "oasdiff",
        rule=entry.id,
        severity=mapped(str(entry.level), _SEVERITIES),
        path=place.file,
        message=f"{entry.operation} {entry.path}: {entry.text}".strip(": "),
        line=None if gone else place.line,
        end_line=None if gone else place.end,
    )


FORMAT = Format(
    name="oasdiff-json",
    family=Family.FINDINGS,
    tools=("oasdiff",),
    well_known=("oasdiff.json", "oasdiff-breaking.json"),
    claims=claims,
    parse=parse,
)
