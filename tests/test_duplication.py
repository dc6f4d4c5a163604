"""Duplicated code is judged by what the change added, and never by what it deleted."""

from __future__ import annotations

from fractions import Fraction

import pytest

from qualitygate.carry import carry
from qualitygate.compare import Base, HeadFiles, compare
from qualitygate.judge import judge
from qualitygate.model.change import Change, FileChange, Piece
from qualitygate.model.component import Component
from qualitygate.model.lines import LineSet
from qualitygate.model.rules import Condition, Rules
from qualitygate.model.snapshot import NO_DUPLICATION_REPORT, ComponentFacts, Snapshot
from qualitygate.model.source import SourceFacts
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import BaseKind, Baseline, ConditionResult, On, Status
from tests.test_judging import TODAY

MODULE = Component("module")
NOTHING = Unknown(Reason.REPORT_MISSING, "none")
DENSITY = Condition("duplicated_lines_density", On.OVERALL, not_worse=True)
NEW = Condition("duplicated_lines_density", On.NEW_CODE, maximum=Fraction(3))
COUNT = Condition("duplicated_lines", On.OVERALL, not_worse=True)


def snapshot(duplicated: dict[str, LineSet] | Unknown) -> Snapshot:
    return Snapshot("c", {"module": ComponentFacts(NOTHING, NOTHING, duplicated=duplicated)})


def sources(**lines: int) -> dict[str, SourceFacts | Unknown]:
    return {f"{name}.py": SourceFacts("e", (), lines=count) for name, count in lines.items()}


def added(path: str, first: int, last: int) -> Change:
    """Add lines at the end of a file."""
    return Change(
        {path: FileChange(path, path, (Piece(path, 1, 1, first - 1),), LineSet.between(first, last))}, {}, frozenset()
    )


def judged(
    condition: Condition,
    *,
    base: dict[str, LineSet] | Unknown | None,
    head: dict[str, LineSet] | Unknown,
    change: Change,
    before: dict[str, SourceFacts | Unknown],
    after: dict[str, SourceFacts | Unknown],
) -> ConditionResult:
    known = Base(None if base is None else snapshot(base), sources=before)
    files = HeadFiles(after, lambda _path, _measured: True, after.keys())
    comparison = compare(MODULE, known, snapshot(head), files, change)
    rules = Rules((MODULE,), {"module": (condition,)})
    return judge([comparison], rules, Baseline("b", BaseKind.EXACT), TODAY).conditions[0]


COPY = {"a.py": LineSet.between(1, 10), "b.py": LineSet.between(1, 10)}


@pytest.mark.parametrize(
    ("condition", "base", "head", "status", "value"),
    [
        pytest.param(DENSITY, COPY, COPY, Status.PASS, Fraction(100 * 20, 210), id="more-code-without-copies"),
        pytest.param(
            DENSITY, {}, {"a.py": LineSet.between(101, 110)}, Status.FAIL, Fraction(1000, 210), id="the-first-copy"
        ),
        pytest.param(COUNT, COPY, COPY, Status.PASS, Fraction(20), id="as-many-lines-as-before"),
        pytest.param(
            COUNT, COPY, {**COPY, "a.py": LineSet.between(1, 11)}, Status.FAIL, Fraction(21), id="one-line-more"
        ),
        pytest.param(NEW, {}, {"a.py": LineSet.between(1, 50)}, Status.PASS, Fraction(0), id="old-copies-are-not-new"),
        pytest.param(
            NEW, {}, {"a.py": LineSet.between(106, 110)}, Status.FAIL, Fraction(50), id="half-of-the-new-lines-copied"
        ),
        pytest.param(DENSITY, COPY, NOTHING, Status.FAIL, None, id="a-report-that-vanished"),
        pytest.param(
            DENSITY, NO_DUPLICATION_REPORT, COPY, Status.UNKNOWN, Fraction(2000, 210), id="never-measured-before"
        ),
        pytest.param(DENSITY, None, COPY, Status.UNKNOWN, Fraction(2000, 210), id="no-baseline"),
        pytest.param(NEW, NO_DUPLICATION_REPORT, NOTHING, Status.UNKNOWN, None, id="no-report-at-all"),
        pytest.param(
            DENSITY,
            COPY,
            Unknown(Reason.REPORT_UNREADABLE, "cut"),
            Status.UNKNOWN,
            None,
            id="an-unreadable-report-is-not-a-missing-one",
        ),
    ],
)
def test_ten_lines_are_added(
    condition: Condition,
    base: dict[str, LineSet] | Unknown | None,
    head: dict[str, LineSet] | Unknown,
    status: Status,
    value: Fraction | None,
) -> None:
    result = judged(
        condition, base=base, head=head, change=added("a.py", 101, 110),
        before=sources(a=100, b=100), after=sources(a=110, b=100),
    )  # fmt: skip
    assert (result.status, result.value) == (status, value)
    if status is Status.FAIL and value is not None:
        first = 11 if condition is COUNT else 101
        assert result.evidence
        assert all(place.line >= first for place in result.evidence)


def test_deleting_code_that_stands_once_is_no_new_duplication() -> None:
    gone = Change({"a.py": FileChange("a.py", "a.py", (Piece("a.py", 1, 1, 20),))}, {"a.py": LineSet.between(21, 100)})
    result = judged(
        DENSITY, base=COPY, head=COPY, change=gone, before=sources(a=100, b=100), after=sources(a=20, b=100)
    )  # fmt: skip
    assert result.status is Status.PASS
    assert result.value == Fraction(2000, 120)
    assert "what is left of the base" in result.explanation


def test_deleting_copies_raises_no_bar() -> None:
    gone = Change({"a.py": FileChange("a.py", "a.py", (Piece("a.py", 11, 1, 90),))}, {"a.py": LineSet.between(1, 10)})
    result = judged(DENSITY, base=COPY, head={}, change=gone, before=sources(a=100, b=100), after=sources(a=90, b=100))
    assert (result.status, result.value, result.baseline) == (Status.PASS, Fraction(0), Fraction(10))


def test_a_change_without_lines_has_nothing_to_measure() -> None:
    result = judged(NEW, base={}, head={}, change=Change(), before=sources(a=9), after=sources(a=9))
    assert result.unknown is not None
    assert result.unknown.reason is Reason.NOTHING_TO_MEASURE


def test_a_small_change_is_exempt() -> None:
    condition = Condition("duplicated_lines", On.NEW_CODE, maximum=Fraction(0), ignore_below=20)
    result = judged(
        condition, base={}, head={"a.py": LineSet.between(101, 110)}, change=added("a.py", 101, 110),
        before=sources(a=100), after=sources(a=110),
    )  # fmt: skip
    assert result.status is Status.PASS
    assert "exempt" in result.explanation


def test_copies_of_an_ancestor_are_carried_to_the_base() -> None:
    between = Change(
        {"b.py": FileChange("b.py", "a.py", (Piece("a.py", 1, 6, None),), LineSet.between(1, 5))},
        {},
        frozenset({"a.py"}),
    )
    carried, _ = carry(snapshot({"a.py": LineSet.between(1, 3), "c.py": LineSet.between(1, 2)}), between, "base")
    assert carried.components["module"].duplicated == {"b.py": LineSet.between(6, 8), "c.py": LineSet.between(1, 2)}
