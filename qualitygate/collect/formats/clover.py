"""Clover XML, as PHPUnit, Istanbul, gcovr and OpenClover write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Measured, Note, Record
from qualitygate.collect.reading.xml import MalformedError, elements
from qualitygate.model.coverage import FileCoverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_ROOT = re.compile(rb"<coverage\s[^>]*generated=[^>]*>\s*(?:<!--.*?-->\s*)*<project[\s>]", re.DOTALL)
_ISTANBUL = "3.2.0"


def claims(head: bytes) -> bool:
    """Tell it by its root element `coverage` with the attribute `generated` and a project in it."""
    return head.lstrip()[:1] == b"<" and _ROOT.search(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line and branch coverage per file.

    Lines of the types `stmt` and `cond` are executable ones; `method` marks a definition and is not counted. A `cond`
    line has the counts of its two outcomes, but Istanbul, which calls itself Clover 3.2.0, writes how many branches
    were taken as `truecount` and how many were not as `falsecount`. Metrics are not read.
    """
    ready: list[Record] = []
    reader = _Reader(ready)
    yield from elements(report, origin, start=reader.start, end=reader.end, ready=ready)
    if not reader.files:
        yield Note("the report holds no file, so it measured nothing")


class _Reader:
    """Handlers of one report: lines of the file at hand, until it is closed."""

    def __init__(self, ready: list[Record]) -> None:
        self.files = 0
        self._ready = ready
        self._istanbul = False
        self._path: str | None = None
        self._hits: dict[int, int] = {}
        self._branches: dict[int, tuple[int, int]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "line":
            self._line(attributes)
        elif name == "file":
            self.files += 1
            self._path = attributes.get("path") or attributes["name"]
            self._hits, self._branches = {}, {}
        elif name == "coverage":
            self._istanbul = attributes.get("clover") == _ISTANBUL

    def _line(self, attributes: dict[str, str]) -> None:
        if self._path is None:
            raise MalformedError("a line stands outside of any file")
        kind = attributes["type"]
        if kind not in ("stmt", "cond"):
            return
        number = int(attributes["num"])
        if kind == "cond":
            ran, not_ran = int(attributes["truecount"]), int(attributes["falsecount"])
            taken, total = (ran, ran + not_ran) if self._istanbul else ((ran > 0) + (not_ran > 0), 2)
            known = self._branches.get(number, (0, 0))
            self._branches[number] = (known[0] + taken, known[1] + total)
            hits = int(attributes.get("count", ran + not_ran))
        else:
            hits = int(attributes["count"])
        self._hits[number] = max(self._hits.get(number, 0), hits)

    def end(self, name: str) -> None:
        if name == "file" and self._path is not None:
            self._ready.append(Measured(self._path, FileCoverage.of(self._hits, self._branches)))
            self._path = None


FORMAT = Format(
    name="clover",
    family=Family.COVERAGE,
    tools=("PHPUnit", "Istanbul", "c8", "vitest", "gcovr", "OpenClover"),
    well_known=("clover.xml", "coverage/clover.xml", "build/logs/clover.xml"),
    claims=claims,
    parse=parse,
)
