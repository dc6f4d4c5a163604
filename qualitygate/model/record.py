"""Image builds and gate runs as they are remembered: the rhythm of a module, and what the gate costs and stops."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """An image that was pushed.

    digest: of its manifest.
    when:   ISO 8601, UTC.
    """

    component: str
    commit: str
    digest: str
    when: str


@dataclass(frozen=True, slots=True)
class GateRecord:
    """A run of the gate in a pipeline.

    components: those that were judged.
    verdict:    the word of the verdict.
    milliseconds: how long the gate took, from its start to its verdict.
    failed:     conditions that failed.
    when:       ISO 8601, UTC.
    """

    components: tuple[str, ...]
    commit: str
    verdict: str
    milliseconds: int
    failed: tuple[str, ...]
    when: str


Record = ImageRecord | GateRecord
