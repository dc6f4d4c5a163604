"""Cobertura XML, as coverage.py, gcovr, PHPUnit, Istanbul, c8, vitest and gocover-cobertura write it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Measured, Note, Record, SourceRoot
from qualitygate.collect.reading.xml import MalformedError, Runs, elements
from qualitygate.model.coverage import FileCoverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

# Lines as nearly every tool writes them; others go through the parser one by one.
_ROW = re.compile(
    rb'((?:<line number="\d{1,8}+" hits="\d{1,18}+"(?: branch="(?:true|false)")?+'
    rb'(?: condition-coverage="[^"<&>]*+")?+(?: missing-branches="[^"<&>]*+")?+ ?/>\s*+){3,})'
)
_LINE = re.compile(rb'number="(\d++)" hits="(\d++)"(?: branch="(?:true|false)")?+(?: condition-coverage="([^"]*+)")?+')
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
    yield from elements(
        report,
        origin,
        start=reader.start,
        end=reader.end,
        text=reader.text,
        text_in=frozenset({"source"}),
        leaves=frozenset({"line", "condition"}),
        runs=Runs(_ROW, reader.take),
        ready=ready,
    )
    if not reader.classes:
        yield Note("the report holds no class, so it measured nothing")


@dataclass(slots=True)
class _Lines:
    hits: dict[int, int] = field(default_factory=dict)
    branches: dict[int, tuple[int, int]] = field(default_factory=dict)


def _add_condition(lines: _Lines, number: int, coverage: str) -> None:
    match = _CONDITIONS.search(coverage)
    if match is not None:
        taken, total = int(match[1]), int(match[2])
        known = lines.branches.get(number, (0, 0))
        lines.branches[number] = (max(taken, known[0]), max(total, known[1]))


class _Reader:
    """Handlers of one report: lines of the class at hand, until it is closed."""

    def __init__(self, ready: list[Record]) -> None:
        self.classes = 0
        self._ready = ready
        self._path: str | None = None
        self._own = _Lines()
        self._in_method = _Lines()
        self._lines: _Lines | None = None
        self._root: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "line":
            lines = self._lines
            if lines is None:
                raise MalformedError("a line stands outside of any class")
            number, count = int(attributes["number"]), int(attributes["hits"])
            if number not in lines.hits or count > lines.hits[number]:
                lines.hits[number] = count
            if "condition-coverage" in attributes:
                _add_condition(lines, number, attributes["condition-coverage"])
        elif name == "method":
            self._lines = self._in_method
        elif name == "class":
            self._path = attributes["filename"]
            self._lines = self._own = _Lines()
            self._in_method = _Lines()
            self.classes += 1
        elif name == "source":
            self._root = []

    def take(self, row: bytes) -> None:
        """Take a row of lines at once, as `start` would one by one."""
        lines = self._lines
        if lines is None:
            raise MalformedError("a line stands outside of any class")
        found = _LINE.findall(row)
        hits = {int(number): int(count) for number, count, _ in found}
        if len(hits) == len(found) and lines.hits.keys().isdisjoint(hits):
            lines.hits.update(hits)
        else:
            for number, count, _ in found:
                lines.hits[int(number)] = max(int(count), lines.hits.get(int(number), 0))
        for number, _, rest in found:
            if rest:
                _add_condition(lines, int(number), rest.decode())

    def end(self, name: str) -> None:
        if name == "method":
            self._lines = self._own
        elif name == "class" and self._path is not None:
            # Istanbul writes functions as methods of one line each, which are no executable lines of their own.
            lines = self._own if self._own.hits else self._in_method
            self._ready.append(Measured(self._path, FileCoverage.of(lines.hits, lines.branches)))
            self._path = None
            self._lines = None
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
