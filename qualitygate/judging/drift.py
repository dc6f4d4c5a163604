"""Small losses that must not add up: a cap against the best level that the protected branch accepted."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.judging.outcome import written
from qualitygate.model.metric import Direction
from qualitygate.model.verdict import Status

if TYPE_CHECKING:
    from qualitygate.judging.outcome import Outcome
    from qualitygate.model.metric import Metric
    from qualitygate.model.rules import Condition


def strictly(condition: Condition) -> Condition:
    """Give the condition without what it tolerates and without bounds: whether the change loses anything at all."""
    return replace(condition, tolerance=Fraction(0), minimum=None, maximum=None, drift=None)


def drifted(outcome: Outcome, strict: Outcome, condition: Condition, metric: Metric, best: Fraction | None) -> Outcome:
    """Fail a change that loses something, tolerated or not, where the level is then too far from the best accepted one.

    A change that loses nothing passes whatever others lost before it; so does one that deletes covered code, for
    `strict` knows what stood on removed lines.
    """
    if condition.drift is None or best is None or outcome.value is None:
        return outcome
    if outcome.status is not Status.PASS or strict.status is not Status.FAIL:
        return outcome
    higher = metric.direction is Direction.HIGHER
    limit = best - condition.drift if higher else best + condition.drift
    if outcome.value >= limit if higher else outcome.value <= limit:
        return outcome
    told = (
        f"{outcome.explanation}; the loss is tolerated alone, but with those before it the level is further than "
        f"{written(condition.drift, metric)} from the best accepted one, {written(best, metric, beside=outcome.value)}"
    )
    remedy = f"bring it to {written(limit, metric)}, or lose nothing in this change"
    return replace(
        outcome, status=Status.FAIL, explanation=told, threshold=limit, remedy=remedy, evidence=strict.evidence
    )
