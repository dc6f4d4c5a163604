"""Cyclomatic complexity."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_FUNCTIONS, Aggregation, Direction, FunctionMetric

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.source import Function


def value(function: Function, _coverage: FileCoverage | None) -> Fraction:
    """Give the cyclomatic complexity by the language's rule (McCabe 1976; for Python as radon counts)."""
    return Fraction(function.complexity)


METRIC = FunctionMetric(
    key="complexity",
    unit="",
    direction=Direction.LOWER,
    why="every path through a function wants a test and a reader",
    scopes=ON_FUNCTIONS,
    value=value,
    aggregation=Aggregation.SUM,
)
