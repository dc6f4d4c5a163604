"""Length of functions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_FUNCTIONS, Aggregation, Direction, FunctionMetric

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.source import Function


def value(function: Function, _coverage: FileCoverage | None) -> Fraction:
    """Give the lines of code of the function: no blank lines, comments or docstrings."""
    return Fraction(function.length)


METRIC = FunctionMetric(
    key="function_length",
    unit="lines",
    direction=Direction.LOWER,
    why="a function that does not fit a screen is read in parts and understood in none",
    scopes=ON_FUNCTIONS,
    value=value,
    aggregation=Aggregation.MAXIMUM,
)
