"""Tests that pass only when run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_WHOLE, Direction, TestMetric

if TYPE_CHECKING:
    from qualitygate.model.tests import TestCase, TestResults


def count(results: TestResults) -> int:
    """Count tests that failed first and passed when run again."""
    return len(results.flaky)


def cases(results: TestResults) -> tuple[TestCase, ...]:
    """Name the tests that are flaky."""
    return results.flaky


METRIC = TestMetric(
    key="flaky_tests",
    unit="tests",
    direction=Direction.LOWER,
    why="a test that fails at random teaches people to ignore red",
    scopes=ON_WHOLE,
    count=count,
    cases=cases,
)
