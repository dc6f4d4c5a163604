"""Lines of code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import ON_LINES, Direction, SourceMetric

if TYPE_CHECKING:
    from qualitygate.model.lines import LineSet
    from qualitygate.model.source import SourceFacts


def count(facts: SourceFacts, lines: LineSet | None) -> int:
    """Count lines that are neither blank nor only comment or docstring (SonarQube's ncloc)."""
    return len(facts.code if lines is None else facts.code & lines)


METRIC = SourceMetric(
    key="ncloc",
    unit="lines",
    direction=Direction.LOWER,
    why="files and changes that are too large to read are not read",
    scopes=ON_LINES,
    count=count,
)
