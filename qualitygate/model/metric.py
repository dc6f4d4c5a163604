"""What a metric is: key, unit, direction, and how it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from qualitygate.model.verdict import On

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.finding import Finding
    from qualitygate.model.lines import LineSet
    from qualitygate.model.ratio import Ratio
    from qualitygate.model.source import Function, SourceFacts
    from qualitygate.model.tests import TestCase, TestResults
    from qualitygate.model.unknown import Unknown


class Direction(Enum):
    """Which way is better."""

    HIGHER = "higher is better"
    LOWER = "lower is better"


class Aggregation(Enum):
    """How values of functions or files become one number of a component."""

    SUM = "sum"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True)
class Metric:
    """What every metric tells of itself.

    key:       its name in rules.yaml and in the outputs.
    unit:      what one of it is, as shown behind a number ("%", "lines", "tests").
    direction: which way is better.
    why:       one sentence for the tech lead: what a bad value costs.
    scopes:    what conditions may look at.
    """

    key: str
    unit: str
    direction: Direction
    why: str
    scopes: frozenset[On]


@dataclass(frozen=True, slots=True)
class CoverageMetric(Metric):
    """A share of what tests executed, counted from coverage facts.

    tally: counts covered and all items that stand on the given lines (None: on every line).
    """

    tally: Callable[[FileCoverage, LineSet | None], Ratio]


@dataclass(frozen=True, slots=True)
class FunctionMetric(Metric):
    """A number of one function.

    value:          of a function, given the coverage of its file.
    needs_coverage: whether `value` looks at the coverage.
    aggregation:    what a component's or file's number is.
    """

    value: Callable[[Function, FileCoverage | None], Fraction | Unknown]
    aggregation: Aggregation
    needs_coverage: bool = False


@dataclass(frozen=True, slots=True)
class SourceMetric(Metric):
    """A count of one file's text; a component's number is the sum.

    count: counts what stands on the given lines (None: on every line).
    """

    count: Callable[[SourceFacts, LineSet | None], int]


@dataclass(frozen=True, slots=True)
class TestMetric(Metric):
    """A count of tests.

    count: of all results of a component.
    cases: the tests behind the count that a reader must see; empty where the count needs no names.
    """

    __test__ = False

    count: Callable[[TestResults], int]
    cases: Callable[[TestResults], tuple[TestCase, ...]]


@dataclass(frozen=True, slots=True)
class FindingMetric(Metric):
    """A count of findings.

    count: of some findings, those that a condition's `where` picks.
    """

    count: Callable[[tuple[Finding, ...]], int]


@dataclass(frozen=True, slots=True)
class DuplicationMetric(Metric):
    """A number of duplicated code.

    value: of duplicated lines among all lines; Unknown where there are no lines.
    """

    value: Callable[[int, int], Fraction | Unknown]


class NumberSource(Enum):
    """Where in a file a custom metric's number stands; the values are the words of rules.yaml."""

    POINTER = "pointer"
    SAMPLE = "sample"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class CustomMetric(Metric):
    """A number that some tool writes into a file, declared in rules.yaml.

    file:       path from the top of the repository.
    source:     a JSON pointer (RFC 6901), a sample of OpenMetrics or Prometheus text, or a variable of a dotenv file.
    selector:   which one.
    components: those that the number is a figure of.
    """

    file: str
    source: NumberSource
    selector: str
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServerMetric:
    """What a SonarQube server tells of one of its metrics: which way is better, and the unit behind the number."""

    direction: Direction
    unit: str


ON_LINES = frozenset({On.OVERALL, On.NEW_CODE, On.FILE})
ON_FUNCTIONS = frozenset({On.OVERALL, On.FUNCTION, On.FILE})
ON_WHOLE = frozenset({On.OVERALL})
