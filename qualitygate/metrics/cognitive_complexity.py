"""Cognitive complexity of functions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_FUNCTIONS, Aggregation, Direction, FunctionMetric

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.source import Function


def value(function: Function, _coverage: FileCoverage | None) -> Fraction:
    """Give what breaks the reading from top to bottom, counted more the deeper it is nested; 0 for none.

    Source: G. Ann Campbell, Cognitive Complexity (SonarSource, 2018).
    """
    return Fraction(function.cognitive)


METRIC = FunctionMetric(
    key="cognitive_complexity",
    unit="",
    direction=Direction.LOWER,
    why="code that takes long to understand takes long to change, however few paths it has",
    scopes=ON_FUNCTIONS,
    value=value,
    aggregation=Aggregation.SUM,
)
