"""Coverage of branches alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_LINES, CoverageMetric, Direction

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.lines import LineSet
    from qualitygate.model.ratio import Ratio


def tally(coverage: FileCoverage, lines: LineSet | None) -> Ratio:
    """Count taken of all branches; whole 0 where branches were not measured."""
    return coverage.branches.ratio(lines)


METRIC = CoverageMetric(
    key="branch_coverage",
    unit="%",
    direction=Direction.HIGHER,
    why="a decision tested only one way hides the other way's faults",
    scopes=ON_LINES,
    tally=tally,
)
