"""SpotBugs' XML report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Record
from qualitygate.collect.reading.findings import mapped, reported
from qualitygate.collect.reading.xml import elements
from qualitygate.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_ROOT = re.compile(rb"<BugCollection[\s>]")
_PRIORITIES = {"1": Severity.CRITICAL, "2": Severity.MAJOR, "3": Severity.MINOR, "4": Severity.INFO, "5": Severity.INFO}
_SCARIEST = 4


def claims(head: bytes) -> bool:
    """Tell it by its root element."""
    return head.lstrip()[:1] == b"<" and _ROOT.search(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: ranks 1 to 4 (the scariest) are blockers, else priority 1 is critical, 2 major, 3 minor.

    The place is the bug's own source line, else that of its method or class.
    """
    ready: list[Record] = []
    reader = _Reader(ready)
    yield from elements(report, origin, start=reader.start, end=reader.end, text=reader.text, ready=ready)


class _Reader:
    """Handlers of one report: the bug at hand, until it is closed."""

    def __init__(self, ready: list[Record]) -> None:
        self._ready = ready
        self._bug: dict[str, str] | None = None
        self._places: list[tuple[int, dict[str, str]]] = []
        self._message: list[str] | None = None
        self._open: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append(name)
        if name == "BugInstance":
            self._bug, self._places, self._message = attributes, [], None
        elif name == "SourceLine" and self._bug is not None:
            # A line right inside the bug says where it is; one inside a Method or Class says where that stands.
            nearness = {"BugInstance": 0, "Method": 1, "Field": 2, "Class": 3}.get(self._open[-2], 4)
            self._places.append((nearness, attributes))
        elif name == "LongMessage" and self._bug is not None:
            self._message = []

    def text(self, data: str) -> None:
        if self._open and self._open[-1] == "LongMessage" and self._message is not None:
            self._message.append(data)

    def end(self, name: str) -> None:
        self._open.pop()
        if name != "BugInstance" or self._bug is None:
            return
        bug, self._bug = self._bug, None
        place = min(self._places, key=lambda each: each[0])[1] if self._places else {}
        scary = int(bug.get("rank", "20")) <= _SCARIEST
        self._ready.append(
            reported(
                "spotbugs",
                rule=bug["type"],
                severity=Severity.BLOCKER if scary else mapped(bug["priority"], _PRIORITIES),
                path=place.get("sourcepath", ""),
                message="".join(self._message or [bug["type"]]),
                line=int(place.get("start", "0")),
                end_line=int(place.get("end", "0")),
            )
        )


FORMAT = Format(
    name="spotbugs",
    family=Family.FINDINGS,
    tools=("SpotBugs",),
    well_known=("spotbugsXml.xml", "target/spotbugsXml.xml", "build/reports/spotbugs/main.xml"),
    claims=claims,
    parse=parse,
)
