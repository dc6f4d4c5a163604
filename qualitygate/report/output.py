"""What an output must offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualitygate.model.discovery import modules, third_party
from qualitygate.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Output:
    """A form of the verdict: one file in `outputs`, whose constant OUTPUT is one of these.

    name:   as `--format` and `--output NAME=PATH` take it.
    render: writes a verdict; the second argument gives the text of a line of a file at the head, empty where it is not
            to be had. Equal verdicts give equal text.
    """

    name: str
    render: Callable[[Verdict, Callable[[str, int], str]], str]


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
