"""The verdict as Markdown, for a note or a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.model.verdict import Status
from qualitygate.report.output import Output
from qualitygate.report.words import compared, number, ordered, place, printable, title

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.verdict import ConditionResult, Verdict

SIGNS = {
    Status.PASS: ":white_check_mark:",
    Status.FAIL: ":x:",
    Status.WARN: ":warning:",
    Status.WAIVED: ":ballot_box_with_check:",
    Status.UNKNOWN: ":grey_question:",
}
_HEADLINES = {
    Status.PASS: "The quality gate passed",
    Status.WARN: "The quality gate passed, with warnings",
    Status.FAIL: "The quality gate failed",
    Status.UNKNOWN: "The quality gate could not measure what is required",
    Status.WAIVED: "The quality gate passed",
}
_PLACES = 25


def render(verdict: Verdict, line: Callable[[str, int], str]) -> str:
    """Write a table of the conditions, then for each that is not met its places and what would turn it green."""
    out = [f"## {SIGNS[verdict.status]} {_HEADLINES[verdict.status]}", "", f"{_text(compared(verdict))}.", ""]
    out += ["| | Condition | Value | Before | Limit |", "|---|---|---:|---:|---:|"]
    out += [_row(result) for result in ordered(verdict)]
    for result in ordered(verdict):
        if result.status is not Status.PASS:
            out += _details(result, line)
    if verdict.notes:
        out += ["", *(f"- {_text(note)}" for note in verdict.notes)]
    if verdict.proposed is not None:
        out += ["", f"The new `rules.yaml` would say: **{verdict.proposed.status.value}**"]
        out += [
            f"- {SIGNS[each.status]} {_text(title(each))}: {_text(each.explanation)}"
            for each in verdict.proposed.conditions
        ]
    out += ["", f"Rules: {_text(verdict.rules)}"]
    return "\n".join(out) + "\n"


def _row(result: ConditionResult) -> str:
    cells = (
        SIGNS[result.status],
        _text(title(result)),
        number(result, result.value, beside=result.threshold),
        number(result, result.baseline, beside=result.value),
        number(result, result.threshold, beside=result.value),
    )
    return f"| {' | '.join(cells)} |"


def _details(result: ConditionResult, line: Callable[[str, int], str]) -> list[str]:
    out = ["", f"### {SIGNS[result.status]} {_text(title(result))}", "", f"{_text(result.explanation)}."]
    if result.waiver:
        out += ["", f"Waived: {_text(result.waiver)}"]
    if result.evidence:
        out.append("")
    for evidence in result.evidence[:_PLACES]:
        where = f"{_code(place(evidence))} " if evidence.path else ""
        text = line(evidence.path, evidence.line).strip() if evidence.line else ""
        out.append(f"- {where}{_text(evidence.message)}" + (f" — {_code(text[:120])}" if text else ""))
    if len(result.evidence) > _PLACES:
        out.append(f"- and {len(result.evidence) - _PLACES} more places")
    if result.remedy:
        out += ["", f"**To turn it green:** {_text(result.remedy)}."]
    return out


_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~@$&])")


def _text(text: str) -> str:
    """Write a text so that Markdown and HTML read nothing into it; code that we quote ourselves stays code."""
    pieces = printable(text).split("`")
    if len(pieces) % 2:
        return "".join(_code(each) if index % 2 else _SPECIAL.sub(r"\\\1", each) for index, each in enumerate(pieces))
    return _SPECIAL.sub(r"\\\1", printable(text))


def _code(text: str) -> str:
    """Write a text as code, fenced by more backticks than it holds, pipes harmless in tables."""
    plain = printable(text).replace("|", "¦")
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}" if plain else ""


OUTPUT = Output(name="markdown", render=render)
