"""Parameters of functions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_FUNCTIONS, Aggregation, Direction, FunctionMetric

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.source import Function


def value(function: Function, _coverage: FileCoverage | None) -> Fraction:
    """Give the number of declared parameters, the receiver of a method not counted."""
    return Fraction(function.parameters)


METRIC = FunctionMetric(
    key="parameters",
    unit="parameters",
    direction=Direction.LOWER,
    why="long parameter lists are called wrongly",
    scopes=ON_FUNCTIONS,
    value=value,
    aggregation=Aggregation.MAXIMUM,
)
