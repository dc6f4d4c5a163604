"""One condition of rules.yaml: its settings, each with the type that its metric gives it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import yaml

from qualitygate.model.finding import Severity
from qualitygate.model.metric import CoverageMetric, FindingMetric, Metric
from qualitygate.model.rules import Condition, Unmeasured, Where
from qualitygate.model.verdict import Level, On
from qualitygate.rules import keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qualitygate.rules.document import Document
    from qualitygate.rules.locks import Value


def read_condition(document: Document, node: yaml.Node, metric: Metric, on: On) -> dict[str, Value]:
    """Read the settings of one condition; every fault is noted in the document, with what its key means."""
    what = f"{metric.key}/{on.value}"
    settings: dict[str, Value] = {}
    for key, key_node, value in document.mapping(node, what):
        if key not in keys.CONDITION:
            document.unknown_key(key_node, key, keys.CONDITION, what)
            continue
        before = len(document.faults)
        read = _setting(document, key, value, metric, on)
        document.explain(before, f"`{key}`: {keys.CONDITION[key]}")
        if read is not None:
            settings[key] = read
        misplaced = _misplaced(key, metric, on)
        if misplaced:
            document.fault(key_node, f"`{key}` {misplaced}")
    return settings


def _setting(document: Document, key: str, node: yaml.Node, metric: Metric, on: On) -> Value | None:
    what = f"`{key}` of {metric.key}/{on.value}"
    if key in ("not-worse", "required", "locked"):
        return document.flag(node, what)
    if key == "level":
        word = document.choice(node, what, (level.value for level in Level))
        return None if word is None else Level(word)
    if key == "unmeasured":
        word = document.choice(node, what, (each.value for each in Unmeasured))
        return None if word is None else Unmeasured(word)
    if key == "ignore-below":
        return document.number(node, what, units=("lines", "line"), whole=True)
    if key == "where":
        return _where(document, node, what)
    units = (metric.unit, metric.unit.rstrip("s")) if metric.unit else ()
    number = document.number(node, what, units=units)
    if number is not None and metric.unit == "%" and number > 100:
        document.fault(node, f"{what} is a percentage, at most 100")
    return number


def _where(document: Document, node: yaml.Node, what: str) -> Where:
    found: dict[str, tuple[str, ...]] = {}
    for key, key_node, value in document.mapping(node, what):
        if key == "severity":
            words = value.value if isinstance(value, yaml.SequenceNode) else [value]
            scale = [severity.value for severity in Severity]
            read = (document.choice(each, "a severity", scale) for each in words)
            found[key] = tuple(each for each in read if each is not None)
        elif key in ("tool", "rule"):
            found[key] = document.texts(value, key)
        else:
            document.unknown_key(key_node, key, ("severity", "tool", "rule"), what)
    return Where(
        tuple(Severity(each) for each in found.get("severity", ())), found.get("tool", ()), found.get("rule", ())
    )


def made(metric: str, on: On, settings: Mapping[str, Value], places: tuple[str, ...]) -> Condition:
    """Make a condition of its settings; `places` are where the rules say so, the last one first."""

    def number(key: str) -> Fraction | None:
        value = settings.get(key)
        return value if isinstance(value, Fraction) else None

    level, unmeasured, where = settings.get("level"), settings.get("unmeasured"), settings.get("where")
    return Condition(
        metric,
        on,
        level=level if isinstance(level, Level) else Level.FAIL,
        not_worse=settings.get("not-worse") is True,
        minimum=number("min"),
        maximum=number("max"),
        tolerance=number("tolerance") or Fraction(0),
        ignore_below=int(number("ignore-below") or 0),
        unmeasured=unmeasured if isinstance(unmeasured, Unmeasured) else Unmeasured.UNCOVERED,
        required=settings.get("required") is True,
        where=where if isinstance(where, Where) else Where(),
        drift=number("drift"),
        place=", over ".join(places),
    )


def _misplaced(key: str, metric: Metric, on: On) -> str:
    if key in ("not-worse", "tolerance", "drift") and on is not On.OVERALL:
        return f"belongs to overall; {on.value} has min and max"
    if key == "ignore-below" and on is not On.NEW_CODE:
        return "belongs to new-code: it exempts small changes"
    if key == "where" and not isinstance(metric, FindingMetric):
        return "belongs to findings: it says which of them count"
    if key == "unmeasured" and not isinstance(metric, CoverageMetric):
        return "belongs to coverage: it says how files count that no report speaks of"
    return ""
