"""What an output must offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualitygate.model.discovery import modules, third_party
from qualitygate.model.errors import UsageError
from qualitygate.model.pipeline import LOCAL, Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qualitygate.model.change import Change
    from qualitygate.model.snapshot import Snapshot
    from qualitygate.model.verdict import Verdict


def _no_line(_path: str, _line: int) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Material:
    """What an output may draw on beside the verdict.

    line:     gives the text of a line of a file at the head; empty where it is not to be had.
    facts:    of the head; None where only a saved verdict is at hand.
    change:   the line map, for places in GitLab's diff; None where only a saved verdict is at hand.
    pipeline: where this runs, for links.
    """

    line: Callable[[str, int], str] = _no_line
    facts: Snapshot | None = None
    change: Change | None = None
    pipeline: Pipeline = LOCAL


@dataclass(frozen=True, slots=True)
class Output:
    """A form of the verdict: one file in `outputs`, whose constant OUTPUT is one of these.

    name:   as `--format` and `--output NAME=PATH` take it.
    render: writes a verdict. Equal verdicts and material give equal text.
    more:   gives further files by what is put before the ending of their name, where the reader bounds the size of
            one; None where one file holds it all.
    """

    name: str
    render: Callable[[Verdict, Material], str]
    more: Callable[[Verdict, Material], Mapping[str, str]] | None = None


def output_of(name: str) -> Output:
    """Find an output by its name; UsageError for one that nobody offers."""
    own = {module.OUTPUT.name: module.OUTPUT for module in modules("qualitygate.report.outputs")}
    found = own.get(name)
    if found is None:
        plugged = {module.OUTPUT.name: module.OUTPUT for module in third_party("qualitygate.outputs")}
        found = plugged.get(name)
    if found is None:
        raise UsageError(
            slug="unknown-output",
            where=name,
            what="there is no output of this name",
            remedy=f"use one of {', '.join(sorted(own))}",
        )
    output: Output = found
    return output
