"""Conditions on counts: totals of the sources, new code, and tests."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.judging.outcome import Outcome, counted, unknown, written
from qualitygate.judging.units import file_value
from qualitygate.model.metric import Aggregation, Direction, FunctionMetric, Metric, SourceMetric, TestMetric
from qualitygate.model.source import SourceFacts
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import Evidence, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qualitygate.compare import Comparison
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.rules import Condition
    from qualitygate.model.tests import TestResults


def judge_total(comparison: Comparison, condition: Condition, metric: FunctionMetric | SourceMetric) -> Outcome:
    """Judge the sum or maximum over all source files of the component."""
    if isinstance(metric, FunctionMetric) and metric.needs_coverage and comparison.coverage_head is not None:
        return unknown(comparison.coverage_head, threshold=condition.maximum)
    head = _total(comparison.all_head, metric, comparison.head_coverage)
    if isinstance(head, Unknown):
        return unknown(head, threshold=condition.maximum)
    base: Fraction | Unknown
    if isinstance(metric, FunctionMetric) and metric.needs_coverage and comparison.coverage_base is not None:
        base = comparison.coverage_base
    else:
        base = _total(comparison.all_base, metric, comparison.base_coverage)
    places = _grown(comparison, metric) if isinstance(base, Fraction) else ()
    return bounded(head, base, condition, metric, places)


def _total(
    sources: Mapping[str, SourceFacts | Unknown],
    metric: FunctionMetric | SourceMetric,
    coverage: Mapping[str, FileCoverage],
) -> Fraction | Unknown:
    values = []
    for path in sorted(sources):
        value = file_value(sources[path], metric, coverage.get(path))
        if isinstance(value, Unknown) and value.reason is Reason.SOURCE_UNREADABLE:
            return Unknown(value.reason, f"{path}: {value.detail}")
        if isinstance(value, Fraction):
            values.append(value)
    if not values:
        return Unknown(Reason.NOTHING_TO_MEASURE, "the component holds no source that could be measured")
    summed = isinstance(metric, SourceMetric) or metric.aggregation is Aggregation.SUM
    return sum(values, Fraction(0)) if summed else max(values)


def _grown(comparison: Comparison, metric: FunctionMetric | SourceMetric) -> tuple[Evidence, ...]:
    """Name the touched files whose number rose."""
    places = []
    for file in comparison.sources:
        now = file_value(file.head, metric, comparison.head_coverage.get(file.path))
        old = comparison.base_coverage.get(file.base_path or "")
        was = file_value(file.base, metric, old) if file.base is not None else Fraction(0)
        if isinstance(now, Fraction) and isinstance(was, Fraction) and now > was:
            message = f"{written(now, metric)}, {written(was, metric, beside=now)} before"
            places.append(Evidence(file.path, 0, 0, metric.key, message))
    return tuple(sorted(places))


def judge_source_new(comparison: Comparison, condition: Condition, metric: SourceMetric) -> Outcome:
    """Judge the count over the new lines of the change."""
    total = 0
    places = []
    for file in comparison.sources:
        if isinstance(file.head, SourceFacts) and (count := metric.count(file.head, file.added)):
            total += count
            places.append(Evidence(file.path, 0, 0, metric.key, f"{written(Fraction(count), metric)} of new code"))
    lines = sum(len(file.added) for file in comparison.sources)
    if lines < condition.ignore_below:
        text = f"small changes are exempt: {counted(lines, 'new line')}, judged from {condition.ignore_below} on"
        return Outcome(Status.PASS, text, Fraction(total), threshold=condition.maximum)
    none = Unknown(Reason.NO_BASELINE, "new code has no base")
    return bounded(Fraction(total), none, condition, metric, tuple(sorted(places)))


def judge_tests(comparison: Comparison, condition: Condition, metric: TestMetric, *, ancestor: bool) -> Outcome:
    """Judge a count of tests; `ancestor` tells that the base itself was not measured but a commit before it."""
    results = comparison.tests_head
    if isinstance(results, Unknown):
        had = not isinstance(comparison.tests_base, Unknown)
        if had and results.reason is not Reason.REPORT_UNREADABLE:
            return Outcome(
                Status.FAIL,
                f"the base had test results and the head has none: {results.detail}",
                threshold=condition.maximum,
                remedy="let the test job write its JUnit report and give it to the gate",
                unknown=results,
            )
        return unknown(results, threshold=condition.maximum, remedy="let the test job write a JUnit report")
    base: Fraction | Unknown
    if isinstance(comparison.tests_base, Unknown):
        base = comparison.tests_base
    else:
        base = Fraction(metric.count(comparison.tests_base))
    value = Fraction(metric.count(results))
    if ancestor and isinstance(base, Fraction) and is_worse(value, base, condition, metric):
        base = Unknown(Reason.NO_BASELINE, "the tests of the base itself were never counted, only those of an ancestor")
    return bounded(value, base, condition, metric, _cases(results, comparison.tests_base, condition, metric))


def _cases(
    results: TestResults, before: TestResults | Unknown, condition: Condition, metric: TestMetric
) -> tuple[Evidence, ...]:
    """Name the tests behind a count; where only the difference is judged, those that the base did not have."""
    known: set[tuple[str, str]] = set()
    if condition.maximum is None and not isinstance(before, Unknown):
        known = {(case.suite, case.name) for case in metric.cases(before)}
    places = []
    for case in metric.cases(results):
        if (case.suite, case.name) in known:
            continue
        name = f"{case.suite} › {case.name}" if case.suite else case.name  # noqa: RUF001 - the sign of test reports
        message = f"{name}: {case.message}" if case.message else name
        places.append(Evidence(case.path, case.line, case.line, "test", message))
    return tuple(sorted(places))


def is_worse(value: Fraction, base: Fraction, condition: Condition, metric: Metric) -> bool:
    """Tell whether a number is worse than the base's by more than the tolerance."""
    if metric.direction is Direction.LOWER:
        return value > base + condition.tolerance
    return value < base - condition.tolerance


def bounded(
    value: Fraction, base: Fraction | Unknown, condition: Condition, metric: Metric, places: tuple[Evidence, ...]
) -> Outcome:
    """Judge a count against its bounds and, where the rule says so, against the base."""
    baseline = base if isinstance(base, Fraction) else None
    before = f", {written(baseline, metric, beside=value)} before" if baseline is not None else ""
    explanation = f"{written(value, metric)}{before}"
    if condition.maximum is not None and value > condition.maximum:
        text = f"{explanation}; above the maximum of {written(condition.maximum, metric)}"
        remedy = f"bring it to {written(condition.maximum, metric)} or below"
        return Outcome(Status.FAIL, text, value, baseline, condition.maximum, remedy, places)
    if condition.minimum is not None and value < condition.minimum:
        text = f"{explanation}; below the minimum of {written(condition.minimum, metric)}"
        remedy = f"bring it to {written(condition.minimum, metric)} or above"
        return Outcome(Status.FAIL, text, value, baseline, condition.minimum, remedy, places)
    threshold = condition.maximum if condition.maximum is not None else condition.minimum
    if not condition.not_worse:
        return Outcome(Status.PASS, explanation, value, baseline, threshold)
    if isinstance(base, Unknown):
        remedy = "measure the base once: `qualitygate baseline build -- COMMAND` with your test command"
        return unknown(base, value=value, threshold=threshold, remedy=remedy)
    if is_worse(value, base, condition, metric):
        tolerated = f" (tolerated: {written(condition.tolerance, metric)})" if condition.tolerance else ""
        remedy = f"bring it back to {written(base, metric)}"
        return Outcome(Status.FAIL, f"{explanation}{tolerated}", value, baseline, base, remedy, places)
    return Outcome(Status.PASS, explanation, value, baseline, base)
