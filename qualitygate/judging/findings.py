"""Conditions on findings: all of a component, and those that the change brings."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.judging.counts import bounded
from qualitygate.judging.outcome import Outcome, unknown
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import Evidence, On, Status

if TYPE_CHECKING:
    from qualitygate.compare import Comparison
    from qualitygate.model.finding import Finding
    from qualitygate.model.metric import FindingMetric
    from qualitygate.model.rules import Condition


def judge_findings(comparison: Comparison, condition: Condition, metric: FindingMetric) -> Outcome:
    """Judge the number of findings that the condition counts."""
    head = comparison.findings_head
    if isinstance(head, Unknown):
        return _no_head(comparison, condition, head)
    new = _picked(tuple(each for each in comparison.new_findings if comparison.component.holds(each.path)), condition)
    if condition.on is On.NEW_CODE:
        none = Unknown(Reason.NO_BASELINE, "new code has no base")
        return bounded(Fraction(metric.count(new)), none, condition, metric, _places(new))
    known = comparison.findings_base
    base: Fraction | Unknown
    base = known if isinstance(known, Unknown) else Fraction(metric.count(_picked(known, condition)))
    picked = _picked(head, condition)
    # What is too many in all is everybody's; what is more than before is what the change brought.
    places = _places(picked if condition.maximum is not None else new)
    return bounded(Fraction(metric.count(picked)), base, condition, metric, places)


def _picked(findings: tuple[Finding, ...], condition: Condition) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if condition.where.picks(finding))


def _places(findings: tuple[Finding, ...]) -> tuple[Evidence, ...]:
    return tuple(
        sorted(
            Evidence(
                each.path,
                each.line,
                each.end_line,
                "finding",
                f"{each.severity.value}: {each.message} ({each.tool} {each.rule})",
                each.rule,
            )
            for each in findings
        )
    )


def _no_head(comparison: Comparison, condition: Condition, reason: Unknown) -> Outcome:
    """Answer for a head without findings report: a failure where the base had one, else not known."""
    had = not isinstance(comparison.findings_base, Unknown)
    if had and reason.reason is not Reason.REPORT_UNREADABLE:
        return Outcome(
            Status.FAIL,
            f"the base had a findings report and the head has none: {reason.detail}",
            threshold=condition.maximum,
            remedy="run the linter or scanner and give its report to the gate",
            unknown=reason,
        )
    return unknown(
        reason, threshold=condition.maximum, remedy="run a linter or scanner and give its report to the gate"
    )
