"""The JSON Schema of rules.yaml, made from the metrics and the words that the rules know."""

from __future__ import annotations

from typing import TypeAlias

from qualitygate.metrics.catalogue import own_metrics
from qualitygate.model.finding import Severity
from qualitygate.model.metric import CoverageMetric, FindingMetric, Metric
from qualitygate.model.rules import Unmeasured
from qualitygate.model.verdict import Level, On
from qualitygate.rules import keys

JSON: TypeAlias = "str | int | bool | list[JSON] | dict[str, JSON]"

_TEXTS: JSON = {
    "anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}
_FLAG: JSON = {"type": "boolean"}
_TEXT: JSON = {"type": "string", "minLength": 1}
_DAY: JSON = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


def schema() -> dict[str, JSON]:
    """Give the schema (draft 2020-12) of rules.yaml; an editor that knows it completes keys and shows what they mean.

    Custom metrics and those of servers and plug-ins are told by their declaration, so any other key of `rules` is
    checked only for its shape.
    """
    metrics: dict[str, JSON] = {key: _metric(metric) for key, metric in own_metrics().items()}
    rules: JSON = {
        "type": "object",
        "properties": metrics,
        "additionalProperties": {"type": "object", "additionalProperties": {"$ref": "#/$defs/condition"}},
    }
    top: dict[str, JSON] = {
        "version": {"const": 1},
        "extends": _TEXTS,
        "components": {"type": "object", "propertyNames": {"pattern": _NAME}, "additionalProperties": _TEXTS},
        "metrics": {"type": "object", "additionalProperties": {"$ref": "#/$defs/metric"}},
        "rules": {"$ref": "#/$defs/rules"},
        "overrides": {"type": "array", "items": {"$ref": "#/$defs/override"}},
        "waivers": {"type": "array", "items": {"$ref": "#/$defs/waiver"}},
    }
    shapes: dict[str, JSON] = dict.fromkeys(("paths", "components", "functions", "findings"), _TEXTS)
    shapes |= dict.fromkeys(("rule", "reason", "owner", "link"), _TEXT)
    declared: dict[str, JSON] = dict.fromkeys(("file", "pointer", "sample", "variable", "unit", "why"), _TEXT)
    declared |= {"direction": {"enum": ["lower", "higher"]}, "components": _TEXTS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rules.yaml of qualitygate",
        **_object(keys.TOP, top, required=["version"]),
        "$defs": {
            "rules": rules,
            "condition": _object(keys.CONDITION, _settings(None, None)),
            "metric": _object(keys.METRIC, declared, required=["file", "direction"]),
            "override": {
                "type": "object",
                "properties": {"components": _TEXTS, "rules": {"$ref": "#/$defs/rules"}},
                "required": ["components", "rules"],
                "additionalProperties": False,
            },
            "waiver": _object(keys.WAIVER, {**shapes, "until": _DAY}, required=["rule", "reason", "until"]),
        },
    }


def _object(meanings: dict[str, str], shapes: dict[str, JSON], required: list[JSON] | None = None) -> dict[str, JSON]:
    properties: dict[str, JSON] = {}
    for key, meaning in meanings.items():
        if key in shapes:
            shape = shapes[key]
            properties[key] = {**shape, "description": meaning} if isinstance(shape, dict) else shape
    return {"type": "object", "properties": properties, "required": required or [], "additionalProperties": False}


def _metric(metric: Metric) -> JSON:
    scopes: dict[str, JSON] = {
        on.value: _object(keys.CONDITION, _settings(metric, on)) for on in On if on in metric.scopes
    }
    return {"type": "object", "description": metric.why, "properties": scopes, "additionalProperties": False}


def _settings(metric: Metric | None, on: On | None) -> dict[str, JSON]:
    """Give the settings that a condition may have; all of them for a metric that only its declaration tells."""
    bound = _number(metric)
    shapes: dict[str, JSON] = {"min": bound, "max": bound, "required": _FLAG, "locked": _FLAG}
    shapes["level"] = {"enum": [level.value for level in Level]}
    if on in (None, On.OVERALL):
        shapes |= {"not-worse": _FLAG, "tolerance": bound, "drift": bound}
    if on in (None, On.NEW_CODE):
        shapes["ignore-below"] = {
            "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\d+ ?lines?$"}]
        }
    if metric is None or isinstance(metric, CoverageMetric):
        shapes["unmeasured"] = {"enum": [each.value for each in Unmeasured]}
    if metric is None or isinstance(metric, FindingMetric):
        words: JSON = {"enum": [severity.value for severity in Severity]}
        shapes["where"] = _object(
            keys.WHERE,
            {"severity": {"anyOf": [words, {"type": "array", "items": words}]}, "tool": _TEXTS, "rule": _TEXTS},
        )
    return shapes


def _number(metric: Metric | None) -> JSON:
    unit = (
        r" ?[A-Za-z%]+" if metric is None else rf" ?(?:{metric.unit}|{metric.unit.rstrip('s')})" if metric.unit else ""
    )
    plain: dict[str, JSON] = {"type": "number", "minimum": 0}
    if metric is not None and metric.unit == "%":
        plain["maximum"] = 100
    if not unit:
        return plain
    return {"anyOf": [plain, {"type": "string", "pattern": rf"^\d+(?:\.\d+)?{unit}$"}]}
