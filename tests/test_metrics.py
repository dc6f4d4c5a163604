"""Contract tests that find every metric by itself."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from qualitygate.metrics.catalogue import metric_of, own_metrics
from qualitygate.model.coverage import Branches, FileCoverage
from qualitygate.model.discovery import modules
from qualitygate.model.finding import Finding, Severity
from qualitygate.model.lines import LineSet
from qualitygate.model.metric import (
    CoverageMetric,
    DuplicationMetric,
    FindingMetric,
    FunctionMetric,
    Metric,
    SourceMetric,
    TestMetric,
)
from qualitygate.model.ratio import Ratio
from qualitygate.model.source import Function, SourceFacts
from qualitygate.model.tests import TestCase, TestResults
from qualitygate.model.unknown import Unknown

COVERAGE = replace(
    FileCoverage.of({1: 1, 2: 0, 3: 2, 4: 0}, {1: (1, 2), 3: (2, 2)}),
    statements=Branches.of({1: (1, 1), 2: (0, 1), 3: (2, 2)}),
)
FUNCTION = Function("f", 1, 4, 6, 3, 4, 7)
SOURCE = SourceFacts("e", (FUNCTION,), LineSet.of([1, 2, 4]), LineSet.of([1]))
TESTS = TestResults(10, (TestCase("s", "a"),), (TestCase("s", "b"),) * 2, (TestCase("s", "c"),) * 3)
VALUES: dict[str, object] = {
    "coverage": Ratio(5, 8),
    "line_coverage": Ratio(2, 4),
    "branch_coverage": Ratio(3, 4),
    "complexity": 6,
    "cognitive_complexity": 7,
    "duplicated_lines": 3,
    "duplicated_lines_density": Fraction(300, 40),
    "statement_coverage": Ratio(3, 4),
    "crap": 6 + 36 * (1 / 8),
    "function_length": 4,
    "parameters": 3,
    "ncloc": 3,
    "tests": 10,
    "failed_tests": 1,
    "skipped_tests": 2,
    "flaky_tests": 3,
}
ON_FIRST_TWO: dict[str, object] = {
    "coverage": Ratio(2, 4),
    "line_coverage": Ratio(1, 2),
    "branch_coverage": Ratio(1, 2),
    "ncloc": 2,
    "statement_coverage": Ratio(1, 2),
}


@pytest.mark.parametrize("metric", own_metrics().values(), ids=lambda metric: metric.key)
def test_a_metric_counts_and_says_why_it_matters(metric: Metric) -> None:
    first_two = LineSet.of([1, 2])
    match metric:
        case CoverageMetric():
            assert metric.tally(COVERAGE, None) == VALUES[metric.key]
            assert metric.tally(COVERAGE, first_two) == ON_FIRST_TWO[metric.key]
        case FunctionMetric():
            assert metric.value(FUNCTION, COVERAGE) == VALUES[metric.key]
            assert isinstance(metric.value(FUNCTION, None), Unknown) is metric.needs_coverage
        case SourceMetric():
            assert metric.count(SOURCE, None) == VALUES[metric.key]
            assert metric.count(SOURCE, first_two) == ON_FIRST_TWO[metric.key]
        case FindingMetric():
            assert metric.count((Finding("t", "r", Severity.MAJOR, "a.py", 1, 1, "m"),) * 2) == 2
        case TestMetric():
            assert metric.count(TESTS) == VALUES[metric.key]
            assert len(metric.cases(TESTS)) in (0, VALUES[metric.key])
        case DuplicationMetric():
            assert metric.value(3, 40) == VALUES[metric.key]
        case _:
            pytest.fail(f"add a case for {type(metric)}")
    assert metric.why
    assert metric.scopes
    assert metric_of(metric.key) is metric


def test_every_module_of_metrics_is_a_metric_of_its_own_name() -> None:
    names = {module.__name__.rpartition(".")[2] for module in modules("qualitygate.metrics")} - {"catalogue"}
    assert set(own_metrics()) == names


def test_a_figure_of_a_server_is_accepted_and_unknown_until_one_is_asked() -> None:
    assert metric_of("sonarqube.bugs") is not None
    assert metric_of("sonarqube.") is None


def test_a_key_that_nobody_offers_is_none() -> None:
    assert metric_of("nonsense") is None
