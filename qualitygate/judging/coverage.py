"""Conditions on coverage: overall, of new code, of touched files."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from qualitygate.judging.outcome import Outcome, counted, partial_places, uncovered_places, unknown, written
from qualitygate.model.ratio import NOTHING, Ratio
from qualitygate.model.rules import Unmeasured
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import Evidence, Status

if TYPE_CHECKING:
    from qualitygate.attribution import Attribution, FileComparison
    from qualitygate.compare import Comparison
    from qualitygate.model.metric import CoverageMetric
    from qualitygate.model.rules import Condition

_THINGS = {"line_coverage": "line", "branch_coverage": "branch", "statement_coverage": "statement"}


def judge_coverage_overall(comparison: Comparison, condition: Condition, metric: CoverageMetric) -> Outcome:
    """Judge the share of a whole component: against its bounds, and against what the base had.

    With the base (c0, t0), what stood on removed lines (cr, tr) and the head (c1, t1) it is worse if
    c1/t1 < min(c0/t0, (c0 - cr)/(t0 - tr)) - tolerance: deleting covered code never fails, deleting dead code never
    raises the bar. Source: design.md, Judging.
    """
    if comparison.coverage_head is not None:
        return _no_head(comparison, comparison.coverage_head)
    parts = comparison.attribution(metric.tally)
    total = sum((metric.tally(each, None) for each in comparison.head_coverage.values()), NOTHING)
    if not total.whole:
        return _nothing_measured(metric, parts)
    value = total.percent()
    faults: list[tuple[Fraction, str, int]] = []
    if condition.minimum is not None and value < condition.minimum:
        need = ceil(condition.minimum * total.whole / 100) - total.part
        faults.append((condition.minimum, f"below the minimum of {written(condition.minimum, metric)}", need))
    if condition.maximum is not None and value > condition.maximum:
        faults.append((condition.maximum, f"above the maximum of {written(condition.maximum, metric)}", 0))
    bar: Fraction | None = None
    baseline: Fraction | None = None
    told = ""
    reason: Unknown | None = None
    if condition.not_worse:
        baseline, bar, reason = _bar(comparison, parts, metric)
        if bar is not None:
            now = parts.head.without(parts.undecided)
            limit = bar - condition.tolerance
            told = f", {written(baseline or bar, metric, beside=value)} before"
            if now.whole and now.percent() < limit:
                need = ceil(limit * now.whole / 100) - now.part
                faults.append((limit, _worse(now, bar, limit, condition, metric), need))
    threshold = faults[0][0] if faults else _limit(condition, bar)
    explanation = f"{written(value, metric, beside=threshold)} of the component is covered{told}"
    if faults:
        places = _overall_places(comparison, metric)
        return Outcome(
            Status.FAIL,
            "; ".join([explanation, *(text for _, text, _ in faults)]),
            value,
            baseline,
            threshold,
            _remedy(max(need for *_, need in faults), places, metric),
            places,
        )
    if reason is not None and condition.not_worse:
        return unknown(reason, value=value, threshold=threshold, remedy=_baseline_remedy(reason))
    return Outcome(Status.PASS, explanation, value, baseline, threshold)


def _bar(
    comparison: Comparison, parts: Attribution, metric: CoverageMetric
) -> tuple[Fraction | None, Fraction | None, Unknown | None]:
    """Give (what the base had, what the head must reach, why neither is known)."""
    if comparison.coverage_base is not None:
        return None, None, comparison.coverage_base
    if not parts.base.whole:
        return None, None, Unknown(Reason.NO_BASELINE, f"the base has no {_thing(metric)} that was measured")
    before = parts.base.percent()
    left = parts.base.without(parts.removed)
    if not left.whole:
        detail = "nothing of what the base measured is left, so there is nothing to compare with"
        return before, None, Unknown(Reason.NOTHING_TO_MEASURE, detail)
    return before, min(before, left.percent()), None


def _worse(now: Ratio, bar: Fraction, limit: Fraction, condition: Condition, metric: CoverageMetric) -> str:
    share = now.percent()
    drop = f"{written(share, metric, beside=limit)} is less than the {written(bar, metric, beside=share)} to hold"
    if condition.tolerance:
        return f"{drop}, by more than the tolerance of {written(condition.tolerance, metric)}"
    return drop


def _limit(condition: Condition, bar: Fraction | None) -> Fraction | None:
    held = bar - condition.tolerance if bar is not None else None
    limits = [each for each in (condition.minimum, held) if each is not None]
    return max(limits) if limits else condition.maximum


def _overall_places(comparison: Comparison, metric: CoverageMetric) -> tuple[Evidence, ...]:
    """Give what pulls the share down: lines that lost their coverage, new lines without, files without report."""
    places: list[Evidence] = []
    for file in comparison.files:
        if file.vanished:
            places.append(Evidence(file.path, 0, 0, "vanished", "no report speaks of this file any more"))
            continue
        if metric.key != "branch_coverage":
            places += uncovered_places(
                file.path, file.head, file.lost, kind="lost", message="ran before and does not run now"
            )
            places += uncovered_places(
                file.path, file.head, file.added, kind="uncovered", message="new and not covered"
            )
        if metric.key != "line_coverage":
            places += partial_places(file.path, file.head, file.added)
            places += _lost_branches(file)
    return tuple(sorted(places))


def _lost_branches(file: FileComparison) -> list[Evidence]:
    if file.before is None:
        return []
    before = file.before.branches.as_mapping()
    return [
        Evidence(file.path, line, line, "lost", f"{taken} of {total} branches taken, {before[line][0]} before")
        for line, taken, total in file.head.branches
        if line in before and line not in file.added and line in file.head.covered and taken < before[line][0]
    ]


def judge_coverage_new(comparison: Comparison, condition: Condition, metric: CoverageMetric) -> Outcome:
    """Judge the share of new lines: added or modified ones, and those of new files that no report speaks of."""
    if comparison.coverage_head is not None:
        return _no_head(comparison, comparison.coverage_head)
    tally = NOTHING
    lines = 0
    silent: list[FileComparison] = []
    places: list[Evidence] = []
    for file in comparison.files:
        if file.unmeasured:
            silent.append(file)
            continue
        if not file.added:
            continue
        share = metric.tally(file.head, file.added)
        tally += share
        lines += len(file.head.measured & file.added)
        if metric.key != "branch_coverage":
            places += uncovered_places(file.path, file.head, file.added, kind="uncovered", message="not covered")
        if metric.key != "line_coverage":
            places += partial_places(file.path, file.head, file.added)
    notes = ""
    if silent and condition.unmeasured is not Unmeasured.IGNORE:
        places += [_unmeasured(file) for file in silent]
        notes = f"; no report speaks of {counted(len(silent), 'new file')}"
        if condition.unmeasured is Unmeasured.UNCOVERED and metric.key != "branch_coverage":
            tally += sum((Ratio(0, len(file.unmeasured)) for file in silent), NOTHING)
            lines += sum(len(file.unmeasured) for file in silent)
    unheard = [file for file in comparison.files if file.unheard]
    if not tally.whole and unheard and not notes:
        return _unheard(unheard, condition)
    return _new_share(tally, lines, condition, metric, tuple(sorted(places)), notes)


def _unheard(files: list[FileComparison], condition: Condition) -> Outcome:
    """Answer where there is new code and the report knows none of it: it was excluded, or the report is older."""
    statements = counted(sum(len(file.unheard) for file in files), "new statement")
    reason = Unknown(Reason.NOTHING_TO_MEASURE, f"the reports know none of the {statements} in {files[0].path}")
    places = tuple(
        Evidence(file.path, first, last, "unheard", "the report does not know these new lines")
        for file in files
        for first, last in file.unheard.ranges()
    )
    remedy = "check that the report is of this commit and that nothing excludes these lines"
    return unknown(reason, threshold=condition.minimum, remedy=remedy, evidence=places)


def _new_share(
    tally: Ratio, lines: int, condition: Condition, metric: CoverageMetric, places: tuple[Evidence, ...], notes: str
) -> Outcome:
    threshold = condition.minimum if condition.minimum is not None else condition.maximum
    unjudged = Status.WARN if notes and condition.unmeasured is Unmeasured.WARN else Status.PASS
    if not tally.whole:
        if unjudged is Status.WARN:
            return Outcome(Status.WARN, notes.removeprefix("; "), threshold=threshold, evidence=places)
        nothing = Unknown(Reason.NOTHING_TO_MEASURE, f"the change adds no {_thing(metric)} that could be covered")
        return unknown(nothing, threshold=threshold)
    value = tally.percent()
    explanation = (
        f"{written(value, metric, beside=threshold)} of new code is covered "
        f"({tally.part} of {counted(tally.whole, _thing(metric))}){notes}"
    )
    low = condition.minimum is not None and value < condition.minimum
    high = condition.maximum is not None and value > condition.maximum
    if not low and not high:
        return Outcome(unjudged, explanation, value, threshold=threshold, evidence=places if notes else ())
    if lines < condition.ignore_below:
        size = f"{counted(lines, 'new line')}, judged from {condition.ignore_below} on"
        exempt = f"{explanation}; small changes are exempt: {size}"
        return Outcome(Status.PASS, exempt, value, threshold=threshold, evidence=places)
    need = ceil((condition.minimum or Fraction(0)) * tally.whole / 100) - tally.part if low else 0
    missed = counted(tally.missed, _THINGS.get(metric.key, "lines and branch"))
    remedy = f"cover {need} more of these {missed}" if need > 0 else "change the code or the bound"
    return Outcome(Status.FAIL, explanation, value, None, threshold, remedy, places)


def judge_coverage_file(comparison: Comparison, condition: Condition, metric: CoverageMetric) -> Outcome:
    """Judge the share of every touched file: below the minimum it fails if it is new or got worse."""
    if comparison.coverage_head is not None:
        return _no_head(comparison, comparison.coverage_head)
    minimum = condition.minimum if condition.minimum is not None else Fraction(0)
    worst: tuple[Fraction, Fraction | None] | None = None
    places: list[Evidence] = []
    touched = 0
    for file in comparison.files:
        if not file.added and not file.lost:
            continue
        head = file.head if not file.unmeasured else None
        share = metric.tally(head, None) if head is not None else Ratio(0, len(file.unmeasured))
        if not share.whole:
            continue
        touched += 1
        value = share.percent()
        before = metric.tally(file.before, None) if file.before is not None else NOTHING
        old = before.percent() if before.whole else None
        if value < minimum and (old is None or value < old):
            was = f", {written(old, metric, beside=value)} before" if old is not None else ""
            message = f"{written(value, metric, beside=minimum)} of the file is covered{was}"
            places.append(Evidence(file.path, 0, 0, "file", message))
        if worst is None or value < worst[0]:
            worst = (value, old)
    if worst is None:
        nothing = Unknown(Reason.NOTHING_TO_MEASURE, "the change touches no measured file")
        return unknown(nothing, threshold=condition.minimum)
    explanation = (
        f"of {counted(touched, 'touched file')} the least covered has {written(worst[0], metric, beside=minimum)}"
    )
    if not places:
        return Outcome(Status.PASS, explanation, worst[0], worst[1], condition.minimum)
    remedy = f"cover the files named here up to {written(minimum, metric)}, or back to what they had"
    return Outcome(Status.FAIL, explanation, worst[0], worst[1], condition.minimum, remedy, tuple(sorted(places)))


def _no_head(comparison: Comparison, reason: Unknown) -> Outcome:
    """Answer for a head without coverage: a failure where the base had it, else not known."""
    had = comparison.coverage_base is None and bool(comparison.base_coverage)
    if had and reason.reason is not Reason.REPORT_UNREADABLE:
        return Outcome(
            Status.FAIL,
            f"the base was measured and the head is not: {reason.detail}",
            remedy="run the tests with coverage and give the report to the gate",
            unknown=reason,
        )
    return unknown(reason, remedy="run the tests with coverage; well-known report paths are found without an option")


def _nothing_measured(metric: CoverageMetric, parts: Attribution) -> Outcome:
    if parts.kept_before.whole:
        return Outcome(
            Status.FAIL,
            f"the base had {counted(parts.base.whole, _thing(metric))} measured and the head has none",
            remedy=f"measure {_thing(metric)} coverage again",
        )
    return unknown(Unknown(Reason.NOTHING_TO_MEASURE, f"the reports hold no {_thing(metric)} to cover"))


def _unmeasured(file: FileComparison) -> Evidence:
    message = f"no report speaks of this new file; its {counted(len(file.unmeasured), 'statement')} count as uncovered"
    return Evidence(file.path, 0, 0, "unmeasured", message)


def _baseline_remedy(reason: Unknown) -> str:
    if reason.reason is Reason.NO_BASELINE:
        return "measure the base once: `qualitygate baseline build -- COMMAND` with your test command"
    return ""


def _thing(metric: CoverageMetric) -> str:
    return _THINGS.get(metric.key, "line or branch")


def _remedy(need: int, places: tuple[Evidence, ...], metric: CoverageMetric) -> str:
    if need <= 0:
        return "change the code or the bound"
    things = {"line_coverage": "lines", "branch_coverage": "branches", "statement_coverage": "statements"}.get(
        metric.key, "lines and branches"
    )
    if not places:
        return f"cover {need} more {things}"
    return f"cover {need} more of the {things} named here"
