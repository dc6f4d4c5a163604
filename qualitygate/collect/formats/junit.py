"""JUnit XML, the common language of test runners, with what each of them makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Note, Record, Tested
from qualitygate.collect.formats.junit_findings import claims as is_of_a_linter
from qualitygate.collect.reading.xml import elements
from qualitygate.model.tests import Outcome, TestCase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_ROOT = re.compile(rb"<(testsuites|testsuite)[\s>/]")
_MESSAGE = 200
_NOT_RUN = frozenset({"notrun", "disabled", "skipped", "ignored"})


def claims(head: bytes) -> bool:
    """Tell it by its root element, `testsuites` or `testsuite`, where it bears no mark of a linter."""
    own = head.lstrip()[:1] == b"<" and _ROOT.search(head) is not None and b"<coverage" not in head
    return own and not is_of_a_linter(head)


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield every test once, with how it ended; counts in attributes are not read.

    - failure and error elements are failures, on a test case (pytest writes modules that it cannot collect so) or
      directly in a suite;
    - Surefire's flakyFailure and flakyError mark a test that passed when run again, rerunFailure and rerunError one
      that did not;
    - pytest and gotestsum write a test again for every run, under the same name, which is unique there: the last run
      counts, and a test that passed after another run is flaky. Elsewhere equal names are different tests.
    """
    ready: list[Record] = []
    reader = _Reader(ready)
    yield from elements(report, origin, start=reader.start, end=reader.end, text=reader.text, ready=ready)
    yield from reader.reruns()


@dataclass(slots=True)
class _Case:
    """A test case while it is read."""

    suite: str
    name: str
    path: str
    line: int
    failed: bool = False
    skipped: bool = False
    flaky: bool = False
    message: str = ""

    def outcome(self) -> Outcome:
        if self.failed:
            return Outcome.FAILED
        if self.skipped:
            return Outcome.SKIPPED
        return Outcome.FLAKY if self.flaky else Outcome.PASSED

    def as_test(self) -> TestCase:
        return TestCase(self.suite, self.name, self.message if self.failed else "", self.path, self.line)


@dataclass(slots=True)
class _Reader:
    """Handlers of one report."""

    ready: list[Record]
    unique_names: bool = False
    suites: list[tuple[str, str]] = field(default_factory=list)
    case: _Case | None = None
    telling: list[str] | None = None
    runs: dict[tuple[str, str], list[_Case]] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "testcase":
            path = attributes.get("file") or (self.suites[-1][1] if self.suites else "")
            suite = attributes.get("classname") or (self.suites[-1][0] if self.suites else "")
            line = attributes.get("line", "")
            self.case = _Case(suite, attributes.get("name", ""), path, int(line) if line.isdecimal() else 0)
            self.case.skipped = attributes.get("status", "").lower() in _NOT_RUN
        elif name in ("failure", "error"):
            self._failed(attributes)
        elif name == "skipped" and self.case is not None:
            self.case.skipped = True
        elif name in ("flakyFailure", "flakyError") and self.case is not None:
            self.case.flaky = True
        elif name in ("testsuite", "testsuites"):
            self.suites.append((attributes.get("name", ""), attributes.get("file", "")))
            # pytest names its root so whatever the suite is called; its node ids are unique.
            self.unique_names |= attributes.get("name") == "pytest tests"
        elif name == "property" and attributes.get("name") == "go.version":
            self.unique_names = True

    def _failed(self, attributes: dict[str, str]) -> None:
        case = self.case
        if case is None:
            suite, path = self.suites[-1] if self.suites else ("", "")
            case = _Case(suite, "(the suite itself)", path, 0, failed=True)
            case.message = _first_line(attributes.get("message", ""))
            self._finished(case)
            return
        case.failed = True
        if not case.message:
            case.message = _first_line(attributes.get("message", ""))
            self.telling = [] if not case.message else None

    def end(self, name: str) -> None:
        if name == "testcase" and self.case is not None:
            self._finished(self.case)
            self.case = None
        elif name in ("testsuite", "testsuites"):
            self.suites.pop()
        elif name in ("failure", "error") and self.telling is not None and self.case is not None:
            self.case.message = _first_line("".join(self.telling))
            self.telling = None

    def text(self, data: str) -> None:
        if self.telling is not None and len(self.telling) < 50:
            self.telling.append(data)

    def _finished(self, case: _Case) -> None:
        if self.unique_names:
            self.runs.setdefault((case.suite, case.name), []).append(case)
        else:
            self.ready.append(Tested(case.as_test(), case.outcome()))

    def reruns(self) -> Iterator[Record]:
        """Yield the tests of a tool whose names are unique, each once."""
        again = 0
        for runs in self.runs.values():
            last = runs[-1]
            last.flaky = len(runs) > 1
            again += len(runs) - 1
            yield Tested(last.as_test(), last.outcome())
        if again:
            yield Note(f"{again} repeated entries of the same tests were counted once")


def _first_line(message: str) -> str:
    stripped = message.strip()
    return stripped.splitlines()[0][:_MESSAGE] if stripped else ""


FORMAT = Format(
    name="junit",
    family=Family.TESTS,
    tools=(
        "pytest", "Surefire", "Failsafe", "jest-junit", "vitest", "mocha-junit-reporter", "node:test", "gotestsum",
        "go-junit-report", "rspec_junit_formatter", "GoogleTest", "CTest", "PHPUnit",
    ),
    well_known=(
        "junit.xml", "junit*.xml", "report.xml", "test-results.xml", "test-results/*.xml", "reports/junit*.xml",
        "target/surefire-reports/TEST-*.xml", "target/failsafe-reports/TEST-*.xml",
    ),
    claims=claims,
    parse=parse,
)  # fmt: skip
