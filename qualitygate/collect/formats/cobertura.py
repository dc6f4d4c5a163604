"""Cobertura XML, as coverage.py, gcovr, PHPUnit, Istanbul, c8, vitest and gocover-cobertura write it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Measured, Note, Record, SourceRoot
from qualitygate.collect.reading.xml import MalformedError, elements
from qualitygate.model.coverage import FileCoverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_CONDITIONS = re.compile(r"\((\d+)/(\d+)\)")
_ROOT = re.compile(rb"<coverage[\s>]")


def claims(head: bytes) -> bool:
    """Tell a Cobertura report by its root element; Clover has the same root with other attributes."""
    root = _ROOT.search(head)
    if root is None or head.lstrip()[:1] != b"<":
        return False
    opening = head[root.start() : head.find(b">", root.start()) + 1 or len(head)]
    return (b"line-rate" in opening or b"lines-valid" in opening or b"<packages" in head) and b"clover=" not in opening


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line and branch coverage per `class` element; lines of its methods only count where it has none of its own.

    Rates and totals in attributes are not read: the lines are counted.
    """
    ready: list[Record] = []
    reader = _Reader(ready)
    yield from elements(report, origin, start=reader.start, end=reader.end, text=reader.text, ready=ready)
    if not reader.classes:
        yield Note("the report holds no class, so it measured nothing")


@dataclass(slots=True)
class _Lines:
    hits: dict[int, int] = field(default_factory=dict)
    branches: dict[int, tuple[int, int]] = field(default_factory=dict)


class _Reader:
    """Handlers of one report: lines of the class at hand, until it is closed."""

    def __init__(self, ready: list[Record]) -> None:
        self.classes = 0
        self._ready = ready
        self._path: str | None = None
        self._method = False
        self._own = _Lines()
        self._in_method = _Lines()
        self._root: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "line":
            if self._path is None:
                raise MalformedError("a line stands outside of any class")
            lines = self._in_method if self._method else self._own
            number = int(attributes["number"])
            hits = int(attributes["hits"])
            if number not in lines.hits or hits > lines.hits[number]:
                lines.hits[number] = hits
            conditions = attributes.get("condition-coverage")
            if conditions is not None and (match := _CONDITIONS.search(conditions)):
                taken, total = int(match[1]), int(match[2])
                known = lines.branches.get(number, (0, 0))
                lines.branches[number] = (max(taken, known[0]), max(total, known[1]))
        elif name == "method":
            self._method = True
        elif name == "class":
            self._path = attributes["filename"]
            self._own, self._in_method, self._method = _Lines(), _Lines(), False
            self.classes += 1
        elif name == "source":
            self._root = []

    def end(self, name: str) -> None:
        if name == "method":
            self._method = False
        elif name == "class" and self._path is not None:
            # Istanbul writes functions as methods of one line each, which are no executable lines of their own.
            lines = self._own if self._own.hits else self._in_method
            self._ready.append(Measured(self._path, FileCoverage.of(lines.hits, lines.branches)))
            self._path = None
        elif name == "source" and self._root is not None:
            self._ready.append(SourceRoot("".join(self._root).strip()))
            self._root = None

    def text(self, data: str) -> None:
        if self._root is not None:
            self._root.append(data)


FORMAT = Format(
    name="cobertura",
    family=Family.COVERAGE,
    tools=("coverage.py", "gcovr", "PHPUnit", "Istanbul", "c8", "vitest", "gocover-cobertura"),
    well_known=("coverage.xml", "cobertura.xml", "cobertura-coverage.xml", "coverage/cobertura-coverage.xml"),
    claims=claims,
    parse=parse,
)
