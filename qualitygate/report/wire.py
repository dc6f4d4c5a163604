"""The verdict as it is written to JSON, and read back."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import msgspec

from qualitygate.model.errors import UsageError
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import (
    BaseKind,
    Baseline,
    ConditionResult,
    Evidence,
    Level,
    On,
    Proposal,
    Status,
    Verdict,
)


class EvidenceWire(msgspec.Struct, frozen=True):
    """One place; line 0 is the file as a whole."""

    path: str
    line: int
    end_line: int
    kind: str
    message: str


class ConditionWire(msgspec.Struct, frozen=True):
    """One condition; a null number is not known where `unknown` names a reason, else the condition has none."""

    id: str
    component: str
    metric: str
    on: On
    level: Level
    status: Status
    value: int | float | None
    baseline: int | float | None
    threshold: int | float | None
    unit: str
    explanation: str
    remedy: str
    evidence: list[EvidenceWire]
    unknown: Reason | None = None
    waiver: str = ""


class HeadWire(msgspec.Struct, frozen=True):
    """What was judged: a commit, or the tree of a working directory with uncommitted files."""

    commit: str


class BaseWire(msgspec.Struct, frozen=True):
    """What it was compared with; `measured` is the commit whose facts were used."""

    commit: str | None
    kind: BaseKind
    distance: int
    measured: str | None = None


class ProposalWire(msgspec.Struct, frozen=True):
    """What the rules that the change brings would say."""

    verdict: Status
    conditions: list[ConditionWire]


class VerdictWire(msgspec.Struct, frozen=True):
    """The whole verdict."""

    schema: Literal["qualitygate/verdict/1"]
    verdict: Status
    head: HeadWire
    base: BaseWire
    conditions: list[ConditionWire]
    rules: str = ""
    notes: list[str] = []
    proposed: ProposalWire | None = None


def verdict_schema() -> bytes:
    """Give the JSON Schema of a verdict, as it is published beside this file."""
    schema = msgspec.json.schema(VerdictWire)
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2) + b"\n"


def read_verdict(data: bytes, origin: str) -> Verdict:
    """Read a saved verdict; UsageError for anything else."""
    try:
        wire = msgspec.json.decode(data, type=VerdictWire)
        return Verdict(
            wire.verdict,
            wire.head.commit,
            Baseline(wire.base.commit or "", wire.base.kind, wire.base.distance, wire.base.measured or ""),
            tuple(_condition(each) for each in wire.conditions),
            wire.rules,
            tuple(wire.notes),
            None
            if wire.proposed is None
            else Proposal(wire.proposed.verdict, tuple(_condition(each) for each in wire.proposed.conditions)),
        )
    except (msgspec.DecodeError, ValueError) as error:
        raise UsageError(
            slug="no-verdict",
            where=origin,
            what=f"this is no saved verdict: {error}",
            remedy="write one with `qualitygate check --output json=verdict.json`",
        ) from None


def _condition(wire: ConditionWire) -> ConditionResult:
    return ConditionResult(
        id=wire.id,
        component=wire.component,
        metric=wire.metric,
        on=wire.on,
        level=wire.level,
        status=wire.status,
        value=_number(wire.value),
        baseline=_number(wire.baseline),
        threshold=_number(wire.threshold),
        unit=wire.unit,
        explanation=wire.explanation,
        remedy=wire.remedy,
        evidence=tuple(
            Evidence(each.path, each.line, each.end_line, each.kind, each.message) for each in wire.evidence
        ),
        unknown=None if wire.unknown is None else Unknown(wire.unknown, wire.explanation),
        waiver=wire.waiver,
    )


def _number(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(str(value))
