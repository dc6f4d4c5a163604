"""Reading JSON lines: one object a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_LONGEST = 1 << 22

T = TypeVar("T")


def json_lines(report: Bytes, origin: str, kind: type[T]) -> Iterator[T]:
    """Yield every line as an object of a kind; UnreadableReportError for a line that is cut or of another shape."""
    for number, line in enumerate(iter(lambda: report.readline(_LONGEST), b""), start=1):
        if not line.strip():
            continue
        try:
            yield msgspec.json.decode(line, type=kind)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            cut = not line.endswith(b"\n")
            raise UnreadableReportError(
                slug="truncated-report" if cut else "malformed-report",
                where=f"{origin}:{number}",
                what="the report stops in the middle of a line" if cut else f"not a line of this format: {error}",
                remedy="check that the job finished and kept the whole file as an artifact",
            ) from None
