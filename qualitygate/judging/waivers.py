"""Waivers: places of a failed condition that are excused until a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from qualitygate.judging.outcome import counted
from qualitygate.model.component import glob_matches
from qualitygate.model.verdict import ConditionResult, Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from qualitygate.model.rules import Condition, Waiver
    from qualitygate.model.verdict import Evidence

_SOON = timedelta(days=14)


def waived(result: ConditionResult, condition: Condition, waivers: tuple[Waiver, ...], today: date) -> ConditionResult:
    """Apply the waivers: a condition is waived where every place behind it is, else the waived places are taken out.

    An expired waiver excuses nothing and is named in the explanation.
    """
    if result.status not in (Status.FAIL, Status.WARN):
        return result
    matching = [waiver for waiver in waivers if _concerns(waiver, condition, result)]
    acting = [waiver for waiver in matching if today <= waiver.until]
    left = tuple(place for place in result.evidence if not any(_excuses(waiver, place) for waiver in acting))
    if acting:
        told = "; ".join(waiver.told for waiver in acting)
        if any(not waiver.narrow for waiver in acting) or (result.evidence and not left):
            return replace(result, status=Status.WAIVED, waiver=told)
        places = counted(len(result.evidence) - len(left), "place")
        result = replace(result, evidence=left, explanation=f"{result.explanation}; {places} waived: {told}")
    return _with_expired(result, [waiver for waiver in matching if today > waiver.until])


def _with_expired(result: ConditionResult, expired: list[Waiver]) -> ConditionResult:
    if not expired:
        return result
    ends = ", ".join(waiver.until.isoformat() for waiver in expired)
    text = f"a waiver for this ended on {ends} ({'; '.join(waiver.reason for waiver in expired)})"
    return replace(result, explanation=f"{result.explanation}; {text}")


def notes_on_waivers(
    judged: Iterable[tuple[Condition, ConditionResult]], waivers: tuple[Waiver, ...], today: date
) -> tuple[str, ...]:
    """Tell which acting waivers end within two weeks, and which excuse nothing any more.

    judged: the conditions with their results before any waiver.
    """
    failed = [(condition, result) for condition, result in judged if result.status in (Status.FAIL, Status.WARN)]
    notes = []
    for waiver in waivers:
        if today > waiver.until:
            continue
        name = f"the waiver of {waiver.rule} ({waiver.reason})"
        if not any(_concerns(waiver, condition, result) for condition, result in failed):
            notes.append(f"{name} excuses nothing in this change")
        elif waiver.until - today <= _SOON:
            asked = f"; ask {waiver.owner}" if waiver.owner else ""
            notes.append(f"{name} ends on {waiver.until.isoformat()}{asked}")
    return tuple(notes)


def _concerns(waiver: Waiver, condition: Condition, result: ConditionResult) -> bool:
    named = waiver.rule in (condition.rule, condition.metric)
    here = not waiver.components or result.component in waiver.components
    reaches = not waiver.narrow or any(_excuses(waiver, place) for place in result.evidence)
    return named and here and reaches


def _excuses(waiver: Waiver, place: Evidence) -> bool:
    return (
        (not waiver.paths or any(glob_matches(pattern, place.path) for pattern in waiver.paths))
        and (not waiver.functions or any(fnmatchcase(place.name, pattern) for pattern in waiver.functions))
        and (not waiver.findings or place.name in waiver.findings)
    )
