"""Conditions on custom metrics, and on figures of a SonarQube server."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.judging.counts import bounded, is_worse
from qualitygate.judging.outcome import Outcome, unknown, written
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import Evidence, On, Status

if TYPE_CHECKING:
    from qualitygate.compare import Comparison
    from qualitygate.model.metric import CustomMetric, Metric
    from qualitygate.model.rules import Condition

_NO_BASE = Unknown(Reason.NO_BASELINE, "the base never had this number")


def judge_number(comparison: Comparison, condition: Condition, metric: CustomMetric, *, ancestor: bool) -> Outcome:
    """Judge a number that a tool wrote; `ancestor` tells that not the base itself was measured but one before it."""
    threshold = condition.maximum if condition.maximum is not None else condition.minimum
    head = comparison.numbers_head.get(metric.key, Unknown(Reason.REPORT_MISSING, f"{metric.file} was not read"))
    base = comparison.numbers_base.get(metric.key, _NO_BASE)
    if isinstance(head, Unknown):
        remedy = f"let the job write {metric.file} before the gate runs"
        if isinstance(base, Fraction) and head.reason is Reason.REPORT_MISSING:
            text = f"the base had {written(base, metric)} and the head has none: {head.detail}"
            return Outcome(Status.FAIL, text, None, base, threshold, remedy, (), head)
        return unknown(head, threshold=threshold, remedy=remedy)
    if ancestor and isinstance(base, Fraction) and is_worse(head, base, condition, metric):
        base = Unknown(Reason.NO_BASELINE, "the base itself was never measured, only an ancestor")
    place = Evidence(metric.file, 0, 0, "number", f"{metric.key} is {written(head, metric)}")
    return bounded(head, base, condition, metric, (place,))


def served_key(key: str, on: On) -> str:
    """Name the server's figure behind a condition: on new code the server's own `new_` one."""
    prefix, _, name = key.partition(".")
    return f"{prefix}.new_{name}" if on is On.NEW_CODE and not name.startswith("new_") else key


def judge_served(comparison: Comparison, condition: Condition, metric: Metric, *, ancestor: bool) -> Outcome:
    """Judge a figure of a SonarQube server; what was never asked for is unknown, what the base had must be there."""
    key = served_key(metric.key, condition.on)
    threshold = condition.maximum if condition.maximum is not None else condition.minimum
    missing = Unknown(Reason.REPORT_MISSING, f"no server was asked for {key}")
    head = comparison.numbers_head.get(key, missing)
    base = comparison.numbers_base.get(key, _NO_BASE)
    remedy = "let the job of gitlab-ci-templates/sonarqube.yml run before the gate"
    if isinstance(head, Unknown):
        if isinstance(base, Fraction) and head.reason is Reason.ONLY_IN_PIPELINE:
            told = f"the server knows {written(base, metric)} of the base; {head.detail}"
            return Outcome(Status.UNKNOWN, told, None, base, threshold, "", (), head)
        if isinstance(base, Fraction) and head.reason is Reason.REPORT_MISSING and condition.on is On.OVERALL:
            text = f"the base had {written(base, metric)} and the head has none: {head.detail}"
            return Outcome(Status.FAIL, text, None, base, threshold, remedy, (), head)
        return unknown(head, threshold=threshold, remedy=remedy)
    if ancestor and isinstance(base, Fraction) and is_worse(head, base, condition, metric):
        base = Unknown(Reason.NO_BASELINE, "the base itself was never measured, only an ancestor")
    return bounded(head, base, condition, metric, _blamed(comparison, key, head))


def _blamed(comparison: Comparison, key: str, head: Fraction) -> tuple[Evidence, ...]:
    """Name the server's new issues as the places behind a figure; without any the figure stands for itself."""
    places = tuple(
        Evidence(each.path, each.line, each.end_line, "finding", f"{each.message} ({each.rule})", each.rule)
        for each in comparison.new_findings
        if each.tool == "sonarqube"
    )
    return places or (Evidence("", 0, 0, "number", f"{key} is {head}"),)
