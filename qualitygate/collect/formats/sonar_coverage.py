"""SonarQube's generic test coverage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Measured, Note, Record
from qualitygate.collect.reading.xml import MalformedError, elements
from qualitygate.model.coverage import FileCoverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_ROOT = re.compile(rb"""<coverage\s+version=["']1["']\s*/?>\s*(?:<file\s|</coverage|$)""")


def claims(head: bytes) -> bool:
    """Tell it by its root element `coverage` of version 1 with files right inside."""
    return head.lstrip()[:1] == b"<" and _ROOT.search(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line and branch coverage per file. Source: SonarQube's documentation, Generic test data."""
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
        self._path: str | None = None
        self._hits: dict[int, int] = {}
        self._branches: dict[int, tuple[int, int]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "lineToCover":
            if self._path is None:
                raise MalformedError("a line stands outside of any file")
            if attributes["covered"] not in ("true", "false"):
                raise MalformedError(f"`covered` is true or false, not {attributes['covered']}")
            number = int(attributes["lineNumber"])
            self._hits[number] = int(attributes["covered"] == "true")
            if "branchesToCover" in attributes:
                taken = int(attributes.get("coveredBranches", "0"))
                self._branches[number] = (taken, int(attributes["branchesToCover"]))
        elif name == "file":
            self.files += 1
            self._path = attributes["path"]
            self._hits, self._branches = {}, {}

    def end(self, name: str) -> None:
        if name == "file" and self._path is not None:
            self._ready.append(Measured(self._path, FileCoverage.of(self._hits, self._branches)))
            self._path = None


FORMAT = Format(
    name="sonar-coverage",
    family=Family.COVERAGE,
    tools=("gcovr", "jest-sonar-reporter", "any tool for SonarQube"),
    well_known=("sonar-coverage.xml",),
    claims=claims,
    parse=parse,
)
