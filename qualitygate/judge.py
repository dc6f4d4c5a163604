"""Attributed changes and rules to a verdict; reads no file and asks no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qualitygate.judging.counts import judge_source_new, judge_tests, judge_total
from qualitygate.judging.coverage import judge_coverage_file, judge_coverage_new, judge_coverage_overall
from qualitygate.judging.drift import drifted, strictly
from qualitygate.judging.duplication import judge_duplication_new, judge_duplication_overall
from qualitygate.judging.findings import judge_findings
from qualitygate.judging.numbers import judge_number, judge_served, served_key
from qualitygate.judging.units import judge_functions, judge_source_files
from qualitygate.judging.waivers import notes_on_waivers, waived
from qualitygate.metrics.catalogue import metric_of
from qualitygate.model.metric import (
    CoverageMetric,
    CustomMetric,
    DuplicationMetric,
    FindingMetric,
    FunctionMetric,
    Metric,
    SourceMetric,
    TestMetric,
)
from qualitygate.model.unknown import Reason
from qualitygate.model.verdict import BaseKind, ConditionResult, Level, On, Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from qualitygate.compare import Comparison
    from qualitygate.judging.outcome import Outcome
    from qualitygate.model.rules import Condition, Rules
    from qualitygate.model.verdict import Baseline


@dataclass(frozen=True, slots=True)
class Judgement:
    """The conditions' results and what they come to; `notes` tell of waivers that end soon or excuse nothing."""

    status: Status
    conditions: tuple[ConditionResult, ...]
    notes: tuple[str, ...] = ()


def judge(comparisons: Iterable[Comparison], rules: Rules, baseline: Baseline, today: date) -> Judgement:
    """Judge every condition of every component; `today` is what end dates of waivers are held against."""
    judged = [
        (condition, _judged(comparison, condition, baseline, _metric(condition, rules)))
        for comparison in comparisons
        for condition in rules.conditions.get(comparison.component.name, ())
    ]
    results = tuple(waived(result, condition, rules.waivers, today) for condition, result in judged)
    required = {
        f"{name}:{condition.rule}"
        for name, conditions in rules.conditions.items()
        for condition in conditions
        if condition.required
    }
    return Judgement(whole(results, required), results, notes_on_waivers(judged, rules.waivers, today))


def whole(results: Iterable[ConditionResult], required: Iterable[str]) -> Status:
    """Say what the conditions come to: fail, else unknown, else warn, else pass.

    Unknown is the whole where a report could not be read, where no shard brought anything of a component, or where a
    required condition could not be judged; a required condition for which the change holds nothing to measure is not
    in the way.
    """
    needed = frozenset(required)
    worst = Status.PASS
    for result in results:
        if result.status is Status.FAIL:
            return Status.FAIL
        if result.status is Status.UNKNOWN and result.unknown is not None:
            unreadable = result.unknown.reason in (Reason.REPORT_UNREADABLE, Reason.NOTHING_CAME)
            missing = result.id in needed and result.unknown.reason is not Reason.NOTHING_TO_MEASURE
            if unreadable or missing:
                worst = Status.UNKNOWN
        elif result.status is Status.WARN and worst is Status.PASS:
            worst = Status.WARN
    return worst


def _metric(condition: Condition, rules: Rules) -> Metric:
    metric = rules.metrics.get(condition.metric) or metric_of(condition.metric)
    if metric is None:
        raise AssertionError(f"the rules were accepted with the unknown metric {condition.metric}")
    return metric


def _judged(comparison: Comparison, condition: Condition, baseline: Baseline, metric: Metric) -> ConditionResult:
    served = comparison.served.get(served_key(metric.key, condition.on))
    if served is not None:
        metric = replace(metric, direction=served.direction, unit=served.unit)
    outcome = _outcome(comparison, condition, metric, baseline)
    if condition.drift is not None and condition.on is On.OVERALL:
        strict = _outcome(comparison, strictly(condition), metric, baseline)
        outcome = drifted(outcome, strict, condition, metric, comparison.best.get(condition.rule))
    if outcome.status is Status.FAIL and condition.level is Level.WARN:
        outcome = replace(outcome, status=Status.WARN)
    return ConditionResult(
        id=f"{comparison.component.name}:{condition.rule}",
        component=comparison.component.name,
        metric=metric.key,
        on=condition.on,
        level=condition.level,
        status=outcome.status,
        value=outcome.value,
        baseline=outcome.baseline,
        threshold=outcome.threshold,
        unit=metric.unit,
        explanation=outcome.explanation,
        remedy=outcome.remedy,
        evidence=outcome.evidence,
        unknown=outcome.unknown,
    )


def _outcome(comparison: Comparison, condition: Condition, metric: Metric, baseline: Baseline) -> Outcome:
    match metric, condition.on:
        case CoverageMetric(), On.OVERALL:
            return judge_coverage_overall(comparison, condition, metric)
        case CoverageMetric(), On.NEW_CODE:
            return judge_coverage_new(comparison, condition, metric)
        case CoverageMetric(), _:
            return judge_coverage_file(comparison, condition, metric)
        case FunctionMetric(), On.FUNCTION:
            return judge_functions(comparison, condition, metric)
        case ((FunctionMetric() | SourceMetric()), On.FILE):
            return judge_source_files(comparison, condition, metric)
        case SourceMetric(), On.NEW_CODE:
            return judge_source_new(comparison, condition, metric)
        case ((FunctionMetric() | SourceMetric()), _):
            return judge_total(comparison, condition, metric)
        case FindingMetric(), _:
            return judge_findings(comparison, condition, metric)
        case TestMetric(), _:
            return judge_tests(comparison, condition, metric, ancestor=baseline.kind is BaseKind.ANCESTOR)
        case DuplicationMetric(), On.NEW_CODE:
            return judge_duplication_new(comparison, condition, metric)
        case DuplicationMetric(), _:
            return judge_duplication_overall(comparison, condition, metric)
        case CustomMetric(), _:
            return judge_number(comparison, condition, metric, ancestor=baseline.kind is BaseKind.ANCESTOR)
    return judge_served(comparison, condition, metric, ancestor=baseline.kind is BaseKind.ANCESTOR)
