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
    texts = {
        name: document.text(given[name], f"`{name}` of {key}")
        for name in ("file", "pointer", "sample", "variable", "unit", "why")
        if name in given
    }
    for name in ("file", "direction"):
        if name not in given:
            document.fault(node, f"the metric {key} needs `{name}`")
    sources = [source for source in NumberSource if source.value in given]
    if len(sources) != 1:
        document.fault(node, f"the metric {key} needs one of `pointer`, `sample` and `variable`")
    word = (
        document.choice(given["direction"], f"`direction` of {key}", ("lower", "higher"))
        if "direction" in given
        else None
    )
    file, unit = texts.get("file"), texts.get("unit") or ""
    if file is not None and (file.startswith("/") or ".." in file.split("/")):
        document.fault(given["file"], f"files start at the top of the repository: `{file}` leads out of it")
        return None
    if unit and not _UNIT.fullmatch(unit):
        document.fault(given["unit"], f"a unit is a short word such as kB, ms or %, not `{unit}`")
    selector = texts.get(sources[0].value) if len(sources) == 1 else None
    if selector is not None and sources[0] is NumberSource.POINTER and not selector.startswith("/"):
        document.fault(given["pointer"], f"a JSON pointer starts with `/`, as in /total/lines/pct, not `{selector}`")
    if file is None or word is None or not selector:
        return None
    everyone = tuple(component.name for component in components)
    home = owner(components, file)
    wanted = names(given["components"]) if "components" in given else ((home,) if home is not None else everyone)
    direction = Direction.LOWER if word == "lower" else Direction.HIGHER
    why = texts.get("why") or "this project watches it"
    return CustomMetric(key, unit, direction, why, ON_WHOLE, file.removeprefix("./"), sources[0], selector, wanted)
