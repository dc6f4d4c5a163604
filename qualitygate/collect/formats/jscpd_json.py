"""jscpd's JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.format import Duplicated, Family, Format, Record
from qualitygate.collect.reading.json import items
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.lines import LAST_LINE, LineSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb'^\s*\{\s*"(?:statistics|duplicates)"\s*:\s*(?:\{\s*"(?:detectionDate|formats|total)"|\[)')


class _File(msgspec.Struct):
    name: str
    start: int
    end: int


class _Duplicate(msgspec.Struct):
    firstFile: _File  # noqa: N815 - the report's own key
    secondFile: _File  # noqa: N815 - the report's own key


def claims(head: bytes) -> bool:
    """Tell it by its first key, `statistics` of a detection, or `duplicates`."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield every duplicated piece of code with its two places, both ends included."""
    for count, entry in enumerate(items(report, origin, "duplicates.item"), start=1):
        try:
            duplicate = msgspec.convert(entry, _Duplicate)
            yield Duplicated((_place(duplicate.firstFile), _place(duplicate.secondFile)))
        except ValueError as error:
            raise UnreadableReportError(
                slug="malformed-report",
                where=origin,
                what=f"duplicate {count}: {error}",
                remedy="write the report again with the tool itself",
            ) from None


def _place(file: _File) -> tuple[str, LineSet]:
    if not 0 < file.start <= file.end <= LAST_LINE:
        raise ValueError(f"lines {file.start} to {file.end} are no lines of a file")
    return file.name, LineSet.between(file.start, file.end)


FORMAT = Format(
    name="jscpd-json",
    family=Family.DUPLICATION,
    tools=("jscpd",),
    well_known=("jscpd-report.json", "report/jscpd-report.json", "reports/jscpd-report.json"),
    claims=claims,
    parse=parse,
)
