"""Share of lines that stand elsewhere, too."""

from __future__ import annotations

from fractions import Fraction

from qualitygate.model.metric import Direction, DuplicationMetric
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import On


def value(duplicated: int, lines: int) -> Fraction | Unknown:
    """Give duplicated lines / lines x 100, blank lines and comments included in both.

    Source: SonarQube, metric `duplicated_lines_density`.
    """
    if not lines:
        return Unknown(Reason.NOTHING_TO_MEASURE, "there are no lines that could be duplicated")
    return Fraction(100 * duplicated, lines)


METRIC = DuplicationMetric(
    key="duplicated_lines_density",
    unit="%",
    direction=Direction.LOWER,
    why="what is copied must be mended in every copy",
    scopes=frozenset({On.OVERALL, On.NEW_CODE}),
    value=value,
)
