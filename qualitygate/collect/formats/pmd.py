"""PMD's XML report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Record
from qualitygate.collect.reading.findings import mapped, reported
from qualitygate.collect.reading.xml import MalformedError, elements
from qualitygate.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_ROOT = re.compile(rb"<pmd[\s>]")
_PRIORITIES = {
    "1": Severity.BLOCKER, "2": Severity.CRITICAL, "3": Severity.MAJOR, "4": Severity.MINOR, "5": Severity.INFO,
}  # fmt: skip


def claims(head: bytes) -> bool:
    """Tell it by its root element."""
    return head.lstrip()[:1] == b"<" and _ROOT.search(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: priorities 1 to 5 are blocker to info; suppressed violations are none.

    A file that PMD could not process is a critical finding of the rule `processing-error`: it was not checked.
    """
    ready: list[Record] = []
    reader = _Reader(ready)
    yield from elements(report, origin, start=reader.start, end=reader.end, text=reader.text, ready=ready)


class _Reader:
    """Handlers of one report: the message of the violation at hand, until it is closed."""

    def __init__(self, ready: list[Record]) -> None:
        self._ready = ready
        self._path: str | None = None
        self._violation: dict[str, str] | None = None
        self._message: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "file":
            self._path = attributes["name"]
        elif name == "violation":
            if self._path is None:
                raise MalformedError("a violation stands outside of any file")
            self._violation, self._message = attributes, []
        elif name == "error":
            self._ready.append(
                reported(
                    "pmd",
                    rule="processing-error",
                    severity=Severity.CRITICAL,
                    path=attributes["filename"],
                    message=attributes.get("msg", ""),
                )
            )

    def end(self, name: str) -> None:
        if name == "violation" and self._violation is not None:
            found = self._violation
            self._ready.append(
                reported(
                    "pmd",
                    rule=found["rule"],
                    severity=mapped(found["priority"], _PRIORITIES),
                    path=self._path or "",
                    message="".join(self._message),
                    line=int(found["beginline"]),
                    end_line=int(found["endline"]),
                )
            )
            self._violation = None

    def text(self, data: str) -> None:
        if self._violation is not None:
            self._message.append(data)


FORMAT = Format(
    name="pmd",
    family=Family.FINDINGS,
    tools=("PMD",),
    well_known=("pmd.xml", "target/pmd.xml"),
    claims=claims,
    parse=parse,
)
