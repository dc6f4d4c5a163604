"""Tests that fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_WHOLE, Direction, TestMetric

if TYPE_CHECKING:
    from qualitygate.model.tests import TestCase, TestResults


def count(results: TestResults) -> int:
    """Count tests that failed or ended in an error, suites that did not load included."""
    return len(results.failed)


def cases(results: TestResults) -> tuple[TestCase, ...]:
    """Name the tests that fail."""
    return results.failed


METRIC = TestMetric(
    key="failed_tests",
    unit="tests",
    direction=Direction.LOWER,
    why="a red test is a fault that somebody already found",
    scopes=ON_WHOLE,
    count=count,
    cases=cases,
)
