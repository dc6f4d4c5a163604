"""From the text of rules.yaml to Rules: all faults at once, each with its line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

import yaml

from qualitygate.metrics.catalogue import metric_of, own_metrics
from qualitygate.model.component import WHOLE_MODULE, Component
from qualitygate.model.errors import RulesError
from qualitygate.model.rules import Rules, Waiver
from qualitygate.model.verdict import On
from qualitygate.rules import keys
from qualitygate.rules.addresses import is_remote
from qualitygate.rules.conditions import made, read_condition
from qualitygate.rules.custom import custom_metrics
from qualitygate.rules.document import Document
from qualitygate.rules.locks import Value as _Value
from qualitygate.rules.locks import loosened
from qualitygate.rules.waivers import read_waivers

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.metric import CustomMetric, Metric

PRESETS = ("recommended", "strict", "lenient")
_COMPONENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_Rule: TypeAlias = tuple[str, On]
_Conditions: TypeAlias = dict[_Rule, dict[str, _Value]]
_DEEPEST = 5


def _reads_nothing(_path: str) -> None:
    return None


def load(text: str, origin: str, read: Callable[[str], str | None] = _reads_nothing) -> Rules:
    """Read rules; RulesError with every fault at once. An empty text is the recommended preset.

    read: gives the text of a file of the same commit that the rules extend; None for one that is not there.
    """
    document = Document(origin)
    loader = _Loader(document, read=read)
    node = document.compose(text)
    if node is not None:
        loader.top(node)
    elif not document.faults:
        loader.preset("recommended")
    rules = loader.rules()
    faults = (*loader.elsewhere, *document.told())
    if faults:
        raise RulesError(where=origin, faults=faults)
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
    read: Callable[[str], str | None] = _reads_nothing
    above: tuple[str, ...] = ()
    locks: dict[_Rule, str] = field(default_factory=dict)
    places: dict[_Rule, tuple[str, ...]] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)

    def top(self, node: yaml.Node) -> None:
        entries = {name: (key, value) for name, key, value in self.document.mapping(node, "rules.yaml")}
        for name, (key, _) in entries.items():
            if name not in keys.TOP:
                self.document.unknown_key(key, name, keys.TOP, "rules.yaml")
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
            self._hold_locks_against_waivers(listed)

    def preset(self, name: str) -> None:
        """Take the conditions of a preset that comes with the package."""
        text = files("qualitygate.rules.presets").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
        self._take(Document(f"qualitygate:{name}"), text)

    def _take(self, document: Document, text: str) -> None:
        """Take the conditions of another document as if they stood here, before what stands here."""
        inner = replace(self, document=document, above=(*self.above, document.origin))
        node = document.compose(text)
        for key, key_node, value in document.mapping(node, document.origin) if node is not None else ():
            if key == "rules":
                inner._rules(value, self.conditions)  # noqa: SLF001 - the same class
            elif key == "extends":
                for each in document.texts(value, "extends"):
                    inner._extend(value, each)  # noqa: SLF001 - the same class
            elif key != "version":
                document.fault(key_node, f"a file that others extend holds `rules` and `extends` alone, not `{key}`")
        self.elsewhere += document.told()

    def _merge(self, rule: _Rule, settings: dict[str, _Value], into: _Conditions, node: yaml.Node) -> None:
        """Lay settings over those of the same rule; what a locked rule holds may only be tightened."""
        place = f"{self.document.origin}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"
        locked_at = self.locks.get(rule)
        if locked_at is not None and locked_at != place:
            held = {**self.conditions.get(rule, {}), **into.get(rule, {})}
            for key in loosened(held, settings):
                self.document.fault(node, f"`{key}` loosens {rule[0]}/{rule[1].value}, which {locked_at} locks")
        if settings.get("locked") is True:
            self.locks[rule] = place
        into.setdefault(rule, {}).update(settings)
        self.places[rule] = (place, *self.places.get(rule, ()))

    def _extend(self, node: yaml.Node, address: str) -> None:
        source, _, name = address.partition(":")
        if source == "qualitygate" and name in PRESETS:
            self.preset(name)
            return
        remote = is_remote(address)
        if address.startswith("https:") and not remote:
            self.document.fault(node, f"an HTTPS address ends with `#sha256=` and the digest of the file: `{address}`")
            return
        outside = name or address.startswith("/") or ".." in address.split("/")
        if not remote and (outside or not address.endswith((".yaml", ".yml"))):
            known = ", ".join(f"qualitygate:{each}" for each in PRESETS)
            elsewhere = "gitlab:PROJECT@REF:FILE or https://…#sha256=…"
            self.document.fault(
                node, f"extends names {known}, a YAML file of this repository, {elsewhere}, not `{address}`"
            )
            return
        text = self.read(address)
        if text is None:
            self.document.fault(node, f"extends names `{address}`, which is not there")
        elif address in self.above or len(self.above) > _DEEPEST:
            self.document.fault(node, f"extends leads back to `{address}`")
        else:
            self._take(Document(address), text)

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
            for scope, scope_node, keys_node in self.document.mapping(value, key):
                if scope not in {on.value for on in metric.scopes}:
                    self.document.unknown_key(scope_node, scope, (on.value for on in metric.scopes), key)
                    continue
                settings = read_condition(self.document, keys_node, metric, On(scope))
                self._merge((key, On(scope)), settings, into, scope_node)

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

    def _hold_locks_against_waivers(self, entries: list[yaml.Node]) -> None:
        for (metric, on), place in self.locks.items():
            if place.startswith(f"{self.document.origin}:"):
                continue
            for waiver, entry in zip(self.waivers, entries, strict=False):
                if waiver.rule in (metric, f"{metric}/{on.value}"):
                    self.document.fault(entry, f"a waiver loosens {metric}/{on.value}, which {place} locks")

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
                made(metric, on, settings, self.places.get((metric, on), ())) for (metric, on), settings in sorted(
                    merged.items(), key=lambda item: (item[0][0], list(On).index(item[0][1]))
                ) if settings.keys() & {"not-worse", "min", "max"} and self._is_of(metric, component)
            )  # fmt: skip
        return Rules(components, effective, tuple(self.waivers), self.metrics)

    def _is_of(self, metric: str, component: Component) -> bool:
        """Tell whether a metric is a figure of a component; a custom one is of those that it names."""
        return metric not in self.metrics or component.name in self.metrics[metric].components
