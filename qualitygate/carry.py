"""Facts of a measured ancestor, carried over the line map to the base of a change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from qualitygate.model.change import projected
from qualitygate.model.lines import LineSet
from qualitygate.model.snapshot import Snapshot
from qualitygate.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qualitygate.model.change import Change
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.finding import Finding


def carry(measured: Snapshot, between: Change, base: str) -> tuple[Snapshot, dict[str, LineSet]]:
    """Carry the coverage of an ancestor over to the base; give the base's lines that were never measured, too."""
    components = {}
    for name, facts in measured.components.items():
        if isinstance(facts.coverage, Unknown):
            components[name] = replace(
                facts, findings=_findings(facts.findings, between), duplicated=_duplicated(facts.duplicated, between)
            )
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
        components[name] = replace(
            facts,
            coverage=coverage,
            findings=_findings(facts.findings, between),
            duplicated=_duplicated(facts.duplicated, between),
            unstable={
                path: flips
                for path, flips in facts.unstable.items()
                if path not in between.files and path not in between.gone
            },
        )
    undecided = {path: file.added for path, file in between.files.items() if file.added}
    return Snapshot(base, components), undecided


def _duplicated(duplicated: Mapping[str, LineSet] | Unknown, between: Change) -> Mapping[str, LineSet] | Unknown:
    """Carry duplicated lines to what they became."""
    if isinstance(duplicated, Unknown):
        return duplicated
    carried = {
        path: lines for path, lines in duplicated.items() if path not in between.files and path not in between.gone
    }
    for path in between.files:
        bits = 0
        for piece in between.pieces(path):
            if piece.base_path in duplicated:
                bits |= piece.to_head(duplicated[piece.base_path]).bits
        if bits:
            carried[path] = LineSet(bits)
    return carried


def _findings(findings: tuple[Finding, ...] | Unknown, between: Change) -> tuple[Finding, ...] | Unknown:
    """Carry findings to the lines that theirs became; one whose line is gone is gone."""
    if isinstance(findings, Unknown):
        return findings
    heads: dict[str, list[str]] = defaultdict(list)
    for path in between.files:
        for origin in between.origins(path):
            heads[origin].append(path)
    carried = []
    for finding in findings:
        if finding.path not in heads and finding.path not in between.gone:
            carried.append(finding)
            continue
        for path in heads[finding.path]:
            if not finding.line and between.base_path(path) == finding.path:
                carried.append(replace(finding, path=path))
            for piece in between.pieces(path):
                if finding.line and piece.base_path == finding.path:
                    lines = piece.to_head(LineSet.of([finding.line]))
                    carried += [
                        replace(finding, path=path, line=line, end_line=line + finding.end_line - finding.line)
                        for line in lines
                    ]
    return tuple(carried)
