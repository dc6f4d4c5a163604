"""How conditions and verdicts are called in every output."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.component import WHOLE_MODULE
from qualitygate.model.ratio import shown
from qualitygate.model.verdict import BaseKind, On, Status

if TYPE_CHECKING:
    from qualitygate.model.verdict import ConditionResult, Evidence, Verdict

_SCOPES = {
    On.OVERALL: "overall",
    On.NEW_CODE: "of new code",
    On.FUNCTION: "of functions",
    On.FILE: "of files",
}
ORDER = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.WAIVED, Status.PASS)
"""What a reader looks at first."""


def title(result: ConditionResult) -> str:
    """Name a condition: the component (unless there is only the module), the metric, what it looks at."""
    metric = result.metric.replace("_", " ")
    where = "" if result.component == WHOLE_MODULE else f"{result.component}: "
    return f"{where}{metric} {_SCOPES[result.on]}"


def number(result: ConditionResult, value: Fraction | None, *, beside: Fraction | None = None) -> str:
    """Write a number of a condition with its unit; a dash where there is none."""
    if value is None:
        return "–"  # noqa: RUF001 - the sign of an empty cell
    full = Fraction(100) if result.unit == "%" else None
    unit = result.unit.removesuffix("s") if value == 1 else result.unit
    return f"{shown(value, beside=beside, full=full)} {unit}".rstrip()


def place(evidence: Evidence) -> str:
    """Write a place as `path:line` or `path:first-last`."""
    if not evidence.path:
        return ""
    if not evidence.line:
        return evidence.path
    if evidence.end_line == evidence.line:
        return f"{evidence.path}:{evidence.line}"
    return f"{evidence.path}:{evidence.line}-{evidence.end_line}"


def compared(verdict: Verdict) -> str:
    """Say in a sentence what was compared with what."""
    head = verdict.head[:12]
    base = verdict.base
    if not base.commit:
        return f"{head}, the first commit: there is nothing to compare with"
    text = f"{head} against {base.commit[:12]}"
    if base.kind is BaseKind.ANCESTOR:
        steps = "1 commit" if base.distance == 1 else f"{base.distance} commits"
        return f"{text}, with the baseline of {base.measured[:12]}, {steps} before it"
    return text


def ordered(verdict: Verdict) -> list[ConditionResult]:
    """Give the conditions, what failed first, else in the order of the rules."""
    return sorted(verdict.conditions, key=lambda result: ORDER.index(result.status))


def printable(text: str) -> str:
    """Write a text so that nothing in it can steer a terminal or break a line."""
    plain = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(each if each.isprintable() else "�" if each in "\x1b\x9b" else " " for each in plain)
