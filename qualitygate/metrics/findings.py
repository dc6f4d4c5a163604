"""Findings of linters and scanners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.metric import Direction, FindingMetric
from qualitygate.model.verdict import On

if TYPE_CHECKING:
    from qualitygate.model.finding import Finding


def count(findings: tuple[Finding, ...]) -> int:
    """Count findings, each once however many reports have it."""
    return len(findings)


METRIC = FindingMetric(
    key="findings",
    unit="findings",
    direction=Direction.LOWER,
    why="a fault that a tool can name is the cheapest to avoid",
    scopes=frozenset({On.OVERALL, On.NEW_CODE}),
    count=count,
)
