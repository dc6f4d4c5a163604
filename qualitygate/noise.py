"""Unstable lines: their coverage flips between measurements of identical content, so losing one is nobody's doing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qualitygate.model.lines import LineSet
from qualitygate.model.snapshot import ComponentFacts, Flip, Snapshot
from qualitygate.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qualitygate.compare import Base
    from qualitygate.model.change import Change

FORGOTTEN_AFTER = 30
"""Baselines without a flip after which a line counts as stable again."""
_TOLD = 3


def learned(
    before: ComponentFacts, now: ComponentFacts, change: Change, *, commits: tuple[str, str], identical: bool
) -> dict[str, tuple[Flip, ...]]:
    """Give the unstable lines that a baseline knows after one more measurement.

    before, commits: the measurement before this one, and what the two were made of.
    identical: whether nothing that could run differs between the two: only then is a flip noise.
    Lines of files that changed are forgotten (their content is another), others after a while without a flip.
    """
    found: dict[str, dict[int, Flip]] = {}
    for path, flips in before.unstable.items():
        if path in change.files or path in change.gone:
            continue
        found[path] = {flip.line: replace(flip, age=flip.age + 1) for flip in flips if flip.age < FORGOTTEN_AFTER}
    if identical and not isinstance(before.coverage, Unknown) and not isinstance(now.coverage, Unknown):
        for path, theirs in before.coverage.items():
            mine = now.coverage.get(path)
            if mine is None or path in change.files or mine.measured != theirs.measured:
                continue
            flipped = (theirs.covered.bits ^ mine.covered.bits) & mine.measured.bits
            for line in LineSet(flipped):
                found.setdefault(path, {})[line] = Flip(line, *commits)
    return {path: tuple(flips[line] for line in sorted(flips)) for path, flips in sorted(found.items()) if flips}


def steadied(
    head: Snapshot, base: Base, change: Change, holds: Callable[[str, str], bool]
) -> tuple[Snapshot, list[str]]:
    """Count unstable lines as covered that the base had covered and the head has not, with a sentence for each.

    holds: whether a component (by name) holds a path. A file that the change touches is judged as it was measured.
    """
    if base.snapshot is None:
        return head, []
    components, told = dict(head.components), []
    for name, facts in head.components.items():
        known = base.snapshot.components.get(name)
        if known is None or isinstance(facts.coverage, Unknown) or isinstance(known.coverage, Unknown):
            continue
        coverage = dict(facts.coverage)
        for path, flips in known.unstable.items():
            mine, theirs = coverage.get(path), known.coverage.get(path)
            if mine is None or theirs is None or path in change.files or not holds(name, path):
                continue
            lost = LineSet.of(flip.line for flip in flips) & theirs.covered & mine.measured - mine.covered
            if lost:
                coverage[path] = replace(mine, covered=LineSet(mine.covered.bits | lost.bits))
                told += [_sentence(path, flip) for flip in flips if flip.line in lost]
        components[name] = replace(facts, coverage=coverage)
    more = [f"and {len(told) - _TOLD} more unstable lines"] if len(told) > _TOLD else []
    return Snapshot(head.commit, components), [*told[:_TOLD], *more]


def _sentence(path: str, flip: Flip) -> str:
    return (
        f"{path}:{flip.line} did not run, but is unstable (it flipped between {flip.before[:12]} and "
        f"{flip.after[:12]}, which have the same content): it counts as covered"
    )


def listed(facts: Mapping[str, ComponentFacts]) -> list[str]:
    """Write all unstable lines with their evidence."""
    return [
        f"{path}:{flip.line} is unstable: it flipped between {flip.before[:12]} and {flip.after[:12]}, "
        f"{flip.age} baselines ago"
        for each in facts.values()
        for path, flips in each.unstable.items()
        for flip in flips
    ]
