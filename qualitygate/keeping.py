"""What a baseline keeps beside one commit's facts: the best levels accepted up to it, and unstable lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qualitygate.metrics.catalogue import metric_of
from qualitygate.model.metric import Direction
from qualitygate.model.snapshot import Snapshot
from qualitygate.noise import learned

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from qualitygate.model.change import Change
    from qualitygate.model.rules import Rules


def kept(
    snapshot: Snapshot,
    levels: Mapping[str, Fraction],
    rules: Rules,
    before: Snapshot | None,
    change: Change,
    *,
    identical: bool,
    anew: bool,
) -> Snapshot:
    """Give a snapshot as it is saved.

    levels:    what the conditions came to, by their id.
    before:    the baseline before it; None for the first.
    change:    from that one to this.
    identical: whether nothing that could run differs between the two.
    anew:      whether today's levels are the best ones, whatever was reached before.
    """
    components = {}
    for name, facts in snapshot.components.items():
        known = before.components.get(name) if before is not None else None
        best = dict(known.best) if known is not None and not anew else {}
        for condition in rules.conditions.get(name, ()):
            level = levels.get(f"{name}:{condition.rule}")
            metric = rules.metrics.get(condition.metric) or metric_of(condition.metric)
            if level is None or not condition.not_worse or metric is None:
                continue
            served = facts.served.get(condition.metric)
            higher = (served.direction if served is not None else metric.direction) is Direction.HIGHER
            held = best.get(condition.rule, level)
            best[condition.rule] = max(held, level) if higher else min(held, level)
        unstable = {}
        if known is not None and before is not None:
            commits = (before.commit, snapshot.commit)
            unstable = learned(known, facts, change, commits=commits, identical=identical)
        components[name] = replace(facts, best=best, unstable=unstable)
    return Snapshot(snapshot.commit, components)
