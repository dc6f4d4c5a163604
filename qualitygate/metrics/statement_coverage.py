"""Coverage of statements, where the tool tells them from lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_LINES, CoverageMetric, Direction

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.lines import LineSet
    from qualitygate.model.ratio import Ratio


def tally(coverage: FileCoverage, lines: LineSet | None) -> Ratio:
    """Count executed of all statements that start on the lines; nothing where the report tells only lines.

    Source: `go tool cover`, total of -func; Istanbul's `statements`.
    """
    return coverage.statements.ratio(lines)


METRIC = CoverageMetric(
    key="statement_coverage",
    unit="%",
    direction=Direction.HIGHER,
    why="the number that go test and Istanbul print, where several statements share a line",
    scopes=ON_LINES,
    tally=tally,
)
