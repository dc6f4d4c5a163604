"""The verdict as Markdown, for a note or a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.verdict import Status
from qualitygate.report.marks import HEADLINES, SIGNS, TABLE, code, row, text
from qualitygate.report.output import Material, Output
from qualitygate.report.words import compared, ordered, place, title

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.verdict import ConditionResult, Verdict

_PLACES = 25


def render(verdict: Verdict, material: Material) -> str:
    """Write a table of the conditions, then for each that is not met its places and what would turn it green."""
    out = [f"## {SIGNS[verdict.status]} {HEADLINES[verdict.status]}", "", f"{text(compared(verdict))}.", ""]
    out += TABLE
    out += [row(result) for result in ordered(verdict)]
    for result in ordered(verdict):
        if result.status is not Status.PASS:
            out += _details(result, material.line)
    if verdict.notes:
        out += ["", *(f"- {text(note)}" for note in verdict.notes)]
    if verdict.proposed is not None:
        out += ["", f"The new `rules.yaml` would say: **{verdict.proposed.status.value}**"]
        out += [
            f"- {SIGNS[each.status]} {text(title(each))}: {text(each.explanation)}"
            for each in verdict.proposed.conditions
        ]
    out += ["", f"Rules: {text(verdict.rules)}"]
    return "\n".join(out) + "\n"


def _details(result: ConditionResult, line: Callable[[str, int], str]) -> list[str]:
    out = ["", f"### {SIGNS[result.status]} {text(title(result))}", "", f"{text(result.explanation)}."]
    if result.waiver:
        out += ["", f"Waived: {text(result.waiver)}"]
    if result.evidence:
        out.append("")
    for evidence in result.evidence[:_PLACES]:
        where = f"{code(place(evidence))} " if evidence.path else ""
        source = line(evidence.path, evidence.line).strip() if evidence.line else ""
        out.append(f"- {where}{text(evidence.message)}" + (f" — {code(source[:120])}" if source else ""))
    if len(result.evidence) > _PLACES:
        out.append(f"- and {len(result.evidence) - _PLACES} more places")
    if result.remedy:
        out += ["", f"**To turn it green:** {text(result.remedy)}."]
    return out


OUTPUT = Output(name="markdown", render=render)
