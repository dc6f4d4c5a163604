"""Facts of a measured ancestor, carried over the line map to the base of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.change import projected
from qualitygate.model.snapshot import ComponentFacts, Snapshot
from qualitygate.model.unknown import Unknown

if TYPE_CHECKING:
    from qualitygate.model.change import Change
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.lines import LineSet


def carry(measured: Snapshot, between: Change, base: str) -> tuple[Snapshot, dict[str, LineSet]]:
    """Carry the coverage of an ancestor over to the base; give the base's lines that were never measured, too."""
    components = {}
    for name, facts in measured.components.items():
        if isinstance(facts.coverage, Unknown):
            components[name] = facts
            continue
        coverage: dict[str, FileCoverage] = {
            path: each
            for path, each in facts.coverage.items()
            if path not in between.files and path not in between.gone
        }
        for path in between.files:
            kept = projected(between.pieces(path), facts.coverage)
            if kept is not None and kept.measured:
                coverage[path] = kept
        components[name] = ComponentFacts(coverage, facts.tests, {}, facts.reports)
    undecided = {path: file.added for path, file in between.files.items() if file.added}
    return Snapshot(base, components), undecided
