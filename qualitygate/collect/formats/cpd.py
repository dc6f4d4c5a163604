"""CPD's XML, as PMD and jscpd write it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.collect.format import Duplicated, Family, Format, Record
from qualitygate.collect.reading.xml import MalformedError, elements
from qualitygate.model.lines import LAST_LINE, LineSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_ROOT = re.compile(rb"<pmd-cpd[\s>/]")


def claims(head: bytes) -> bool:
    """Tell it by its root element, `pmd-cpd`."""
    return _ROOT.search(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield every duplicated piece of code with its places.

    A place without `endline` (PMD before 6, jscpd) reaches as far as the `lines` of its duplication say.
    """
    ready: list[Record] = []
    reader = _Reader(ready)
    yield from elements(report, origin, start=reader.start, end=reader.end, ready=ready)


@dataclass(slots=True)
class _Reader:
    ready: list[Record]
    lines: int = 0
    inside: bool = False
    places: list[tuple[str, LineSet]] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "duplication":
            self.inside, self.lines, self.places = True, int(attributes["lines"]), []
        elif name == "file" and self.inside:
            first = int(attributes["line"])
            last = int(attributes.get("endline", first + self.lines - 1))
            if not 0 < first <= LAST_LINE or not first <= last <= LAST_LINE:
                raise MalformedError(f"lines {first} to {last} are no lines of a file")
            self.places.append((attributes["path"], LineSet.between(first, last)))

    def end(self, name: str) -> None:
        if name == "duplication":
            self.inside = False
            self.ready.append(Duplicated(tuple(self.places)))


FORMAT = Format(
    name="cpd",
    family=Family.DUPLICATION,
    tools=("PMD CPD", "jscpd"),
    well_known=("cpd.xml", "target/cpd.xml", "build/reports/cpd/*.xml", "jscpd-report.xml", "report/jscpd-report.xml"),
    claims=claims,
    parse=parse,
)
