"""What a developer's machine knows of figures that only the pipeline measures: the server's word of the base."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qualitygate.model.snapshot import ComponentFacts, Snapshot
from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from qualitygate.compare import Base
    from qualitygate.model.component import Component
    from qualitygate.model.rules import Rules

_PREFIX = "sonarqube."
_HERE = Unknown(Reason.ONLY_IN_PIPELINE, "only the pipeline's analysis can tell what this change makes of it")


def with_server(
    rules: Rules,
    head: Snapshot,
    base: Base,
    figures: Callable[[Sequence[Component]], Mapping[str, ComponentFacts]] | None,
) -> tuple[Snapshot, Base]:
    """Mark figures of a server that were not measured here as such, and fill the base's in from the server.

    figures: asks the server what it knows of the components' main branch; None where no server is named.
    """
    wanted = {
        name: [each.metric for each in conditions if each.metric.startswith(_PREFIX)]
        for name, conditions in rules.conditions.items()
    }
    missing = [name for name, keys in wanted.items() if any(key not in head.components[name].numbers for key in keys)]
    if not missing:
        return head, base
    components = dict(head.components)
    for name in missing:
        numbers = {**dict.fromkeys(wanted[name], _HERE), **components[name].numbers}
        components[name] = replace(components[name], numbers=numbers)
    if figures is not None:
        base = replace(
            base, snapshot=_filled(base.snapshot, figures([c for c in rules.components if c.name in missing]))
        )
    return Snapshot(head.commit, components), base


def _filled(base: Snapshot | None, told: Mapping[str, ComponentFacts]) -> Snapshot:
    nothing = Unknown(Reason.NO_BASELINE, "the base was never measured")
    known = dict(base.components) if base is not None else {}
    for name, facts in told.items():
        own = known.get(name, ComponentFacts(nothing, nothing, findings=nothing, duplicated=nothing))
        known[name] = replace(own, numbers={**facts.numbers, **own.numbers}, served={**facts.served, **own.served})
    return Snapshot(base.commit if base is not None else "", known)
