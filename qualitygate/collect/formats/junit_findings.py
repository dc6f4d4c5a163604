"""Findings that linters write as JUnit XML: every finding is a failed test there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Record
from qualitygate.collect.reading.findings import mapped, reported
from qualitygate.collect.reading.xml import elements
from qualitygate.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_PACKAGES = {"org.ruff": "ruff", "org.eslint": "eslint", "org.spectral": "spectral", "com.oasdiff": "oasdiff"}
_MARKS = re.compile(
    rb'<testsuite\s[^>]*package="(?:org\.(?:ruff|eslint|spectral)|com\.oasdiff)"'
    rb'|<testsuites name="ruff"'
    rb'|<testcase name="[^"]*" classname="[^"]*:\d+:\d+">\s*<failure message='
    rb'|<failure message="Found \d+ vulnerabilit'
)
_PLACE = re.compile(r"(.+?):(\d{1,9})(?::\d+)?: ")
_TEXT_LINE = re.compile(r"line (\d{1,9}), col \d+, ")
_GOSEC = re.compile(r"^\[(.+?):(\d{1,9})(?:-(\d{1,9}))?\] - (.*?) \(Confidence: \d, Severity: (\d)", re.MULTILINE)
_GOSEC_SEVERITIES = {"0": Severity.MINOR, "1": Severity.MAJOR, "2": Severity.CRITICAL}
_SEVERITIES = {"error": Severity.MAJOR, "warning": Severity.MINOR, "info": Severity.INFO}


def claims(head: bytes) -> bool:
    """Tell it by the marks of the linters that write so: names of packages, places as class names, vulnerabilities."""
    return head.lstrip()[:1] == b"<" and _MARKS.search(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield a finding for every failure.

    Of the severity the reports tell less than the tools know: gosec's and ruff's are read, a breaking change of
    oasdiff is critical, all others are major. gosec names no rule; what it says of a suite stands for it.
    """
    ready: list[Record] = []
    reader = _Reader(ready)
    yield from elements(
        report,
        origin,
        start=reader.start,
        end=reader.end,
        text=reader.text,
        text_in=frozenset({"failure"}),
        ready=ready,
    )


@dataclass(slots=True)
class _Reader:
    ready: list[Record]
    suite: dict[str, str] = field(default_factory=dict)
    case: dict[str, str] = field(default_factory=dict)
    severity: str = "error"
    message: str = ""
    words: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "testsuite":
            self.suite = dict(attributes)
        elif name == "testcase":
            self.case, self.severity = dict(attributes), "error"
        elif name == "property" and attributes.get("name") == "severity":
            self.severity = attributes.get("value", "error")
        elif name == "failure":
            self.message, self.words = attributes.get("message", ""), []

    def text(self, data: str) -> None:
        self.words.append(data)

    def end(self, name: str) -> None:
        if name == "failure":
            self.ready += self._findings("".join(self.words))

    def _findings(self, text: str) -> list[Record]:
        tool = _PACKAGES.get(self.suite.get("package", ""))
        found = list(_GOSEC.finditer(text))
        if tool is None and found:
            return [
                reported(
                    "gosec", rule=self.suite.get("name"), severity=_GOSEC_SEVERITIES.get(each[5], Severity.MAJOR),
                    path=each[1], message=each[4], line=int(each[2]), end_line=int(each[3] or 0),
                )
                for each in found
            ]  # fmt: skip
        if tool is None:
            return [self._of_golangci()]
        rule = self.case.get("name", "").removeprefix(f"org.{tool}.").partition("(")[0]
        if tool == "oasdiff":
            return [reported(tool, rule=rule, severity=Severity.CRITICAL, path="", message=text)]
        place = _TEXT_LINE.search(text)
        line = self.case.get("line", place[1] if place else "")
        severity = mapped(self.severity, _SEVERITIES)
        path = self.suite.get("name", "")
        return [
            reported(tool, rule=rule, severity=severity, path=path, message=self.message, line=_number(line)),
        ]

    def _of_golangci(self) -> Record:
        place = _PLACE.match(self.message)
        path, line = (place[1], int(place[2])) if place else (self.suite.get("name", ""), 0)
        message = self.message[place.end() :] if place else self.message
        rule = self.case.get("name")
        return reported("golangci-lint", rule=rule, severity=Severity.MAJOR, path=path, message=message, line=line)


def _number(digits: str) -> int:
    return int(digits) if digits.isdecimal() and len(digits) < 10 else 0


FORMAT = Format(
    name="junit-findings",
    family=Family.FINDINGS,
    tools=("ruff", "ESLint", "golangci-lint", "gosec", "Spectral", "oasdiff"),
    well_known=("lint-junit.xml", "ruff-junit.xml", "eslint-junit.xml", "golangci-junit.xml", "gosec-junit.xml"),
    claims=claims,
    parse=parse,
)
