"""What all parsers of findings share: typed entries of JSON, and one way to make a finding of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from qualitygate.collect.format import Reported
from qualitygate.collect.reading.json import items
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.finding import Finding, Severity
from qualitygate.model.lines import LAST_LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from qualitygate.collect.format import Bytes

_LONGEST_MESSAGE = 300

T = TypeVar("T")


def entries(
    report: Bytes, origin: str, prefix: str, kind: type[T], read: Callable[[T], Iterable[Reported]]
) -> Iterator[Reported]:
    """Yield the findings that `read` makes of every entry at `prefix`.

    UnreadableReportError where an entry has another shape than `kind`, or `read` cannot accept it.
    """
    for count, entry in enumerate(items(report, origin, prefix), start=1):
        try:
            yield from read(msgspec.convert(entry, kind, strict=False))
        except (msgspec.ValidationError, ValueError, KeyError, IndexError) as error:
            raise UnreadableReportError(
                slug="malformed-report",
                where=origin,
                what=f"entry {count}: {error}",
                remedy="write the report again with the tool itself",
            ) from None


def reported(  # the fields of a finding, as reports have them
    tool: str,
    *,
    rule: str | None,
    severity: Severity,
    path: str,
    message: str,
    line: int | None = None,
    end_line: int | None = None,
) -> Reported:
    """Make a finding; a missing rule is `unnamed`, a missing line the file as a whole, ValueError for others."""
    first = line or 0
    last = max(end_line or first, first)
    if not 0 <= first <= LAST_LINE or last > LAST_LINE:
        raise ValueError(f"line {first} is no line number")
    text = message.strip().splitlines()
    return Reported(
        Finding(
            tool.lower(), rule or "unnamed", severity, path, first, last, text[0][:_LONGEST_MESSAGE] if text else ""
        )
    )


def mapped(word: str, scale: dict[str, Severity]) -> Severity:
    """Map a tool's word to the one scale; ValueError for a word the tool's documentation does not have."""
    found = scale.get(word.lower())
    if found is None:
        raise ValueError(f"severity {word!r} is none of {', '.join(scale)}")
    return found


GITLAB = {severity.value: severity for severity in Severity}
