"""What judging one condition gives."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.ratio import shown
from qualitygate.model.verdict import Evidence, Status

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.lines import LineSet
    from qualitygate.model.metric import Metric
    from qualitygate.model.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Outcome:
    """A condition's status with its numbers, reasons and places; fields as in ConditionResult."""

    status: Status
    explanation: str
    value: Fraction | None = None
    baseline: Fraction | None = None
    threshold: Fraction | None = None
    remedy: str = ""
    evidence: tuple[Evidence, ...] = ()
    unknown: Unknown | None = None


def unknown(
    reason: Unknown,
    *,
    value: Fraction | None = None,
    threshold: Fraction | None = None,
    remedy: str = "",
    evidence: tuple[Evidence, ...] = (),
) -> Outcome:
    """Give the outcome of a condition that could not be judged."""
    return Outcome(
        Status.UNKNOWN,
        reason.detail,
        value=value,
        threshold=threshold,
        remedy=remedy,
        evidence=evidence,
        unknown=reason,
    )


def written(value: Fraction, metric: Metric, *, beside: Fraction | None = None) -> str:
    """Write a number of a metric with its unit, with as many decimals as show how it stands to `beside`."""
    full = Fraction(100) if metric.unit == "%" else None
    number = shown(value, beside=beside, full=full)
    if metric.unit == "%":
        return f"{number} %"
    unit = metric.unit.removesuffix("s") if value == 1 else metric.unit
    return f"{number} {unit}".rstrip()


def counted(count: int, noun: str) -> str:
    """Write a count with its noun: 1 line, 2 lines, 2 branches."""
    plural = f"{noun}es".replace("line or", "lines or") if noun.endswith("ch") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


def uncovered_places(path: str, coverage: FileCoverage, lines: LineSet, *, kind: str, message: str) -> list[Evidence]:
    """Give the uncovered ones of some lines of a file as runs; lines that cannot run do not part them."""
    missed = coverage.missed & lines
    places: list[Evidence] = []
    start = end = 0
    for line in coverage.measured:
        if line in missed:
            start = start or line
            end = line
        elif start:
            places.append(Evidence(path, start, end, kind, message))
            start = 0
    if start:
        places.append(Evidence(path, start, end, kind, message))
    return places


def partial_places(path: str, coverage: FileCoverage, lines: LineSet) -> list[Evidence]:
    """Give the lines of a file that ran without taking all their branches."""
    return [
        Evidence(path, line, line, "partial", f"{taken} of {total} branches taken")
        for line, taken, total in coverage.branches
        if taken < total and line in lines and line in coverage.covered
    ]
