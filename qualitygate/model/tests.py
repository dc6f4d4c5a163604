"""What test reports tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """How a test ended. Errors and suites that did not load are failures."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    FLAKY = "flaky"


@dataclass(frozen=True, slots=True, order=True)
class TestCase:
    """One test, told apart by suite and name.

    suite:   class, file or package that holds it; empty where the report names none.
    name:    as the tool writes it, parameters included.
    message: the first line of what the tool says of a failure; empty for others.
    path:    the source file the report names, as it names it; empty where it names none.
    line:    1-based line in that file; 0 where the report names none.
    """

    __test__ = False  # not a test class, whatever its name says to pytest

    suite: str
    name: str
    message: str = ""
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class TestResults:
    """All tests of one component at one commit.

    total:   tests that the reports hold, skipped ones included, each counted once however often it was run again.
    failed:  tests that failed or ended in an error, suites that did not load included.
    skipped: tests that did not run.
    flaky:   tests that passed only when run again.
    """

    __test__ = False

    total: int
    failed: tuple[TestCase, ...] = ()
    skipped: tuple[TestCase, ...] = ()
    flaky: tuple[TestCase, ...] = ()

    def __add__(self, other: TestResults) -> TestResults:
        return TestResults(
            self.total + other.total,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.flaky + other.flaky,
        )
