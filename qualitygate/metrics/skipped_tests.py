"""Tests that are skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_WHOLE, Direction, TestMetric

if TYPE_CHECKING:
    from qualitygate.model.tests import TestCase, TestResults


def count(results: TestResults) -> int:
    """Count tests that did not run."""
    return len(results.skipped)


def cases(results: TestResults) -> tuple[TestCase, ...]:
    """Name the tests that are skipped."""
    return results.skipped


METRIC = TestMetric(
    key="skipped_tests",
    unit="tests",
    direction=Direction.LOWER,
    why="a skipped test protects nothing and looks as if it did",
    scopes=ON_WHOLE,
    count=count,
    cases=cases,
)
