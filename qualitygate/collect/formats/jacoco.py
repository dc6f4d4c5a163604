"""JaCoCo XML, of one module or aggregated over several."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Measured, Note, Record
from qualitygate.collect.reading.xml import MalformedError, elements
from qualitygate.model.coverage import FileCoverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_ROOT = re.compile(rb"<report\s[^>]*name=")


def claims(head: bytes) -> bool:
    """Tell it by its root element `report` and what JaCoCo puts first into it."""
    return head.lstrip()[:1] == b"<" and _ROOT.search(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line and branch coverage per source file, named by its package.

    A line is covered if at least one of its instructions ran (`ci`), as JaCoCo counts it; `mb` and `cb` are its missed
    and taken branches. Counters are not read. A line that tells neither `mi` nor `ci` says nothing (gcovr writes such),
    and is refused. Source: report.dtd of JaCoCo 0.8.
    """
    ready: list[Record] = []
    reader = _Reader(ready)
    yield from elements(report, origin, start=reader.start, end=reader.end, ready=ready)
    if not reader.files:
        yield Note("the report holds no source file, so it measured nothing")


class _Reader:
    """Handlers of one report: lines of the source file at hand, until it is closed."""

    def __init__(self, ready: list[Record]) -> None:
        self.files = 0
        self._ready = ready
        self._package = ""
        self._path: str | None = None
        self._hits: dict[int, int] = {}
        self._branches: dict[int, tuple[int, int]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "line":
            if self._path is None:
                raise MalformedError("a line stands outside of any source file")
            if "mi" not in attributes and "ci" not in attributes:
                raise MalformedError("a line tells neither missed nor covered instructions, so it says nothing")
            number = int(attributes["nr"])
            self._hits[number] = int(attributes.get("ci", "0"))
            taken, missed = int(attributes.get("cb", "0")), int(attributes.get("mb", "0"))
            if taken or missed:
                self._branches[number] = (taken, taken + missed)
        elif name == "package":
            self._package = attributes["name"]
        elif name == "sourcefile":
            self.files += 1
            self._path = f"{self._package}/{attributes['name']}".lstrip("/")
            self._hits, self._branches = {}, {}

    def end(self, name: str) -> None:
        if name == "sourcefile" and self._path is not None:
            self._ready.append(Measured(self._path, FileCoverage.of(self._hits, self._branches)))
            self._path = None


FORMAT = Format(
    name="jacoco",
    family=Family.COVERAGE,
    tools=("JaCoCo",),
    well_known=(
        "jacoco.xml", "target/site/jacoco/jacoco.xml", "target/site/jacoco-aggregate/jacoco.xml",
        "*/target/site/jacoco/jacoco.xml", "build/reports/jacoco/test/jacocoTestReport.xml",
    ),
    claims=claims,
    parse=parse,
)  # fmt: skip
