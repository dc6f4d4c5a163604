"""The one figure of coverage that GitLab shows beside a job, a branch and a badge."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.ratio import NOTHING, shown
from qualitygate.model.unknown import Unknown

if TYPE_CHECKING:
    from qualitygate.model.ratio import Ratio
    from qualitygate.report.output import Material


def covered(material: Material) -> Ratio | None:
    """Give lines and branches that ran, of all components together; None where nothing was measured."""
    total = NOTHING
    for facts in material.facts.components.values() if material.facts is not None else ():
        if not isinstance(facts.coverage, Unknown):
            total = sum((each.line_ratio() + each.branches.ratio() for each in facts.coverage.values()), total)
    return total if total.whole else None


def share(material: Material) -> str | None:
    """Write it as a number of percent, such as 92.01; 99.999 is never written as 100. None where it is unknown."""
    ratio = covered(material)
    return None if ratio is None else shown(ratio.percent(), full=Fraction(100))
