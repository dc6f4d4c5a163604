"""The `metrics` of rules.yaml: numbers that tools write, with unit and direction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.metrics.catalogue import metric_of
from qualitygate.model.component import owner
from qualitygate.model.metric import ON_WHOLE, CustomMetric, Direction, NumberSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import yaml

    from qualitygate.model.component import Component
    from qualitygate.rules.document import Document

_KEYS = ("file", "pointer", "sample", "variable", "unit", "direction", "why", "components")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_UNIT = re.compile(r"[A-Za-z%]{1,12}")


def custom_metrics(
    document: Document,
    node: yaml.Node,
    components: Sequence[Component],
    names: Callable[[yaml.Node], tuple[str, ...]],
) -> dict[str, CustomMetric]:
    """Read the declared metrics; every fault is noted in the document.

    names: reads a list of component names.
    """
    found = {}
    for key, key_node, value in document.mapping(node, "metrics"):
        if not _NAME.fullmatch(key):
            document.fault(key_node, f"the name of a metric is lower-case letters, digits and `_`, not `{key}`")
        elif metric_of(key) is not None:
            document.fault(key_node, f"there is a metric `{key}` already; choose another name")
        elif (metric := _metric(document, key, value, components, names)) is not None:
            found[key] = metric
    return found


def _metric(
    document: Document,
    key: str,
    node: yaml.Node,
    components: Sequence[Component],
    names: Callable[[yaml.Node], tuple[str, ...]],
) -> CustomMetric | None:
    given: dict[str, yaml.Node] = {}
    for name, name_node, value in document.mapping(node, f"metrics: {key}"):
        if name in _KEYS:
            given[name] = value
        else:
            document.unknown_key(name_node, name, _KEYS, f"metrics: {key}")
    for name in ("file", "direction"):
        if name not in given:
            document.fault(node, f"the metric {key} needs `{name}`")
    file = _file(document, key, given)
    selected = _selector(document, key, node, given)
    unit, why = _text(document, key, given, "unit"), _text(document, key, given, "why")
    if unit and not _UNIT.fullmatch(unit):
        document.fault(given["unit"], f"a unit is a short word such as kB, ms or %, not `{unit}`")
    word = None
    if "direction" in given:
        word = document.choice(given["direction"], f"`direction` of {key}", ("lower", "higher"))
    wanted = names(given["components"]) if "components" in given else ()
    if file is None or word is None or selected is None:
        return None
    if not wanted:
        home = owner(components, file)
        wanted = (home,) if home is not None else tuple(component.name for component in components)
    direction = Direction.LOWER if word == "lower" else Direction.HIGHER
    return CustomMetric(key, unit, direction, why or "this project watches it", ON_WHOLE, file, *selected, wanted)


def _text(document: Document, key: str, given: dict[str, yaml.Node], name: str) -> str:
    return (document.text(given[name], f"`{name}` of {key}") or "") if name in given else ""


def _file(document: Document, key: str, given: dict[str, yaml.Node]) -> str | None:
    file = _text(document, key, given, "file")
    if file.startswith("/") or ".." in file.split("/"):
        document.fault(given["file"], f"files start at the top of the repository: `{file}` leads out of it")
        return None
    return file.removeprefix("./") or None


def _selector(
    document: Document, key: str, node: yaml.Node, given: dict[str, yaml.Node]
) -> tuple[NumberSource, str] | None:
    sources = [source for source in NumberSource if source.value in given]
    if len(sources) != 1:
        document.fault(node, f"the metric {key} needs one of `pointer`, `sample` and `variable`")
        return None
    selector = _text(document, key, given, sources[0].value)
    if selector and sources[0] is NumberSource.POINTER and not selector.startswith("/"):
        document.fault(given["pointer"], f"a JSON pointer starts with `/`, as in /total/lines/pct, not `{selector}`")
    return (sources[0], selector) if selector else None
