"""Reading JSON as a stream: item by item, bounded in depth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

T = TypeVar("T")

DEEPEST = 200
"""Arrays and objects inside one another; real reports stay below twenty."""

# Possessive, for a string that is cut in two would else be tried in every way there is.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_LONGEST_STRING = 1 << 26


def members(report: Bytes, origin: str, prefix: str) -> Iterator[tuple[str, object]]:
    """Yield (key, value) of the object at `prefix` (dotted keys, empty for the top), one value in memory at a time.

    UnreadableReportError for a report that is cut, nested beyond reason or not JSON.
    """
    import ijson  # noqa: PLC0415 - only where a report is JSON

    yield from _told(ijson.kvitems(_Shallow(report, origin), prefix, use_float=True), origin)


def items(report: Bytes, origin: str, prefix: str) -> Iterator[object]:
    """Yield the values at `prefix` (dotted keys, `item` for the elements of an array), one in memory at a time.

    UnreadableReportError as for `members`.
    """
    import ijson  # noqa: PLC0415 - only where a report is JSON

    yield from _told(ijson.items(_Shallow(report, origin), prefix, use_float=True), origin)


def _told(values: Iterator[T], origin: str) -> Iterator[T]:
    import ijson  # noqa: PLC0415 - only where a report is JSON

    try:
        yield from values
    except ijson.IncompleteJSONError as error:
        message = str(error).strip().splitlines()[0] if str(error).strip() else "unexpected end"
        cut = "premature EOF" in message or "Incomplete" in message or "unexpected end" in message
        raise UnreadableReportError(
            slug="truncated-report" if cut else "malformed-report",
            where=origin,
            what="the report stops in the middle" if cut else f"this is not JSON: {message}",
            remedy="check that the test job finished and kept the whole file as an artifact",
        ) from None
    except (ijson.JSONError, UnicodeDecodeError, OverflowError) as error:
        raise UnreadableReportError(
            slug="malformed-report",
            where=origin,
            what=f"this is not JSON: {str(error).strip().splitlines()[0]}",
            remedy="write the report again with the tool itself",
        ) from None


class _Shallow:
    """A stream of JSON that is refused where it nests too deep: the parser's cost grows with the square of it."""

    def __init__(self, source: Bytes, origin: str) -> None:
        self._source = source
        self._origin = origin
        self._depth = 0
        self._carry = b""

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._measure(data)
        return data

    def _measure(self, data: bytes) -> None:
        bare = _STRING.sub(b"", self._carry + data)
        opened = bare.find(b'"')
        self._carry = b""
        if opened >= 0:
            self._carry, bare = bare[opened:], bare[:opened]
            if len(self._carry) > _LONGEST_STRING:
                self._refuse("it holds a string of more than 64 MiB")
        rises = bare.count(b"[") + bare.count(b"{")
        if self._depth + rises <= DEEPEST:
            self._depth += rises - bare.count(b"]") - bare.count(b"}")
            return
        for byte in bare:
            if byte in b"[{":
                self._depth += 1
                if self._depth > DEEPEST:
                    self._refuse(f"it is nested more than {DEEPEST} deep")
            elif byte in b"]}":
                self._depth -= 1

    def _refuse(self, what: str) -> None:
        raise UnreadableReportError(
            slug="malformed-report",
            where=self._origin,
            what=what,
            remedy="write the report again with the tool itself",
        )
