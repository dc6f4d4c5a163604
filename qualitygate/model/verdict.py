"""What the gate decided, and the places that decided it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from qualitygate.model.unknown import Unknown


class Status(Enum):
    """The result of a condition or of the whole; the values are the words of the outputs."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    FAIL = "fail"
    WAIVED = "waived"
    UNKNOWN = "unknown"


class Level(Enum):
    """What a condition does to the verdict when it is not met."""

    FAIL = "fail"
    WARN = "warn"


class On(Enum):
    """What a condition looks at."""

    OVERALL = "overall"
    NEW_CODE = "new-code"
    FUNCTION = "function"
    FILE = "file"


class BaseKind(Enum):
    """How the measured baseline stands to the base of the change."""

    EXACT = "exact"
    ANCESTOR = "ancestor"
    NONE = "none"


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """One place behind a result.

    path:     tracked file; empty where the evidence has no place.
    line:     first line, 1-based; 0 where it is the file as a whole.
    end_line: last line, included.
    kind:     uncovered, partial, lost, unmeasured, complexity, test … (a word a program can tell apart).
    message:  one sentence.
    name:     the function, or the rule of the finding, as waivers name it; empty for others.
    """

    path: str
    line: int
    end_line: int
    kind: str
    message: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One line of the rules, applied to one component.

    value, baseline, threshold: in `unit`; None where the condition has none, or where `unknown` says why not.
    explanation: what was compared with what, in a sentence.
    remedy:      what would turn it green; empty where it is green.
    waiver:      reason and end of the waiver that acts; empty without one.
    """

    id: str
    component: str
    metric: str
    on: On
    level: Level
    status: Status
    value: Fraction | None
    baseline: Fraction | None
    threshold: Fraction | None
    unit: str
    explanation: str
    remedy: str = ""
    evidence: tuple[Evidence, ...] = ()
    unknown: Unknown | None = None
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the head was compared with.

    commit:   base of the change; empty for a root commit.
    kind:     whether facts of exactly that commit were there, of an ancestor, or none.
    distance: first-parent steps from the base to the commit that was measured; 0 unless kind is ancestor.
    measured: the commit whose measured facts were used; empty where kind is none.
    """

    commit: str
    kind: BaseKind
    distance: int = 0
    measured: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules that the change itself brings would say, shown beside the verdict and without effect on it."""

    status: Status
    conditions: tuple[ConditionResult, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to: did this change make anything worse?

    rules:    where the rules came from, in words.
    notes:    sentences that a reader must know to read the rest (what was not judged, repaired, carried).
    proposed: None unless the change edits the rules.
    """

    status: Status
    head: str
    base: Baseline
    conditions: tuple[ConditionResult, ...]
    rules: str = ""
    notes: tuple[str, ...] = ()
    proposed: Proposal | None = None
