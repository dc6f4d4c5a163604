"""Complexity against coverage, per function."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_FUNCTIONS, Aggregation, Direction, FunctionMetric
from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.source import Function


def value(function: Function, coverage: FileCoverage | None) -> Fraction | Unknown:
    """Give comp² · (1 - cov)³ + comp, cov being the covered share of the function's executable lines.

    Unknown where no report speaks of the file; a function without executable lines has nothing to leave uncovered
    and scores its complexity.

    Source: Savoia & Evans, Change Risk Analysis and Predictions (crap4j), 2007.
    """
    if coverage is None:
        return Unknown(Reason.REPORT_MISSING, "no coverage report speaks of the file")
    ratio = coverage.line_ratio(function.lines)
    uncovered = Fraction(ratio.missed, ratio.whole) if ratio.whole else Fraction(0)
    return Fraction(function.complexity**2) * uncovered**3 + function.complexity


METRIC = FunctionMetric(
    key="crap",
    unit="",
    direction=Direction.LOWER,
    why="code that is complex and untested is where changes break things",
    scopes=ON_FUNCTIONS,
    value=value,
    aggregation=Aggregation.MAXIMUM,
    needs_coverage=True,
)
