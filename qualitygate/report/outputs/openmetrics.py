"""The conditions as OpenMetrics text: GitLab's metrics report, or a push gateway.

The format: https://prometheus.io/docs/specs/om/open_metrics_spec/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.verdict import Status
from qualitygate.report.output import Material, Output
from qualitygate.report.share import covered
from qualitygate.report.words import printable

if TYPE_CHECKING:
    from fractions import Fraction

    from qualitygate.model.verdict import ConditionResult, Verdict

_FAMILIES = (
    ("qualitygate_value", "Value of a condition at the head, in its unit."),
    ("qualitygate_baseline", "Value of a condition at the base, in its unit."),
    ("qualitygate_threshold", "Bound of a condition, in its unit."),
)


def render(verdict: Verdict, material: Material) -> str:
    """Write a gauge for each number that is known; what is unknown has no sample, and is counted."""
    out = []
    for (family, what), values in zip(
        _FAMILIES,
        (
            [(result, result.value) for result in verdict.conditions],
            [(result, result.baseline) for result in verdict.conditions],
            [(result, result.threshold) for result in verdict.conditions],
        ),
        strict=True,
    ):
        out += [f"# TYPE {family} gauge", f"# HELP {family} {what}"]
        out += [_sample(family, result, value) for result, value in values if value is not None]
    out += ["# TYPE qualitygate_conditions gauge", "# HELP qualitygate_conditions Conditions by status."]
    for status in Status:
        count = sum(result.status is status for result in verdict.conditions)
        out.append(f'qualitygate_conditions{{status="{status.value}"}} {count}')
    ratio = covered(material)
    if ratio is not None:
        out += [
            "# TYPE qualitygate_coverage_percent gauge",
            "# HELP qualitygate_coverage_percent Lines and branches that ran.",
        ]
        out.append(f"qualitygate_coverage_percent {float(ratio.percent())!r}")
    return "\n".join([*out, "# EOF", ""])


def _sample(family: str, result: ConditionResult, value: Fraction) -> str:
    labels = {"component": result.component, "metric": result.metric, "on": result.on.value}
    told = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
    return f"{family}{{{told}}} {float(value)!r}"


def _escaped(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')


OUTPUT = Output(name="openmetrics", render=render)
