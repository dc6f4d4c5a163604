"""The verdict as JSON, for programs; the schema is qualitygate/report/verdict.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qualitygate.report.output import Material, Output
from qualitygate.report.wire import BaseWire, ConditionWire, EvidenceWire, HeadWire, ProposalWire, VerdictWire

if TYPE_CHECKING:
    from fractions import Fraction

    from qualitygate.model.verdict import ConditionResult, Verdict


def render(verdict: Verdict, _material: Material) -> str:
    """Write the verdict with all its evidence; keys in a fixed order, no time and no host."""
    wire = VerdictWire(
        schema="qualitygate/verdict/1",
        verdict=verdict.status,
        head=HeadWire(verdict.head),
        base=BaseWire(
            verdict.base.commit or None, verdict.base.kind, verdict.base.distance, verdict.base.measured or None
        ),
        conditions=[_condition(each) for each in verdict.conditions],
        rules=verdict.rules,
        notes=[_plain(note) for note in verdict.notes],
        proposed=None
        if verdict.proposed is None
        else ProposalWire(verdict.proposed.status, [_condition(each) for each in verdict.proposed.conditions]),
    )
    return msgspec.json.format(msgspec.json.encode(wire), indent=2).decode() + "\n"


def _condition(result: ConditionResult) -> ConditionWire:
    return ConditionWire(
        id=result.id,
        component=result.component,
        metric=result.metric,
        on=result.on,
        level=result.level,
        status=result.status,
        value=_number(result.value),
        baseline=_number(result.baseline),
        threshold=_number(result.threshold),
        unit=result.unit,
        explanation=_plain(result.explanation),
        remedy=_plain(result.remedy),
        evidence=[
            EvidenceWire(_plain(each.path), each.line, each.end_line, each.kind, _plain(each.message))
            for each in result.evidence
        ],
        unknown=None if result.unknown is None else result.unknown.reason,
        waiver=result.waiver,
    )


def _number(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)


def _plain(text: str) -> str:
    """Write a name that is not UTF-8 with replacement characters: JSON knows no others."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


OUTPUT = Output(name="json", render=render)
