"""Reading XML as tools write it: in one pass, without entities, repaired where it is not well-formed."""

from __future__ import annotations

import codecs
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from xml.parsers import expat

from qualitygate.collect.format import Note
from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qualitygate.collect.format import Bytes

DEEPEST = 2000
"""Elements inside one another; real reports stay below forty."""

_CHUNK = 1 << 17
_LONGEST_CARRY = 1 << 20
_CONTROLS = bytes(range(9)) + b"\x0b\x0c" + bytes(range(14, 32))
_CLEAN = bytes.maketrans(_CONTROLS, b"?" * len(_CONTROLS))
_REFERENCE = re.compile(rb"&#(x[0-9a-fA-F]+|[0-9]+);")
_SECTION = re.compile(rb"<!\[CDATA\[|\]\]>|<!--|-->")
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")

T = TypeVar("T")


class MalformedError(Exception):
    """Raised by a format's handlers: what is wrong with the element at hand, in the words of the report."""


@dataclass(frozen=True, slots=True)
class Runs:
    """How rows of one leaf element are taken at once.

    row:  matches some leaves with the white space between them, as one group; each must be well-formed by itself.
    take: called with what `row` matched, in the order of the report.
    """

    row: re.Pattern[bytes]
    take: Callable[[bytes], None]


def elements(
    report: Bytes,
    origin: str,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
    text_in: frozenset[str] = frozenset(),
    leaves: frozenset[str] = frozenset(),
    runs: Runs | None = None,
    ready: list[T],
) -> Iterator[T | Note]:
    """Parse a report and yield what the handlers put into `ready`.

    start, end, text: called for every element and for character data; they append finished records to `ready` and
    raise MalformedError, ValueError or KeyError for what they cannot accept.
    text_in: the elements whose character data is wanted; most of a report is white space between others.
    leaves: elements of which only the start matters; reports have millions of them.
    runs: how rows of the most frequent leaf are taken at once, past the parser and its call for each.

    UnreadableReportError for XML that is cut, nested beyond reason, declares entities, or is not XML. A document type
    may be named (JaCoCo does) and is never fetched. Repairs are told in a Note at the end.
    """
    repairs = _Repairs()
    chunks = repairs.clean(report)
    first = next(chunks, b"")
    declared = _ENCODING.match(first)
    wide = declared is not None and declared[1].lower().startswith((b"utf-16", b"utf-32"))
    # Wide encodings were transcoded when the report was opened; only the declaration still speaks of them.
    parser = expat.ParserCreate("utf-8" if wide else None)
    parser.buffer_text = True
    depth = 0

    def opening(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise MalformedError(f"elements are nested more than {DEEPEST} deep")
        if name in text_in:
            parser.CharacterDataHandler = text
        start(name, attributes)

    def closing(name: str) -> None:
        nonlocal depth
        depth -= 1
        if name not in leaves:
            end(name)
            if name in text_in:
                parser.CharacterDataHandler = None

    def refuse(*_: object) -> None:
        raise MalformedError("it declares XML entities, which no test tool does and attacks do")

    parser.StartElementHandler = opening
    parser.EndElementHandler = closing
    parser.EntityDeclHandler = refuse
    try:
        for chunk in itertools.chain([first], chunks):
            if runs is None or not repairs.plain:
                parser.Parse(chunk, False)
            else:
                _parse_with_runs(parser, chunk, runs)
            yield from ready
            ready.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _not_xml(origin, error) from None
    except (MalformedError, ValueError, LookupError) as error:
        what = f"attribute {error} is missing" if isinstance(error, KeyError) else str(error)
        raise UnreadableReportError(
            slug="malformed-report",
            where=f"{origin}:{parser.CurrentLineNumber}",
            what=what,
            remedy="write the report again with the tool itself",
        ) from None
    yield from ready
    ready.clear()
    yield from map(Note, sorted(repairs.made))


def _parse_with_runs(parser: expat.XMLParserType, chunk: bytes, runs: Runs) -> None:
    """Parse a chunk, its rows of leaves by `runs.take`; the parser sees their line ends alone, for places in errors."""
    for index, piece in enumerate(runs.row.split(chunk)):
        if index & 1:
            runs.take(piece)
            parser.Parse(b"\n" * piece.count(b"\n"), False)
        elif piece:
            parser.Parse(piece, False)


_CUT = frozenset({
    expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN,
    expat.errors.XML_ERROR_PARTIAL_CHAR, expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
})  # fmt: skip


def _not_xml(origin: str, error: expat.ExpatError) -> UnreadableReportError:
    message = expat.ErrorString(error.code)
    if message in _CUT:
        return UnreadableReportError(
            slug="truncated-report",
            where=f"{origin}:{error.lineno}",
            what="the report stops before its last element is closed",
            remedy="check that the test job finished and kept the whole file as an artifact",
        )
    return UnreadableReportError(
        slug="malformed-report",
        where=f"{origin}:{error.lineno}:{error.offset + 1}",
        what=f"this is not XML: {message}",
        remedy="write the report again with the tool itself",
    )


class _Repairs:
    """Cleans chunks of XML of what real tools write and no XML parser takes, and remembers what it did."""

    def __init__(self) -> None:
        self.made: set[str] = set()
        self.plain = True
        self._inside: bytes | None = None
        self._utf8 = True

    def clean(self, report: Bytes) -> Iterator[bytes]:
        """Yield the report in chunks that end behind a `>`, so that nothing that is looked for is ever cut in two."""
        carry = b""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        first = True
        while True:
            chunk = report.read(_CHUNK)
            if not chunk:
                break
            if first:
                declared = _ENCODING.match(chunk)
                self._utf8 = declared is None or declared[1].lower().startswith(b"utf")
                first = False
            carry += chunk
            cut = carry.rfind(b">") + 1
            if not cut and len(carry) > _LONGEST_CARRY:
                cut = max(carry.rfind(b"\n"), carry.rfind(b" ")) + 1 or len(carry)
            if cut:
                yield self._repaired(carry[:cut], decoder)
                carry = carry[cut:]
        if carry:
            yield self._repaired(carry, decoder)

    def _repaired(self, chunk: bytes, decoder: codecs.IncrementalDecoder) -> bytes:
        # Whether the chunk at hand holds elements and nothing that could hide some (comments, sections, prologue).
        self.plain = self._inside is None and b"<!" not in chunk and b"<?" not in chunk
        cleaned = chunk.translate(_CLEAN)
        if cleaned != chunk:
            self.made.add("control characters that XML forbids were replaced")
        if self._utf8 and not cleaned.isascii():
            recoded = decoder.decode(cleaned).encode()
            if recoded != cleaned:
                self.made.add("bytes that are not UTF-8 were replaced")
            cleaned = recoded
        if b"&#" in cleaned:
            cleaned = _REFERENCE.sub(self._reference, cleaned)
        if self._inside is not None or b"]]>" in cleaned or b"<!" in cleaned:
            cleaned = self._sections(cleaned)
        return cleaned

    def _reference(self, match: re.Match[bytes]) -> bytes:
        digits = match[1]
        code = int(digits[1:], 16) if digits[:1] == b"x" else int(digits[:10])
        legal = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
        if legal:
            return match[0]
        self.made.add("references to characters that XML forbids were replaced")
        return b"?"

    def _sections(self, chunk: bytes) -> bytes:
        """Write a `]]>` that ends no CDATA section as character data."""
        pieces = []
        position = 0
        for match in _SECTION.finditer(chunk):
            token = match[0]
            if self._inside is None and token in (b"<![CDATA[", b"<!--"):
                self._inside = b"]]>" if token == b"<![CDATA[" else b"-->"
            elif token == self._inside:
                self._inside = None
            elif self._inside is None and token == b"]]>":
                self.made.add("a bare ]]> was read as text")
                pieces += [chunk[position : match.start()], b"]]&gt;"]
                position = match.end()
        return b"".join([*pieces, chunk[position:]])
