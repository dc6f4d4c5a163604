"""Reading JSON lines: one object a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from qualitygate.collect.format import Bytes, Reported

_LONGEST = 1 << 22

T = TypeVar("T")


def json_lines(
    report: Bytes, origin: str, kind: type[T], read: Callable[[T], Iterable[Reported]]
) -> Iterator[Reported]:
    """Yield the findings that `read` makes of every line, an object of a kind.

    UnreadableReportError for a line that is cut, of another shape, or that `read` cannot accept (ValueError).
    """
    for number, line in enumerate(iter(lambda: report.readline(_LONGEST), b""), start=1):
        if not line.strip():
            continue
        try:
            yield from read(msgspec.json.decode(line, type=kind))
        except (ValueError, RecursionError) as error:
            cut = not line.endswith(b"\n")
            raise UnreadableReportError(
                slug="truncated-report" if cut else "malformed-report",
                where=f"{origin}:{number}",
                what="the report stops in the middle of a line" if cut else f"not a line of this format: {error}",
                remedy="check that the job finished and kept the whole file as an artifact",
            ) from None
