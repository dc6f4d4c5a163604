"""Coverage of lines and branches together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_LINES, CoverageMetric, Direction

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.lines import LineSet
    from qualitygate.model.ratio import Ratio


def tally(coverage: FileCoverage, lines: LineSet | None) -> Ratio:
    """Count covered lines and taken branches of all lines and branches.

    Source: coverage.py's total with branches, (executed lines + executed branches) / (statements + branches), the
    same number as SonarQube's `coverage`, (CT + CF + LC) / (2·B + EL).
    """
    return coverage.line_ratio(lines) + coverage.branches.ratio(lines)


METRIC = CoverageMetric(
    key="coverage",
    unit="%",
    direction=Direction.HIGHER,
    why="code that no test runs can break without anyone noticing",
    scopes=ON_LINES,
    tally=tally,
)
