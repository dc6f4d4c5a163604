"""Coverage of lines alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_LINES, CoverageMetric, Direction

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.lines import LineSet
    from qualitygate.model.ratio import Ratio


def tally(coverage: FileCoverage, lines: LineSet | None) -> Ratio:
    """Count covered of executable lines."""
    return coverage.line_ratio(lines)


METRIC = CoverageMetric(
    key="line_coverage",
    unit="%",
    direction=Direction.HIGHER,
    why="a line that no test runs can break without anyone noticing",
    scopes=ON_LINES,
    tally=tally,
)
