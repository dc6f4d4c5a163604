"""Conditions in words, for those who answer for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import Direction, Metric
from qualitygate.model.ratio import shown
from qualitygate.model.rules import Condition, Unmeasured
from qualitygate.model.verdict import Level, On

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

_LOOKS_AT = {
    On.OVERALL: "all of the component",
    On.NEW_CODE: "added and modified lines",
    On.FUNCTION: "every function that the change touches or adds",
    On.FILE: "every file that the change touches or adds",
}
_UNMEASURED = {
    Unmeasured.UNCOVERED: "",
    Unmeasured.WARN: "source files that no report speaks of only warn",
    Unmeasured.IGNORE: "source files that no report speaks of are left out",
}


def sentence(condition: Condition, metric: Metric) -> str:
    """Say what a condition asks for, in one sentence."""
    text = f"{metric.key.replace('_', ' ')} of {_LOOKS_AT[condition.on]}: {', '.join(_demands(condition, metric))}"
    asides = [*_asides(condition)]
    return text + (f" ({'; '.join(asides)})" if asides else "")


def _demands(condition: Condition, metric: Metric) -> Iterator[str]:
    if condition.on in (On.FUNCTION, On.FILE) and condition.maximum is not None:
        yield f"at most {_number(condition.maximum, metric)}; one that is above may only get better"
    elif condition.maximum is not None:
        yield f"at most {_number(condition.maximum, metric)}"
    if condition.minimum is not None:
        yield f"at least {_number(condition.minimum, metric)}"
    if condition.not_worse:
        way = "lower" if metric.direction is Direction.HIGHER else "higher"
        more = f" by more than {_number(condition.tolerance, metric)}" if condition.tolerance else ""
        yield f"not {way} than in the base{more}"
    if condition.drift is not None:
        yield f"a change that loses something no further than {_number(condition.drift, metric)} from the best level"


def _asides(condition: Condition) -> Iterator[str]:
    where = condition.where
    if where.severities:
        yield f"counting {', '.join(severity.value for severity in where.severities)}"
    if where.tools or where.rules:
        yield f"of {', '.join((*where.tools, *where.rules))}"
    if condition.ignore_below:
        yield f"changes of fewer than {condition.ignore_below} new lines are exempt"
    if _UNMEASURED[condition.unmeasured]:
        yield _UNMEASURED[condition.unmeasured]
    if condition.required:
        yield "required: the verdict is unknown while this cannot be judged"
    if condition.level is Level.WARN:
        yield "only warns"


def _number(value: Fraction, metric: Metric) -> str:
    return f"{shown(value)} {metric.unit}".rstrip()
