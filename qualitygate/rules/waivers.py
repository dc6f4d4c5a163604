"""The `waivers` of rules.yaml."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import yaml

from qualitygate.model.rules import Waiver

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.metric import Metric
    from qualitygate.rules.document import Document

_KEYS = ("rule", "paths", "components", "functions", "findings", "until", "reason", "owner", "link")
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
    waivers = []
    for entry in entries:
        found: dict[str, yaml.Node] = {}
        for key, key_node, value in document.mapping(entry, "a waiver"):
            if key in _KEYS:
                found[key] = value
            else:
                document.unknown_key(key_node, key, _KEYS, "a waiver")
        for key in ("rule", "reason", "until"):
            if key not in found:
                document.fault(entry, f"a waiver needs `{key}`")
        rule = document.text(found["rule"], "the rule of a waiver") if "rule" in found else None
        if rule is not None and not _is_rule(rule, metric_of):
            document.fault(found["rule"], f"`{rule}` names no rule; write it as complexity/function")
        reason = document.text(found["reason"], "the reason of a waiver") if "reason" in found else None
        until = _date(document, found["until"]) if "until" in found else None
        paths = document.texts(found["paths"], "the paths of a waiver") if "paths" in found else ()
        components = names(found["components"]) if "components" in found else ()
        functions, findings = (
            document.texts(found[key], f"the {key} of a waiver") if key in found else ()
            for key in ("functions", "findings")
        )
        owner, link = (
            (document.text(found[key], f"the {key} of a waiver") or "") if key in found else ""
            for key in ("owner", "link")
        )
        if rule is not None and reason is not None and until is not None:
            waivers.append(Waiver(rule, until, reason, paths, components, functions, findings, owner, link))
    return waivers


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
