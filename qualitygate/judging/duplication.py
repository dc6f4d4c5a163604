"""Conditions on duplicated code: all of a component, and what the change adds."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.judging.counts import bounded
from qualitygate.judging.outcome import Outcome, counted, unknown, written
from qualitygate.model.lines import EMPTY
from qualitygate.model.source import SourceFacts
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import Evidence, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qualitygate.compare import Comparison
    from qualitygate.model.lines import LineSet
    from qualitygate.model.metric import DuplicationMetric
    from qualitygate.model.rules import Condition

_REMEDY = "run CPD or jscpd over the component and give its report to the gate"


def judge_duplication_new(comparison: Comparison, condition: Condition, metric: DuplicationMetric) -> Outcome:
    """Judge what of the new lines is duplicated, wherever the other copy stands."""
    head = comparison.duplicated_head
    if isinstance(head, Unknown):
        return _no_head(comparison, condition, head)
    lines = sum(len(file.added) for file in comparison.sources)
    duplicated = sum(len(head.get(file.path, EMPTY) & file.added) for file in comparison.sources)
    value = metric.value(duplicated, lines)
    if isinstance(value, Unknown) or not lines:
        nothing = Unknown(Reason.NOTHING_TO_MEASURE, "the change adds no line")
        return unknown(nothing, threshold=condition.maximum)
    if lines < condition.ignore_below:
        text = f"small changes are exempt: {counted(lines, 'new line')}, judged from {condition.ignore_below} on"
        return Outcome(Status.PASS, text, value, threshold=condition.maximum)
    none = Unknown(Reason.NO_BASELINE, "new code has no base")
    new = {file.path: head.get(file.path, EMPTY) & file.added for file in comparison.sources}
    return bounded(value, none, condition, metric, _places(new, "new line"))


def judge_duplication_overall(comparison: Comparison, condition: Condition, metric: DuplicationMetric) -> Outcome:
    """Judge the duplicated lines of all files that a language reads, against bounds and against the base.

    With the base's (d0, t0) duplicated of all lines and (dr, tr) of them on removed lines, the head is compared with
    the larger of d0/t0 and (d0-dr)/(t0-tr): deleting code that stands only once is no new duplication.
    """
    head = comparison.duplicated_head
    if isinstance(head, Unknown):
        return _no_head(comparison, condition, head)
    value = metric.value(*_counts(comparison.all_head, head))
    if isinstance(value, Unknown):
        return unknown(value, threshold=condition.maximum)
    base: Fraction | Unknown
    note = ""
    if isinstance(comparison.duplicated_base, Unknown):
        base = comparison.duplicated_base
    else:
        duplicated, lines = _counts(comparison.all_base, comparison.duplicated_base)
        removed = sum(len(each) for path, each in comparison.gone.items() if path in comparison.all_base)
        lost = sum(
            len(comparison.duplicated_base.get(path, EMPTY) & each)
            for path, each in comparison.gone.items()
            if path in comparison.all_base
        )
        base, left = metric.value(duplicated, lines), metric.value(duplicated - lost, max(lines - removed, 0))
        if isinstance(base, Fraction) and isinstance(left, Fraction) and left > base:
            note = f" (of what is left of the base; {written(base, metric)} with what was deleted)"
            base = left
    # What is too much in all is everybody's; what is more than before is what the change brought.
    places = head if condition.maximum is not None else comparison.duplicated_new
    outcome = bounded(value, base, condition, metric, _places(places, "line"))
    if not note:
        return outcome
    return Outcome(
        outcome.status, outcome.explanation + note, outcome.value, outcome.baseline, outcome.threshold, outcome.remedy,
        outcome.evidence, outcome.unknown,
    )  # fmt: skip


def _counts(sources: Mapping[str, SourceFacts | Unknown], duplicated: Mapping[str, LineSet]) -> tuple[int, int]:
    """Count duplicated and all lines of the files that a language reads."""
    lines = part = 0
    for path, facts in sources.items():
        if isinstance(facts, SourceFacts):
            lines += facts.lines
            part += len(duplicated.get(path, EMPTY))
    return part, lines


def _places(duplicated: Mapping[str, LineSet], noun: str) -> tuple[Evidence, ...]:
    """Name runs of duplicated lines."""
    return tuple(
        Evidence(path, first, last, "duplicated", f"{counted(last - first + 1, noun)} also found elsewhere")
        for path, lines in sorted(duplicated.items())
        for first, last in lines.ranges()
    )


def _no_head(comparison: Comparison, condition: Condition, reason: Unknown) -> Outcome:
    """Answer for a head without duplication report: a failure where the base had one, else not known."""
    if not isinstance(comparison.duplicated_base, Unknown) and reason.reason is not Reason.REPORT_UNREADABLE:
        return Outcome(
            Status.FAIL,
            f"the base had a duplication report and the head has none: {reason.detail}",
            threshold=condition.maximum,
            remedy=_REMEDY,
            unknown=reason,
        )
    return unknown(reason, threshold=condition.maximum, remedy=_REMEDY)
