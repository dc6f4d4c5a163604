"""Conditions on single functions and files: touched or new ones may not be above the limit, old ones only improve."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.judging.outcome import Outcome, counted, unknown, written
from qualitygate.model.lines import LineSet
from qualitygate.model.metric import Aggregation, FunctionMetric, SourceMetric
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import Evidence, Status

if TYPE_CHECKING:
    from qualitygate.compare import Comparison, SourceComparison
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.rules import Condition
    from qualitygate.model.source import SourceFacts
    from qualitygate.pairing import FunctionComparison


def judge_functions(comparison: Comparison, condition: Condition, metric: FunctionMetric) -> Outcome:
    """Judge every touched or new function against the maximum."""
    if metric.needs_coverage and comparison.coverage_head is not None:
        return unknown(comparison.coverage_head, threshold=condition.maximum)
    values: list[tuple[Fraction, Fraction | None]] = []
    offenders: list[tuple[Fraction, Evidence]] = []
    unsure: list[Evidence] = []
    for pair in comparison.functions:
        value = metric.value(pair.function, comparison.head_coverage.get(pair.path))
        if isinstance(value, Unknown):
            continue
        before = _before(pair, metric, comparison)
        values.append((value, before if isinstance(before, Fraction) else None))
        if not _outside(value, condition):
            continue
        if isinstance(before, Unknown):
            unsure.append(_place(pair, metric, f"{written(value, metric)}, and what it was is not known"))
        elif before is None or _further(value, before, condition):
            was = "new" if before is None else f"{written(before, metric, beside=value)} before"
            told = f"{metric.key.replace('_', ' ')} {written(value, metric, beside=before)}"
            text = f"`{pair.function.name}` has {told} ({was})"
            offenders.append((value, _place(pair, metric, text)))
    unreadable = _unreadable(comparison.sources)
    return _units(values, offenders, unsure + unreadable, condition, metric, "function")


def _before(pair: FunctionComparison, metric: FunctionMetric, comparison: Comparison) -> Fraction | Unknown | None:
    """Give what the function was; None for a new one."""
    if pair.base_unknown is not None:
        return pair.base_unknown
    if pair.base is None:
        return None
    if metric.needs_coverage and comparison.coverage_base is not None:
        return comparison.coverage_base
    return metric.value(pair.base, comparison.base_coverage.get(pair.base_path))


def _place(pair: FunctionComparison, metric: FunctionMetric, message: str) -> Evidence:
    return Evidence(pair.path, pair.function.line, pair.function.end_line, metric.key, message, pair.function.name)


def judge_source_files(comparison: Comparison, condition: Condition, metric: FunctionMetric | SourceMetric) -> Outcome:
    """Judge every touched or new file against the maximum."""
    values: list[tuple[Fraction, Fraction | None]] = []
    offenders: list[tuple[Fraction, Evidence]] = []
    unsure: list[Evidence] = []
    for file in comparison.sources:
        value = file_value(file.head, metric, comparison.head_coverage.get(file.path))
        if isinstance(value, Unknown) or value is None:
            continue
        old = comparison.base_coverage.get(file.base_path or "")
        before = None if file.base is None else file_value(file.base, metric, old)
        values.append((value, before if isinstance(before, Fraction) else None))
        if not _outside(value, condition):
            continue
        if isinstance(before, Unknown):
            text = f"{written(value, metric)}, and what it was is not known"
            unsure.append(Evidence(file.path, 0, 0, metric.key, text))
        elif before is None or _further(value, before, condition):
            was = "new file" if file.base is None else f"{written(before or Fraction(0), metric, beside=value)} before"
            offenders.append((value, Evidence(file.path, 0, 0, metric.key, f"{written(value, metric)} ({was})")))
    return _units(values, offenders, unsure + _unreadable(comparison.sources), condition, metric, "file")


def file_value(
    facts: SourceFacts | Unknown, metric: FunctionMetric | SourceMetric, coverage: FileCoverage | None
) -> Fraction | Unknown | None:
    """Give a file's number by the metric's aggregation; None where it has no function to count."""
    if isinstance(facts, Unknown):
        return facts
    if isinstance(metric, SourceMetric):
        return Fraction(metric.count(facts, None))
    values = [metric.value(function, coverage) for function in facts.functions]
    known = [value for value in values if isinstance(value, Fraction)]
    if not known:
        return next((value for value in values if isinstance(value, Unknown)), None)
    return sum(known, Fraction(0)) if metric.aggregation is Aggregation.SUM else max(known)


def _outside(value: Fraction, condition: Condition) -> bool:
    above = condition.maximum is not None and value > condition.maximum
    return above or (condition.minimum is not None and value < condition.minimum)


def _further(value: Fraction, before: Fraction, condition: Condition) -> bool:
    """Tell whether a value beyond its bound went further from it."""
    if condition.maximum is not None and value > condition.maximum:
        return value > before
    return value < before


def _unreadable(sources: tuple[SourceComparison, ...]) -> list[Evidence]:
    """Name what the language's parser does not understand: whole files, and functions around new lines."""
    places = []
    for file in sources:
        if isinstance(file.head, Unknown):
            if file.added:
                places.append(Evidence(file.path, 0, 0, "unreadable", file.head.detail))
            continue
        places += [
            Evidence(file.path, first, last, "unreadable", "the grammar does not understand this code")
            for first, last in file.head.unreadable.ranges()
            if file.added & LineSet.between(first, last)
        ]
    return places


def _units(
    values: list[tuple[Fraction, Fraction | None]],
    offenders: list[tuple[Fraction, Evidence]],
    unsure: list[Evidence],
    condition: Condition,
    metric: FunctionMetric | SourceMetric,
    noun: str,
) -> Outcome:
    threshold = condition.maximum if condition.maximum is not None else condition.minimum
    if offenders:
        worst = max(value for value, _ in offenders)
        places = tuple(sorted(place for _, place in offenders))
        limit = written(threshold, metric) if threshold is not None else "the limit"
        explanation = f"{counted(len(offenders), noun)} above {limit}, the highest at {written(worst, metric)}"
        remedy = f"bring {'it' if len(offenders) == 1 else 'each'} to {limit} or below, or back to what it was"
        baseline = next((before for value, before in values if value == worst), None)
        return Outcome(Status.FAIL, explanation, worst, baseline, threshold, remedy, places + tuple(sorted(unsure)))
    if unsure:
        reason = Unknown(Reason.SOURCE_UNREADABLE, f"{counted(len(unsure), noun)} could not be compared")
        return unknown(
            reason, threshold=threshold, evidence=tuple(sorted(unsure)), remedy="see the places named here"
        )  # fmt: skip
    if not values:
        return unknown(Unknown(Reason.NOTHING_TO_MEASURE, f"the change touches no {noun}"), threshold=threshold)
    worst, before = max(values, key=lambda pair: pair[0])
    explanation = f"of {counted(len(values), f'touched {noun}')} the highest is at {written(worst, metric)}"
    if threshold is not None and worst > threshold and condition.maximum is not None:
        explanation += ", above the limit as before, and no worse"
    return Outcome(Status.PASS, explanation, worst, before, threshold)
