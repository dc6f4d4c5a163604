"""The verdict for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.verdict import Status
from qualitygate.report.output import Material, Output
from qualitygate.report.words import compared, number, ordered, place, printable, title

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.verdict import ConditionResult, Verdict

SIGNS = {Status.PASS: "✓", Status.FAIL: "✗", Status.WARN: "!", Status.WAIVED: "~", Status.UNKNOWN: "?"}
_HEADLINES = {
    Status.PASS: "PASS",
    Status.WARN: "PASS, with warnings",
    Status.FAIL: "FAIL",
    Status.UNKNOWN: "UNKNOWN: could not measure what is required",
    Status.WAIVED: "PASS",
}
_PLACES = 12
_EXCERPT = 90


def render(verdict: Verdict, material: Material) -> str:
    """Write the verdict, each condition with its numbers, and for what failed the lines and the way to green."""
    failed = sum(result.status is Status.FAIL for result in verdict.conditions)
    told = f" — {failed} of {len(verdict.conditions)} conditions are not met" if failed else ""
    out = [f"{_HEADLINES[verdict.status]}{told}", f"  {compared(verdict)}", f"  rules: {printable(verdict.rules)}", ""]
    width = max((len(title(result)) for result in verdict.conditions), default=0)
    for result in ordered(verdict):
        out += _condition(result, width, material.line)
    if verdict.notes:
        out.append("")
        out += [f"note: {printable(note)}" for note in verdict.notes]
    if verdict.proposed is not None:
        out += ["", f"The new rules.yaml would say: {_HEADLINES[verdict.proposed.status]}"]
        out += [
            f"  {SIGNS[each.status]} {title(each)}: {printable(each.explanation)}"
            for each in verdict.proposed.conditions
        ]
    return "\n".join(each.rstrip() for each in out) + "\n"


def _condition(result: ConditionResult, width: int, line: Callable[[str, int], str]) -> list[str]:
    value = number(result, result.value, beside=result.threshold)
    before = f"  was {number(result, result.baseline, beside=result.value)}" if result.baseline is not None else ""
    limit = f"  limit {number(result, result.threshold, beside=result.value)}" if result.threshold is not None else ""
    out = [f"{SIGNS[result.status]} {title(result):<{width}}  {value:>9}{before}{limit}"]
    if result.status is Status.PASS:
        if "exempt" in result.explanation or "no report" in result.explanation:
            out.append(f"    {printable(result.explanation)}")
        return out
    out.append(f"    {printable(result.explanation)}")
    if result.waiver:
        out.append(f"    waived: {printable(result.waiver)}")
    for evidence in result.evidence[:_PLACES]:
        where = printable(place(evidence))
        text = printable(line(evidence.path, evidence.line)).strip() if evidence.line else ""
        out.append(
            f"      {where}  {printable(evidence.message)}".rstrip()
            if where
            else f"      {printable(evidence.message)}"
        )
        if text:
            out.append(f"        | {text[:_EXCERPT]}{'…' if len(text) > _EXCERPT else ''}")
    if len(result.evidence) > _PLACES:
        out.append(f"      and {len(result.evidence) - _PLACES} more places (all are in the JSON output)")
    if result.remedy:
        out.append(f"    → {printable(result.remedy)}")
    return out


OUTPUT = Output(name="console", render=render)
