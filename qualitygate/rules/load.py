"""From the text of rules.yaml to Rules: all faults at once, each with its line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

import yaml

from qualitygate.metrics.catalogue import metric_of, own_metrics
from qualitygate.model.component import WHOLE_MODULE, Component
from qualitygate.model.errors import RulesError
from qualitygate.model.finding import Severity
from qualitygate.model.metric import CoverageMetric, CustomMetric, FindingMetric, Metric
from qualitygate.model.rules import Condition, Rules, Unmeasured, Waiver, Where
from qualitygate.model.verdict import Level, On
from qualitygate.rules.custom import custom_metrics
from qualitygate.rules.document import Document
from qualitygate.rules.waivers import read_waivers

if TYPE_CHECKING:
    from collections.abc import Mapping

PRESETS = ("recommended", "strict", "lenient")
_TOP = ("version", "extends", "components", "metrics", "rules", "overrides", "waivers")
_CONDITION = (
    "not-worse", "min", "max", "tolerance", "ignore-below", "unmeasured", "required", "level", "where",
)  # fmt: skip
_COMPONENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_Value: TypeAlias = bool | Fraction | Level | Unmeasured | Where
_Conditions: TypeAlias = "dict[tuple[str, On], dict[str, _Value]]"


def load(text: str, origin: str) -> Rules:
    """Read rules; RulesError with every fault at once. An empty text is the recommended preset."""
    document = Document(origin)
    loader = _Loader(document)
    node = document.compose(text)
    if node is not None:
        loader.top(node)
    elif not document.faults:
        loader.preset("recommended")
    rules = loader.rules()
    if document.faults:
        raise RulesError(where=origin, faults=document.told())
    return rules


def recommended() -> Rules:
    """Give the rules of a module that has no rules.yaml."""
    return load("", "qualitygate:recommended")


@dataclass(slots=True)
class _Loader:
    document: Document
    components: list[Component] = field(default_factory=list)
    conditions: _Conditions = field(default_factory=dict)
    overrides: list[tuple[tuple[str, ...], _Conditions]] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    metrics: dict[str, CustomMetric] = field(default_factory=dict)

    def top(self, node: yaml.Node) -> None:
        entries = {name: (key, value) for name, key, value in self.document.mapping(node, "rules.yaml")}
        for name, (key, _) in entries.items():
            if name not in _TOP:
                self.document.unknown_key(key, name, _TOP, "rules.yaml")
        if "version" not in entries:
            self.document.fault(node, "`version: 1` is missing")
        elif getattr(entries["version"][1], "value", None) != "1":
            self.document.fault(entries["version"][1], "version is 1; this gate knows no other")
        if "extends" in entries:
            for each in self.document.texts(entries["extends"][1], "extends"):
                self._extend(entries["extends"][1], each)
        if "components" in entries:
            self._components(entries["components"][1])
        if "metrics" in entries:
            parts = self.components or [Component(WHOLE_MODULE)]
            self.metrics = custom_metrics(self.document, entries["metrics"][1], parts, self._component_names)
        if "rules" in entries:
            self._rules(entries["rules"][1], self.conditions)
        if "overrides" in entries:
            self._overrides(entries["overrides"][1])
        if "waivers" in entries:
            listed = self._list(entries["waivers"][1], "waivers")
            self.waivers = read_waivers(self.document, listed, self._component_names, self._metric)

    def preset(self, name: str) -> None:
        """Take the conditions of a preset that comes with the package."""
        text = files("qualitygate.rules.presets").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
        document = Document(f"qualitygate:{name}")
        node = document.compose(text)
        if node is not None:
            for key, _, value in document.mapping(node, "a preset"):
                if key == "rules":
                    _Loader(document)._rules(value, self.conditions)  # noqa: SLF001 - the same class
        if document.faults:
            raise RulesError(where=document.origin, faults=document.told())

    def _extend(self, node: yaml.Node, address: str) -> None:
        source, _, name = address.partition(":")
        if source == "qualitygate" and name in PRESETS:
            self.preset(name)
        else:
            known = ", ".join(f"qualitygate:{each}" for each in PRESETS)
            self.document.fault(node, f"extends names one of {known}, not `{address}`")

    def _components(self, node: yaml.Node) -> None:
        for name, key, value in self.document.mapping(node, "components"):
            if not _COMPONENT_NAME.fullmatch(name):
                self.document.fault(key, f"the name of a component is letters, digits, `.`, `_` and `-`, not `{name}`")
                continue
            paths = self.document.texts(value, f"the paths of {name}")
            for path in paths:
                if path.startswith("/") or ".." in path.split("/"):
                    self.document.fault(value, f"paths start at the top of the repository: `{path}` leads out of it")
            if paths:
                self.components.append(Component(name, tuple(path.removeprefix("./") for path in paths)))

    def _rules(self, node: yaml.Node, into: _Conditions) -> None:
        for key, key_node, value in self.document.mapping(node, "rules"):
            metric = self._metric(key)
            if metric is None:
                self.document.unknown_key(
                    key_node, key, [*own_metrics(), *self.metrics], "rules: there is no such metric"
                )
                continue
            for scope, scope_node, keys in self.document.mapping(value, key):
                if scope not in {on.value for on in metric.scopes}:
                    self.document.unknown_key(scope_node, scope, (on.value for on in metric.scopes), key)
                    continue
                settings = self._condition(keys, metric, On(scope))
                into.setdefault((key, On(scope)), {}).update(settings)

    def _condition(self, node: yaml.Node, metric: Metric, on: On) -> dict[str, _Value]:
        what = f"{metric.key}/{on.value}"
        settings: dict[str, _Value] = {}
        for key, key_node, value in self.document.mapping(node, what):
            if key not in _CONDITION:
                self.document.unknown_key(key_node, key, _CONDITION, what)
                continue
            read = self._setting(key, value, metric, on)
            if read is not None:
                settings[key] = read
            misplaced = _misplaced(key, metric, on)
            if misplaced:
                self.document.fault(key_node, f"`{key}` {misplaced}")
        return settings

    def _setting(self, key: str, node: yaml.Node, metric: Metric, on: On) -> _Value | None:
        what = f"`{key}` of {metric.key}/{on.value}"
        if key in ("not-worse", "required"):
            return self.document.flag(node, what)
        if key == "level":
            word = self.document.choice(node, what, (level.value for level in Level))
            return None if word is None else Level(word)
        if key == "unmeasured":
            word = self.document.choice(node, what, (each.value for each in Unmeasured))
            return None if word is None else Unmeasured(word)
        if key == "ignore-below":
            return self.document.number(node, what, units=("lines", "line"), whole=True)
        if key == "where":
            return self._where(node, what)
        units = (metric.unit, metric.unit.rstrip("s")) if metric.unit else ()
        number = self.document.number(node, what, units=units)
        if number is not None and metric.unit == "%" and number > 100:
            self.document.fault(node, f"{what} is a percentage, at most 100")
        return number

    def _where(self, node: yaml.Node, what: str) -> Where:
        found: dict[str, tuple[str, ...]] = {}
        for key, key_node, value in self.document.mapping(node, what):
            if key == "severity":
                words = value.value if isinstance(value, yaml.SequenceNode) else [value]
                scale = [severity.value for severity in Severity]
                read = (self.document.choice(each, "a severity", scale) for each in words)
                found[key] = tuple(each for each in read if each is not None)
            elif key in ("tool", "rule"):
                found[key] = self.document.texts(value, key)
            else:
                self.document.unknown_key(key_node, key, ("severity", "tool", "rule"), what)
        return Where(
            tuple(Severity(each) for each in found.get("severity", ())), found.get("tool", ()), found.get("rule", ())
        )

    def _overrides(self, node: yaml.Node) -> None:
        for entry in self._list(node, "overrides"):
            names: tuple[str, ...] = ()
            conditions: _Conditions = {}
            seen = set()
            for key, key_node, value in self.document.mapping(entry, "an override"):
                seen.add(key)
                if key == "components":
                    names = self._component_names(value)
                elif key == "rules":
                    self._rules(value, conditions)
                else:
                    self.document.unknown_key(key_node, key, ("components", "rules"), "an override")
            for key in sorted({"components", "rules"} - seen):
                self.document.fault(entry, f"an override needs `{key}`")
            self.overrides.append((names, conditions))

    def _metric(self, key: str) -> Metric | None:
        return self.metrics.get(key) or metric_of(key)

    def _list(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self.document.fault(node, f"{what} is a list; start each entry with `- `")
            return []
        return list(node.value)

    def _component_names(self, node: yaml.Node) -> tuple[str, ...]:
        names = self.document.texts(node, "components")
        known = [component.name for component in self.components] or [WHOLE_MODULE]
        for name in names:
            if name not in known:
                self.document.fault(node, f"there is no component `{name}`; declared are {', '.join(known)}")
        return names

    def rules(self) -> Rules:
        """Give what was read, each component with its own conditions."""
        components = tuple(self.components) or (Component(WHOLE_MODULE),)
        effective = {}
        for component in components:
            merged = {key: dict(settings) for key, settings in self.conditions.items()}
            for names, conditions in self.overrides:
                if component.name in names:
                    for key, settings in conditions.items():
                        merged.setdefault(key, {}).update(settings)
            effective[component.name] = tuple(
                _made(metric, on, settings) for (metric, on), settings in sorted(
                    merged.items(), key=lambda item: (item[0][0], list(On).index(item[0][1]))
                ) if settings.keys() & {"not-worse", "min", "max"} and self._is_of(metric, component)
            )  # fmt: skip
        return Rules(components, effective, tuple(self.waivers), self.metrics)

    def _is_of(self, metric: str, component: Component) -> bool:
        """Tell whether a metric is a figure of a component; a custom one is of those that it names."""
        return metric not in self.metrics or component.name in self.metrics[metric].components


def _made(metric: str, on: On, settings: Mapping[str, _Value]) -> Condition:
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
    )


def _misplaced(key: str, metric: Metric, on: On) -> str:
    if key in ("not-worse", "tolerance") and on is not On.OVERALL:
        return f"belongs to overall; {on.value} has min and max"
    if key == "ignore-below" and on is not On.NEW_CODE:
        return "belongs to new-code: it exempts small changes"
    if key == "where" and not isinstance(metric, FindingMetric):
        return "belongs to findings: it says which of them count"
    if key == "unmeasured" and not isinstance(metric, CoverageMetric):
        return "belongs to coverage: it says how files count that no report speaks of"
    return ""
