"""The `waivers` of rules.yaml."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import yaml

from qualitygate.model.rules import Waiver
from qualitygate.rules import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.metric import Metric
    from qualitygate.rules.document import Document

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_waivers(
    document: Document,
    entries: list[yaml.Node],
    names: Callable[[yaml.Node], tuple[str, ...]],
    metric_of: Callable[[str], Metric | None],
) -> list[Waiver]:
    """Read the waivers; every fault is noted in the document.

    names:     reads a list of component names.
    metric_of: gives the metric of a key.
    """
    read = (_waiver(document, entry, names, metric_of) for entry in entries)
    return [waiver for waiver in read if waiver is not None]


def _waiver(
    document: Document,
    entry: yaml.Node,
    names: Callable[[yaml.Node], tuple[str, ...]],
    metric_of: Callable[[str], Metric | None],
) -> Waiver | None:
    found: dict[str, yaml.Node] = {}
    for key, key_node, value in document.mapping(entry, "a waiver"):
        if key in keys.WAIVER:
            found[key] = value
        else:
            document.unknown_key(key_node, key, keys.WAIVER, "a waiver")
    for key in ("rule", "reason", "until"):
        if key not in found:
            document.fault(entry, f"a waiver needs `{key}`")

    def text(key: str) -> str:
        return (document.text(found[key], f"the {key} of a waiver") or "") if key in found else ""

    def texts(key: str) -> tuple[str, ...]:
        return document.texts(found[key], f"the {key} of a waiver") if key in found else ()

    rule, reason = text("rule"), text("reason")
    if rule and not _is_rule(rule, metric_of):
        document.fault(found["rule"], f"`{rule}` names no rule; write it as complexity/function")
    until = _date(document, found["until"]) if "until" in found else None
    components = names(found["components"]) if "components" in found else ()
    places = texts("paths"), components, texts("functions"), texts("findings")
    owner, link = text("owner"), text("link")
    return Waiver(rule, until, reason, *places, owner, link) if rule and reason and until is not None else None


def _is_rule(rule: str, metric_of: Callable[[str], Metric | None]) -> bool:
    key, _, scope = rule.partition("/")
    metric = metric_of(key)
    return metric is not None and (not scope or scope in {on.value for on in metric.scopes})


def _date(document: Document, node: yaml.Node) -> date | None:
    text = node.value if isinstance(node, yaml.ScalarNode) else ""
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    document.fault(node, f"`until` is a day such as 2027-03-31, not `{text}`")
    return None
