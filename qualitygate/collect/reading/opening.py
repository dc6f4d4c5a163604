"""Opening a report: compression, encodings and byte order marks are dealt with once, here."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from typing import TYPE_CHECKING, cast

from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    from qualitygate.collect.format import Bytes

LARGEST = 4 << 30
"""Bytes of one report, unpacked; a larger one is refused."""

_CHUNK = 1 << 18
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def opened(report: Bytes, origin: str) -> io.BufferedReader:
    """Give the report's bytes as UTF-8 without byte order mark, unpacked where it is gzipped.

    A report in UTF-16 or UTF-32 is known by its byte order mark. UnreadableReportError for an empty report at once, and
    while reading for a cut or damaged archive.
    """
    buffered = io.BufferedReader(cast("io.RawIOBase", report), _CHUNK)
    if buffered.peek(2)[:2] == b"\x1f\x8b":
        buffered = io.BufferedReader(_Guarded(cast("Bytes", gzip.GzipFile(fileobj=buffered)), origin), _CHUNK)
    head = buffered.peek(4)[:4]
    if not head:
        raise UnreadableReportError(
            slug="empty-report",
            where=origin,
            what="the report is empty",
            remedy="check that the tool ran to its end; an empty report says neither 0 % nor 100 %",
        )
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            buffered.read(len(mark))
            return io.BufferedReader(_Transcoded(cast("Bytes", buffered), encoding, origin), _CHUNK)
    if head.startswith(codecs.BOM_UTF8):
        buffered.read(len(codecs.BOM_UTF8))
    return io.BufferedReader(_Guarded(cast("Bytes", buffered), origin), _CHUNK)


class _Guarded(io.RawIOBase):
    """Bytes of a stream, bounded in number, with the archive's errors told in the user's words."""

    def __init__(self, source: Bytes, origin: str) -> None:
        super().__init__()
        self._source = source
        self._origin = origin
        self._left = LARGEST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._source.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableReportError(
                slug="truncated-report",
                where=self._origin,
                what=f"the gzip archive is damaged: {error}",
                remedy="check that the test job finished and kept the whole file as an artifact",
            ) from None
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableReportError(
                slug="report-too-large",
                where=self._origin,
                what=f"the report is larger than {LARGEST >> 30} GiB",
                remedy="split it, or leave generated code out of it",
            )
        buffer[: len(data)] = data
        return len(data)


class _Transcoded(io.RawIOBase):
    """A stream of another Unicode encoding, read as UTF-8."""

    def __init__(self, source: Bytes, encoding: str, origin: str) -> None:
        super().__init__()
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._encoding = encoding
        self._origin = origin
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            chunk = self._source.read(_CHUNK)
            try:
                self._ready = self._decoder.decode(chunk, final=not chunk).encode()
            except UnicodeError:
                raise UnreadableReportError(
                    slug="truncated-report",
                    where=self._origin,
                    what=f"the report starts as {self._encoding} and does not stay so",
                    remedy="check that the test job finished and kept the whole file as an artifact",
                ) from None
            if not chunk:
                break
        part = self._ready[: len(buffer)]
        self._ready = self._ready[len(part) :]
        buffer[: len(part)] = part
        return len(part)
