"""Number of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_WHOLE, Direction, TestMetric

if TYPE_CHECKING:
    from qualitygate.model.tests import TestCase, TestResults


def count(results: TestResults) -> int:
    """Count all tests, skipped ones included, each once however often it ran."""
    return results.total


def cases(_results: TestResults) -> tuple[TestCase, ...]:
    """Name none: a sum needs no names."""
    return ()


METRIC = TestMetric(
    key="tests",
    unit="tests",
    direction=Direction.HIGHER,
    why="tests that vanish take their protection with them",
    scopes=ON_WHOLE,
    count=count,
    cases=cases,
)
