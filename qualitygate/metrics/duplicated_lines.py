"""Lines that stand elsewhere, too."""

from __future__ import annotations

from fractions import Fraction

from qualitygate.model.metric import Direction, DuplicationMetric
from qualitygate.model.verdict import On


def value(duplicated: int, _lines: int) -> Fraction:
    """Count lines that are part of at least one duplicated block, each once."""
    return Fraction(duplicated)


METRIC = DuplicationMetric(
    key="duplicated_lines",
    unit="lines",
    direction=Direction.LOWER,
    why="what is copied must be mended in every copy",
    scopes=frozenset({On.OVERALL, On.NEW_CODE}),
    value=value,
)
