"""Conditions on custom metrics."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.judging.counts import bounded, is_worse
from qualitygate.judging.outcome import Outcome, unknown, written
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import Evidence, Status

if TYPE_CHECKING:
    from qualitygate.compare import Comparison
    from qualitygate.model.metric import CustomMetric
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
