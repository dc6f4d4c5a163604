"""Verdict and coverage as variables that later jobs receive; GitLab takes 20 variables and 5 KB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.verdict import Status
from qualitygate.report.output import Material, Output
from qualitygate.report.share import share

if TYPE_CHECKING:
    from qualitygate.model.verdict import Verdict


def render(verdict: Verdict, material: Material) -> str:
    """Write the variables; the coverage is absent where it is unknown."""
    coverage = share(material)
    variables = {
        "QUALITYGATE_VERDICT": verdict.status.value,
        "QUALITYGATE_COMMIT": verdict.head,
        "QUALITYGATE_BASE": verdict.base.commit or None,
        "QUALITYGATE_FAILED": str(sum(result.status is Status.FAIL for result in verdict.conditions)),
        "QUALITYGATE_UNKNOWN": str(sum(result.status is Status.UNKNOWN for result in verdict.conditions)),
        "QUALITYGATE_COVERAGE": coverage,
    }
    return "".join(f"{name}={value}\n" for name, value in variables.items() if value is not None)


OUTPUT = Output(name="dotenv", render=render)
