"""Properties of comparing and judging: the promises Right and Fair, over changes that Hypothesis makes up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qualitygate.compare import Base, Comparison, HeadFiles, compare
from qualitygate.judge import Judgement, judge
from qualitygate.metrics.catalogue import own_metrics
from qualitygate.model.change import Change, FileChange, Piece
from qualitygate.model.component import Component
from qualitygate.model.coverage import FileCoverage
from qualitygate.model.lines import LineSet
from qualitygate.model.metric import CoverageMetric
from qualitygate.model.ratio import NOTHING, Ratio
from qualitygate.model.rules import Condition, Rules, Unmeasured, Waiver
from qualitygate.model.snapshot import ComponentFacts, Snapshot
from qualitygate.model.source import Function, SourceFacts
from qualitygate.model.tests import TestCase, TestResults
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import BaseKind, Baseline, ConditionResult, Level, On, Status

TODAY = date(2026, 6, 1)
WHOLE = Component("module")
EXACT = Baseline("b", BaseKind.EXACT, 0, "b")
GREENER = [Status.FAIL, Status.UNKNOWN, Status.WARN, Status.PASS]
RULES = (
    Condition("coverage", On.OVERALL, not_worse=True),
    Condition("coverage", On.NEW_CODE, minimum=Fraction(80)),
    Condition("line_coverage", On.OVERALL, not_worse=True, tolerance=Fraction(1, 10)),
    Condition("branch_coverage", On.OVERALL, not_worse=True),
    Condition("complexity", On.FUNCTION, maximum=Fraction(10)),
    Condition("crap", On.FUNCTION, maximum=Fraction(30)),
    Condition("failed_tests", On.OVERALL, not_worse=True),
    Condition("coverage", On.FILE, minimum=Fraction(50)),
)


@dataclass
class Line:
    """One line of a made-up file: None cannot run, else whether it ran; and branches (taken, total) that leave it."""

    before: bool | None = None
    after: bool | None = None
    ways: tuple[int, int] = (0, 0)
    ways_after: tuple[int, int] = (0, 0)
    fate: str = "kept"


@dataclass
class World:
    """A base and a head with everything known of both."""

    files: dict[str, list[Line]] = field(default_factory=dict)
    renames: dict[str, str] = field(default_factory=dict)

    def judged(self, conditions: tuple[Condition, ...] = RULES) -> Judgement:
        return judge([self.comparison()], Rules((WHOLE,), {"module": conditions}), EXACT, TODAY)

    def comparison(self) -> Comparison:
        base: dict[str, FileCoverage] = {}
        head: dict[str, FileCoverage] = {}
        touched: dict[str, FileChange] = {}
        removed: dict[str, LineSet] = {}
        gone = set()
        for old, lines in self.files.items():
            new = self.renames.get(old, old)
            kept_from, kept_to = coverage_of(lines, "before"), coverage_of(lines, "after")
            if kept_from is not None:
                base[old] = kept_from
            if kept_to is not None:
                head[new] = kept_to
            pieces, added, dropped = mapped(old, lines)
            if dropped:
                removed[old] = dropped
            if new != old:
                gone.add(old)
            if new != old or added or dropped:
                touched[new] = FileChange(new, old, pieces, added)
        change = Change(touched, removed, frozenset(gone))
        return compare(
            WHOLE,
            Base(Snapshot("b", {"module": facts(base)})),
            Snapshot("h", {"module": facts(head)}),
            HeadFiles({}, lambda _path, _measured: False, set(head)),
            change,
        )


def facts(coverage: dict[str, FileCoverage], tests: TestResults | None = None) -> ComponentFacts:
    return ComponentFacts(
        coverage or Unknown(Reason.REPORT_MISSING, "none"), tests or Unknown(Reason.REPORT_MISSING, "none")
    )


def coverage_of(lines: list[Line], when: str) -> FileCoverage | None:
    here = [line for line in lines if line.fate != ("added" if when == "before" else "removed")]
    hits = {
        number: int(getattr(line, when)) for number, line in enumerate(here, start=1) if getattr(line, when) is not None
    }
    ways = "ways" if when == "before" else "ways_after"
    branches = {number: getattr(line, ways) for number, line in enumerate(here, start=1) if number in hits}
    return FileCoverage.of(hits, branches)


def mapped(path: str, lines: list[Line]) -> tuple[tuple[Piece, ...], LineSet, LineSet]:
    pieces, added, removed = [], [], []
    old = new = 0
    for line in lines:
        old += line.fate != "added"
        new += line.fate != "removed"
        if line.fate == "added":
            added.append(new)
        elif line.fate == "removed":
            removed.append(old)
        else:
            pieces.append(Piece(path, old, new, 1))
    return tuple(pieces), LineSet.of(added), LineSet.of(removed)


ran = st.sampled_from([None, True, True, False])
branching = st.sampled_from([(0, 0), (0, 0), (1, 2), (2, 2), (0, 2)])


@st.composite
def lines_of(draw: st.DrawFn, *, stable: bool = False, fates: tuple[str, ...] = ("kept", "added", "removed")) -> Line:
    fate = draw(st.sampled_from(fates))
    before = draw(ran)
    after = before if stable and fate != "added" else draw(ran)
    if before is None or after is None:
        # A line that can run at one side only is noise, which has its own test.
        before = after = None if fate == "kept" else before
    ways = draw(branching) if before is not None else (0, 0)
    ways_after = ways if stable and fate != "added" else (draw(branching) if after is not None else (0, 0))
    ways = ways if before else (0, ways[1])
    ways_after = ways_after if after else (0, ways_after[1])
    return Line(before, after, ways, ways_after, fate)


def worlds(*, stable: bool = False, fates: tuple[str, ...] = ("kept", "added", "removed")) -> st.SearchStrategy[World]:
    some = st.lists(lines_of(stable=stable, fates=fates), min_size=1, max_size=12)
    return st.builds(World, st.dictionaries(st.sampled_from(["a.py", "b.py", "c.py"]), some, min_size=1))


def named(judgement: Judgement, rule: str) -> ConditionResult:
    return next(result for result in judgement.conditions if result.id == f"module:{rule}")


@given(worlds())
def test_attribution_adds_up(world: World) -> None:
    comparison = world.comparison()
    assume(comparison.coverage_head is None and comparison.coverage_base is None)
    for metric in own_metrics().values():
        if not isinstance(metric, CoverageMetric):
            continue
        parts = comparison.attribution(metric.tally)
        base = sum((metric.tally(each, None) for each in comparison.base_coverage.values()), NOTHING)
        head = sum((metric.tally(each, None) for each in comparison.head_coverage.values()), NOTHING)
        assert parts.base == base
        assert parts.head == head
        for side in ("part", "whole"):
            before, after = getattr(parts.kept_before, side), getattr(parts.kept_after, side)
            indirect = after - before
            assert getattr(base, side) - getattr(parts.removed, side) + getattr(
                parts.added, side
            ) + indirect == getattr(head, side)


@given(worlds(stable=True, fates=("kept",)))
def test_a_head_that_equals_its_base_is_never_worse(world: World) -> None:
    judged = world.judged()
    assert judged.status == Status.PASS
    for result in judged.conditions:
        assert result.status in (Status.PASS, Status.UNKNOWN)
    new = named(judged, "coverage/new-code")
    assert new.unknown is not None
    assert new.unknown.reason is Reason.NOTHING_TO_MEASURE


@given(worlds(stable=True, fates=("kept",)))
def test_a_pure_rename_never_fails_and_has_no_new_code(world: World) -> None:
    renamed = replace(world, renames={path: f"moved/{path}" for path in world.files})
    judged = renamed.judged()
    assert judged.status is Status.PASS
    new = named(judged, "coverage/new-code")
    assert new.value is None
    assert not new.evidence


@given(worlds(stable=True, fates=("kept", "removed")))
def test_deleting_covered_lines_never_fails(world: World) -> None:
    for lines in world.files.values():
        for line in lines:
            if line.fate == "removed" and line.before is not None:
                line.before, line.ways = True, (line.ways[1], line.ways[1])
    assert world.judged().status is not Status.FAIL


@given(worlds(stable=True, fates=("kept", "removed")))
def test_deleting_any_lines_never_fails_and_never_raises_the_bar(world: World) -> None:
    judged = world.judged()
    assert judged.status is not Status.FAIL


@given(worlds(), st.data())
def test_a_line_that_no_longer_runs_never_turns_a_verdict_greener(world: World, data: st.DataObject) -> None:
    candidates = [line for lines in world.files.values() for line in lines if line.fate != "removed" and line.after]
    assume(candidates)
    before = world.judged()
    worse = data.draw(st.sampled_from(candidates))
    worse.after, worse.ways_after = False, (0, worse.ways_after[1])
    after = world.judged()
    for one, other in zip(before.conditions, after.conditions, strict=True):
        if Status.UNKNOWN not in (one.status, other.status):
            assert GREENER.index(other.status) <= GREENER.index(one.status), one.id
    assert GREENER.index(after.status) <= GREENER.index(before.status)


@given(worlds())
def test_swapping_base_and_head_swaps_what_was_added_and_removed(world: World) -> None:
    swap = {"added": "removed", "removed": "added", "kept": "kept"}
    mirrored = World(
        {
            path: [Line(line.after, line.before, line.ways_after, line.ways, swap[line.fate]) for line in lines]
            for path, lines in world.files.items()
        }
    )
    tally = own_metrics()["coverage"]
    assert isinstance(tally, CoverageMetric)
    there, back = world.comparison().attribution(tally.tally), mirrored.comparison().attribution(tally.tally)
    assert (there.base, there.removed, there.added) == (back.head, back.added, back.removed)
    assert (there.kept_before, there.kept_after) == (back.kept_after, back.kept_before)


def test_a_failed_condition_names_the_lines_and_what_would_turn_it_green() -> None:
    world = World({"a.py": [Line(True, True), *(Line(None, number < 6, fate="added") for number in range(12))]})
    result = named(world.judged(), "coverage/new-code")
    assert result.status is Status.FAIL
    assert (result.value, result.threshold) == (Fraction(50), Fraction(80))
    assert [(each.path, each.line, each.end_line) for each in result.evidence] == [("a.py", 8, 13)]
    assert result.remedy == "cover 4 more of these 6 lines and branches"
    for need, expected in ((3, Status.FAIL), (4, Status.PASS)):
        better = World(
            {"a.py": [Line(True, True), *(Line(None, number < 6 + need, fate="added") for number in range(12))]}
        )
        assert named(better.judged(), "coverage/new-code").status is expected


# --- tables over single conditions -----------------------------------------------------------------------------------


def judged_once(
    condition: Condition,
    *,
    base: dict[str, FileCoverage] | None = None,
    head: dict[str, FileCoverage] | None = None,
    change: Change | None = None,
    base_tests: TestResults | None = None,
    head_tests: TestResults | None = None,
    base_sources: dict[str, SourceFacts | Unknown] | None = None,
    head_sources: dict[str, SourceFacts | Unknown] | None = None,
    measured: bool = True,
    expected: bool = False,
    baseline: Baseline = EXACT,
    waivers: tuple[Waiver, ...] = (),
    unreadable: bool = False,
    notes: list[str] | None = None,
) -> ConditionResult:
    head_facts = facts(head or {}, head_tests)
    if unreadable:
        gone = Unknown(Reason.REPORT_UNREADABLE, "coverage.xml")
        head_facts = ComponentFacts(gone, gone)
    snapshot = Snapshot("b", {"module": facts(base or {}, base_tests)}) if measured else None
    comparison = compare(
        WHOLE,
        Base(snapshot, sources=base_sources or {}),
        Snapshot("h", {"module": head_facts}),
        HeadFiles(
            head_sources or {}, lambda _path, _measured: expected, {*(head or {}), *(head_sources or {}), *(base or {})}
        ),
        change or Change(),
    )
    rules = Rules((WHOLE,), {"module": (condition,)}, waivers)
    judgement = judge([comparison], rules, baseline, TODAY)
    if notes is not None:
        notes += judgement.notes
    return judgement.conditions[0]


def part(covered: int, of: int) -> dict[str, FileCoverage]:
    return {"a.py": FileCoverage.of({line: int(line <= covered) for line in range(1, of + 1)})}


NOT_WORSE = Condition("coverage", On.OVERALL, not_worse=True)


@pytest.mark.parametrize(
    ("condition", "base", "head", "status"),
    [
        pytest.param(NOT_WORSE, part(8, 10), part(8, 10), Status.PASS, id="the-same"),
        pytest.param(NOT_WORSE, part(8, 10), part(16, 20), Status.PASS, id="the-same-share-of-more"),
        pytest.param(NOT_WORSE, part(999, 1000), part(9989, 10_000), Status.FAIL, id="a-loss-that-rounding-would-hide"),
        pytest.param(NOT_WORSE, part(8, 10), part(9, 10), Status.PASS, id="better"),
        pytest.param(
            replace(NOT_WORSE, tolerance=Fraction(10)), part(8, 10), part(7, 10), Status.PASS, id="just-tolerated"
        ),
        pytest.param(
            replace(NOT_WORSE, tolerance=Fraction(99, 10)),
            part(8, 10),
            part(7, 10),
            Status.FAIL,
            id="just-not-tolerated",
        ),
        pytest.param(replace(NOT_WORSE, level=Level.WARN), part(8, 10), part(7, 10), Status.WARN, id="a-warning"),
        pytest.param(
            Condition("coverage", On.OVERALL, minimum=Fraction(70)),
            part(8, 10),
            part(7, 10),
            Status.PASS,
            id="at-the-minimum",
        ),
        pytest.param(
            Condition("coverage", On.OVERALL, minimum=Fraction(71)),
            part(8, 10),
            part(7, 10),
            Status.FAIL,
            id="below-the-minimum",
        ),
        pytest.param(
            replace(NOT_WORSE, minimum=Fraction(90)),
            part(8, 10),
            part(8, 10),
            Status.FAIL,
            id="not-worse-and-below-the-minimum",
        ),
        pytest.param(NOT_WORSE, {}, part(8, 10), Status.UNKNOWN, id="a-base-without-coverage"),
        pytest.param(NOT_WORSE, part(8, 10), {}, Status.FAIL, id="a-report-that-vanished"),
        pytest.param(NOT_WORSE, {}, {}, Status.UNKNOWN, id="never-measured"),
        pytest.param(
            Condition("branch_coverage", On.OVERALL, not_worse=True),
            part(8, 10),
            part(8, 10),
            Status.UNKNOWN,
            id="no-branches-at-all",
        ),
        pytest.param(
            Condition("branch_coverage", On.OVERALL, not_worse=True),
            {"a.py": FileCoverage.of({1: 1}, {1: (1, 2)})},
            {"a.py": FileCoverage.of({1: 1})},
            Status.FAIL,
            id="branches-that-are-no-longer-measured",
        ),
    ],
)
def test_overall(
    condition: Condition, base: dict[str, FileCoverage], head: dict[str, FileCoverage], status: Status
) -> None:
    result = judged_once(condition, base=base, head=head)
    assert result.status is status
    assert (result.unknown is not None) == (status is Status.UNKNOWN or not head)
    if status is Status.FAIL:
        assert result.remedy


def test_without_a_baseline_overall_is_unknown_and_shows_the_value() -> None:
    result = judged_once(NOT_WORSE, head=part(8, 10), measured=False)
    assert result.status is Status.UNKNOWN
    assert result.unknown is not None
    assert result.unknown.reason is Reason.NO_BASELINE
    assert result.value == 80
    assert result.baseline is None
    assert "baseline build" in result.remedy


def test_an_unreadable_report_is_not_a_missing_one() -> None:
    result = judged_once(NOT_WORSE, base=part(8, 10), unreadable=True)
    assert result.status is Status.UNKNOWN
    assert result.unknown is not None
    assert result.unknown.reason is Reason.REPORT_UNREADABLE


def test_a_file_that_the_report_no_longer_speaks_of_counts_as_uncovered() -> None:
    base = {"a.py": FileCoverage.of({1: 1, 2: 1}), "b.py": FileCoverage.of({1: 0, 2: 1})}
    result = judged_once(NOT_WORSE, base=base, head={"a.py": base["a.py"]})
    assert result.status is Status.FAIL
    assert ("b.py", "vanished") in [(each.path, each.kind) for each in result.evidence]


def new_file(statements: int) -> tuple[Change, dict[str, SourceFacts | Unknown]]:
    lines = LineSet.between(1, statements)
    return Change({"new.py": FileChange("new.py", None, (), lines)}), {"new.py": SourceFacts("e", (), lines, lines)}


@pytest.mark.parametrize(
    ("unmeasured", "ignore_below", "expected", "status"),
    [
        pytest.param(Unmeasured.UNCOVERED, 0, True, Status.FAIL, id="counts-as-uncovered"),
        pytest.param(Unmeasured.WARN, 0, True, Status.WARN, id="only-warns"),
        pytest.param(Unmeasured.IGNORE, 0, True, Status.UNKNOWN, id="is-ignored"),
        pytest.param(Unmeasured.UNCOVERED, 6, True, Status.PASS, id="a-small-change-is-exempt"),
        pytest.param(Unmeasured.UNCOVERED, 5, True, Status.FAIL, id="a-change-of-that-size-is-not"),
        pytest.param(Unmeasured.UNCOVERED, 0, False, Status.UNKNOWN, id="a-file-no-report-should-speak-of"),
    ],
)
def test_a_new_file_no_report_speaks_of(
    unmeasured: Unmeasured, ignore_below: int, expected: bool, status: Status
) -> None:
    change, sources = new_file(5)
    condition = Condition(
        "coverage", On.NEW_CODE, minimum=Fraction(80), unmeasured=unmeasured, ignore_below=ignore_below
    )
    result = judged_once(
        condition, base=part(1, 1), head=part(1, 1), change=change, head_sources=sources, expected=expected
    )
    assert result.status is status
    if ignore_below == 6:
        assert "small changes are exempt" in result.explanation


def fn(name: str, complexity: int, line: int = 1, length: int = 10) -> Function:
    return Function(name, line, line + length - 1, complexity, 0, length, 0)


def src(*functions: Function) -> dict[str, SourceFacts | Unknown]:
    return {"a.py": SourceFacts("e", functions, LineSet.between(1, 100))}


def edit(*lines: int, removed: tuple[int, ...] = ()) -> Change:
    """Change some of a hundred lines in place."""
    touched = LineSet.of(lines)
    pieces = tuple(Piece("a.py", line, line, 1) for line in range(1, 101) if line not in touched)
    gone = LineSet.of([*lines, *removed])
    return Change({"a.py": FileChange("a.py", "a.py", pieces, touched)}, {"a.py": gone})


FUNCTION = Condition("complexity", On.FUNCTION, maximum=Fraction(10))


@pytest.mark.parametrize(
    ("base", "head", "change", "status"),
    [
        pytest.param(src(fn("f", 5)), src(fn("f", 10)), edit(3), Status.PASS, id="at-the-limit"),
        pytest.param(src(fn("f", 5)), src(fn("f", 11)), edit(3), Status.FAIL, id="above-the-limit"),
        pytest.param(src(fn("f", 20)), src(fn("f", 20)), edit(3), Status.PASS, id="an-old-offender-stays-as-it-was"),
        pytest.param(src(fn("f", 20)), src(fn("f", 15)), edit(3), Status.PASS, id="an-old-offender-improves"),
        pytest.param(src(fn("f", 20)), src(fn("f", 21)), edit(3), Status.FAIL, id="an-old-offender-gets-worse"),
        pytest.param(
            src(fn("f", 20)), src(fn("f", 20)), edit(50), Status.UNKNOWN, id="an-untouched-offender-is-nobodys-fault"
        ),
        pytest.param(src(), src(fn("f", 11)), edit(3), Status.FAIL, id="a-new-function-above-the-limit"),
        pytest.param(
            src(fn("old", 20)),
            src(fn("new", 20)),
            edit(1),
            Status.PASS,
            id="a-renamed-offender-is-the-same-by-its-lines",
        ),
        pytest.param(
            src(fn("old", 20)), src(fn("new", 21)), edit(1), Status.FAIL, id="a-renamed-offender-that-got-worse"
        ),
        pytest.param(
            {"a.py": Unknown(Reason.SOURCE_UNREADABLE, "line 1")},
            src(fn("f", 20)),
            edit(3),
            Status.UNKNOWN,
            id="a-base-that-could-not-be-read",
        ),
        pytest.param(
            src(fn("f", 2)),
            {"a.py": Unknown(Reason.SOURCE_UNREADABLE, "line 1")},
            edit(3),
            Status.UNKNOWN,
            id="a-head-that-cannot-be-read",
        ),
    ],
)
def test_functions(
    base: dict[str, SourceFacts | Unknown], head: dict[str, SourceFacts | Unknown], change: Change, status: Status
) -> None:
    result = judged_once(FUNCTION, base_sources=base, head_sources=head, change=change)
    assert result.status is status
    if status is Status.FAIL:
        (evidence,) = result.evidence
        assert (evidence.path, evidence.line, evidence.end_line) == ("a.py", 1, 10)


def test_a_definition_that_is_put_beside_another_of_its_name_leaves_the_old_one_as_it_was() -> None:
    """What Requests did in bf1a2a4e39: the old function goes into an `else`, a short one of its name before it."""
    head = src(fn("f", 2, 1, 5), replace(fn("f", 17, 7, 40), name="f#2"))
    gone = Change({"a.py": FileChange("a.py", "a.py", (), LineSet.between(1, 100))}, {"a.py": LineSet.between(1, 100)})
    result = judged_once(FUNCTION, base_sources=src(fn("f", 17, 1, 40)), head_sources=head, change=gone)
    assert result.status is Status.PASS


def test_overloads_belong_together_by_the_lines_they_share() -> None:
    """A new overload in front makes the old one the second of its name; its lines are still its own."""
    old = src(fn("f", 12, 1, 20))
    new = src(fn("f", 11, 1, 10), replace(fn("f", 12, 11, 20), name="f#2"))
    change = Change({"a.py": FileChange("a.py", "a.py", (Piece("a.py", 1, 11, None),), LineSet.between(1, 10))})
    result = judged_once(FUNCTION, base_sources=old, head_sources=new, change=change)
    assert result.status is Status.FAIL
    assert [place.message for place in result.evidence] == ["`f` has complexity 11 (new)"]


def test_a_function_moved_out_of_a_file_that_nobody_can_read_is_not_called_new() -> None:
    pieces = (Piece("old.py", 51, 1, 9),)
    change = Change(
        {"a.py": FileChange("a.py", None, pieces, LineSet.between(10, 11))}, {"old.py": LineSet.between(60, 61)}
    )
    unreadable: dict[str, SourceFacts | Unknown] = {"old.py": Unknown(Reason.SOURCE_UNREADABLE, "Python 2")}
    result = judged_once(FUNCTION, base_sources=unreadable, head_sources=src(fn("f", 20, 1, 11)), change=change)
    assert result.status is Status.UNKNOWN
    alone = replace(change, files={"a.py": FileChange("a.py", None, (Piece("old.py", 51, 1, 11),))})
    moved = judged_once(FUNCTION, base_sources=unreadable, head_sources=src(fn("f", 20, 1, 11)), change=alone)
    assert moved.status is not Status.FAIL


def test_a_function_taken_out_of_another_one_is_new() -> None:
    """Its lines are old, but the function they were in is still there under its name."""
    base = src(fn("big", 20, 1, 20))
    head = src(fn("big", 12, 1, 10), fn("small", 11, 11, 10))
    result = judged_once(FUNCTION, base_sources=base, head_sources=head, change=edit(5, 11))
    assert result.status is Status.FAIL
    assert [place.message for place in result.evidence] == ["`small` has complexity 11 (new)"]


@given(st.integers(1, 30), st.integers(1, 30))
def test_a_more_complex_function_never_turns_a_verdict_greener(before: int, after: int) -> None:
    results = [
        judged_once(FUNCTION, base_sources=src(fn("f", before)), head_sources=src(fn("f", value)), change=edit(3))
        for value in (after, after + 1)
    ]
    assert GREENER.index(results[1].status) <= GREENER.index(results[0].status)


def results(failed: int, total: int = 10, skipped: int = 0) -> TestResults:
    return TestResults(
        total,
        tuple(TestCase("s", f"t{number}", "boom") for number in range(failed)),
        tuple(TestCase("s", f"k{number}") for number in range(skipped)),
    )


@pytest.mark.parametrize(
    ("condition", "base", "head", "status", "evidence"),
    [
        pytest.param(
            Condition("failed_tests", On.OVERALL, maximum=Fraction(0)),
            results(0),
            results(0),
            Status.PASS,
            0,
            id="none-fails",
        ),
        pytest.param(
            Condition("failed_tests", On.OVERALL, maximum=Fraction(0)),
            results(1),
            results(1),
            Status.FAIL,
            1,
            id="an-absolute-bound",
        ),
        pytest.param(
            Condition("failed_tests", On.OVERALL, not_worse=True),
            results(1),
            results(1),
            Status.PASS,
            0,
            id="one-failed-before-too",
        ),
        pytest.param(
            Condition("failed_tests", On.OVERALL, not_worse=True),
            results(1),
            results(2),
            Status.FAIL,
            1,
            id="one-more-fails",
        ),
        pytest.param(
            Condition("tests", On.OVERALL, not_worse=True),
            results(0, 10),
            results(0, 9),
            Status.FAIL,
            0,
            id="a-test-is-gone",
        ),
        pytest.param(
            Condition("tests", On.OVERALL, not_worse=True, tolerance=Fraction(1)),
            results(0, 10),
            results(0, 9),
            Status.PASS,
            0,
            id="a-test-less-is-tolerated",
        ),
        pytest.param(
            Condition("tests", On.OVERALL, minimum=Fraction(11)),
            results(0, 10),
            results(0, 10),
            Status.FAIL,
            0,
            id="too-few-tests",
        ),
        pytest.param(
            Condition("skipped_tests", On.OVERALL, not_worse=True),
            results(0),
            results(0, 10, 2),
            Status.FAIL,
            2,
            id="tests-are-skipped",
        ),
        pytest.param(
            Condition("tests", On.OVERALL, not_worse=True),
            None,
            results(0),
            Status.UNKNOWN,
            0,
            id="tests-never-counted-before",
        ),
        pytest.param(
            Condition("tests", On.OVERALL, not_worse=True),
            results(0),
            None,
            Status.FAIL,
            0,
            id="a-test-report-that-vanished",
        ),
        pytest.param(
            Condition("tests", On.OVERALL, not_worse=True), None, None, Status.UNKNOWN, 0, id="no-test-report-ever"
        ),
    ],
)
def test_tests(
    condition: Condition, base: TestResults | None, head: TestResults | None, status: Status, evidence: int
) -> None:
    result = judged_once(condition, base_tests=base, head_tests=head)
    assert result.status is status
    assert len(result.evidence) == (evidence if status is Status.FAIL else len(result.evidence))


@given(st.integers(0, 5), st.integers(0, 5))
def test_a_failing_test_more_never_turns_a_verdict_greener(before: int, after: int) -> None:
    for condition in (
        Condition("failed_tests", On.OVERALL, not_worse=True),
        Condition("failed_tests", On.OVERALL, maximum=Fraction(2)),
    ):
        two = [judged_once(condition, base_tests=results(before), head_tests=results(n)) for n in (after, after + 1)]
        assert GREENER.index(two[1].status) <= GREENER.index(two[0].status)


def test_tests_of_an_ancestor_blame_nobody() -> None:
    condition = Condition("tests", On.OVERALL, not_worse=True)
    ancestor = Baseline("b", BaseKind.ANCESTOR, 3, "a")
    result = judged_once(condition, base_tests=results(0, 10), head_tests=results(0, 9), baseline=ancestor)
    assert result.status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        pytest.param(Condition("complexity", On.OVERALL, not_worse=True), Status.FAIL, id="the-sum-rose"),
        pytest.param(
            Condition("complexity", On.OVERALL, not_worse=True, tolerance=Fraction(6)),
            Status.PASS,
            id="the-sum-rose-as-tolerated",
        ),
        pytest.param(
            Condition("complexity", On.OVERALL, maximum=Fraction(10)), Status.FAIL, id="the-sum-is-above-its-maximum"
        ),
        pytest.param(
            Condition("function_length", On.OVERALL, not_worse=True), Status.PASS, id="the-longest-is-as-long-as-before"
        ),
        pytest.param(
            Condition("complexity", On.FILE, maximum=Fraction(10)), Status.FAIL, id="the-file-is-above-its-maximum"
        ),
        pytest.param(Condition("ncloc", On.FILE, maximum=Fraction(100)), Status.PASS, id="a-file-as-long-as-allowed"),
        pytest.param(
            Condition("ncloc", On.FILE, maximum=Fraction(99)), Status.PASS, id="an-old-file-too-long-and-no-longer"
        ),
        pytest.param(Condition("ncloc", On.NEW_CODE, maximum=Fraction(0)), Status.FAIL, id="a-change-too-large"),
        pytest.param(Condition("ncloc", On.NEW_CODE, maximum=Fraction(1)), Status.PASS, id="a-change-of-one-line"),
        pytest.param(Condition("parameters", On.FUNCTION, maximum=Fraction(0)), Status.PASS, id="no-parameters"),
        pytest.param(Condition("crap", On.FUNCTION, maximum=Fraction(1)), Status.UNKNOWN, id="crap-without-coverage"),
    ],
)
def test_totals_and_files(condition: Condition, status: Status) -> None:
    result = judged_once(condition, base_sources=src(fn("f", 5)), head_sources=src(fn("f", 11)), change=edit(3))
    assert result.status is status


@pytest.mark.parametrize(
    ("covered", "value"),
    [(10, Fraction(6)), (0, Fraction(42)), (5, Fraction(36, 8) + 6)],
    ids=["tested-it-is-its-complexity", "untested-its-square-on-top", "half-tested-an-eighth-of-that"],
)
def test_crap_is_complexity_against_coverage(covered: int, value: Fraction) -> None:
    condition = Condition("crap", On.FUNCTION, maximum=Fraction(30))
    result = judged_once(
        condition,
        base=part(10, 10),
        head=part(covered, 10),
        base_sources=src(),
        head_sources=src(fn("f", 6)),
        change=edit(3),
    )
    assert result.value == value
    assert result.status is (Status.FAIL if value > 30 else Status.PASS)


@pytest.mark.parametrize(
    ("waiver", "status"),
    [
        pytest.param(Waiver("complexity/function", date(2026, 6, 1), "r"), Status.WAIVED, id="on-its-last-day"),
        pytest.param(Waiver("complexity/function", date(2026, 5, 31), "r"), Status.FAIL, id="a-day-after"),
        pytest.param(Waiver("complexity", date(2027, 1, 1), "r"), Status.WAIVED, id="by-the-metric-alone"),
        pytest.param(Waiver("coverage", date(2027, 1, 1), "r"), Status.FAIL, id="of-another-metric"),
        pytest.param(Waiver("complexity/function", date(2027, 1, 1), "r", ("a.py",)), Status.WAIVED, id="of-the-place"),
        pytest.param(
            Waiver("complexity/function", date(2027, 1, 1), "r", ("b/**",)), Status.FAIL, id="of-another-place"
        ),
        pytest.param(
            Waiver("complexity/function", date(2027, 1, 1), "r", (), ("module",)), Status.WAIVED, id="of-the-component"
        ),
        pytest.param(
            Waiver("complexity/function", date(2027, 1, 1), "r", (), ("other",)), Status.FAIL, id="of-another-component"
        ),
    ],
)
def test_waivers(waiver: Waiver, status: Status) -> None:
    result = judged_once(
        FUNCTION, base_sources=src(fn("f", 5)), head_sources=src(fn("f", 11)), change=edit(3), waivers=(waiver,)
    )
    assert result.status is status
    assert (result.waiver != "") == (status is Status.WAIVED)
    if waiver.until < TODAY:
        assert "ended on 2026-05-31" in result.explanation


FAR, SOON = date(2027, 1, 1), date(2026, 6, 10)


def judgement_of(*waivers: Waiver) -> tuple[ConditionResult, tuple[str, ...]]:
    """Judge a change that makes two functions too complex."""
    notes: list[str] = []
    result = judged_once(
        FUNCTION, base_sources=src(fn("f", 5), fn("g", 5, 20)), head_sources=src(fn("f", 11), fn("g", 12, 20)),
        change=edit(3, 22), waivers=waivers, notes=notes,
    )  # fmt: skip
    return result, tuple(notes)


@pytest.mark.parametrize(
    ("waivers", "status", "left"),
    [
        pytest.param((Waiver("complexity", FAR, "r", functions=("f",)),), Status.FAIL, ["g"], id="one-function-of-two"),
        pytest.param(
            (Waiver("complexity", FAR, "r", functions=("?",)),), Status.WAIVED, ["f", "g"], id="a-glob-of-both"
        ),
        pytest.param(
            (Waiver("complexity", FAR, "r", functions=("f",)), Waiver("complexity", FAR, "s", functions=("g",))),
            Status.WAIVED,
            ["f", "g"],
            id="two-waivers-together",
        ),
        pytest.param(
            (Waiver("complexity", FAR, "r", ("b.py",), functions=("f",)),),
            Status.FAIL,
            ["f", "g"],
            id="of-another-file",
        ),
        pytest.param((Waiver("complexity", FAR, "r", findings=("S1",)),), Status.FAIL, ["f", "g"], id="of-a-finding"),
    ],
)
def test_a_waiver_excuses_the_functions_that_it_names(
    waivers: tuple[Waiver, ...], status: Status, left: list[str]
) -> None:
    result, _ = judgement_of(*waivers)
    assert (result.status, [place.name for place in result.evidence]) == (status, left)
    if status is Status.FAIL and len(left) == 1:
        assert "1 place waived: r (until 2027-01-01)" in result.explanation


@pytest.mark.parametrize(
    ("waiver", "note"),
    [
        pytest.param(Waiver("complexity", FAR, "r"), "", id="far-from-its-end"),
        pytest.param(
            Waiver("complexity", SOON, "r", owner="ana"),
            "the waiver of complexity (r) ends on 2026-06-10; ask ana",
            id="two-weeks-before-its-end",
        ),
        pytest.param(
            Waiver("complexity", date(2026, 6, 15), "r"), "the waiver of complexity (r) ends", id="the-fourteenth-day"
        ),
        pytest.param(Waiver("complexity", date(2026, 6, 16), "r"), "", id="the-fifteenth-day"),
        pytest.param(
            Waiver("coverage", FAR, "r"), "the waiver of coverage (r) excuses nothing in this change", id="unused"
        ),
        pytest.param(Waiver("coverage", date(2026, 5, 31), "r"), "", id="unused-and-expired"),
    ],
)
def test_waivers_that_end_soon_or_excuse_nothing_are_told(waiver: Waiver, note: str) -> None:
    _, notes = judgement_of(waiver)
    assert len(notes) == bool(note)
    assert not note or notes[0].startswith(note)


def test_what_an_ancestor_never_measured_is_not_the_authors() -> None:
    """Others added two uncovered lines between the measured ancestor and the base; the head only touched elsewhere."""
    head = {"a.py": FileCoverage.of({1: 1, 2: 1, 3: 0, 4: 0})}
    base = Snapshot("b", {"module": facts({"a.py": FileCoverage.of({1: 1, 2: 1})})})
    outcomes = []
    for undecided in ({}, {"a.py": LineSet.of([3, 4])}):
        comparison = compare(
            WHOLE,
            Base(base, undecided),
            Snapshot("h", {"module": facts(head)}),
            HeadFiles({}, lambda _path, _measured: False, {"a.py"}),
            Change(),
        )
        outcomes.append(judge([comparison], Rules((WHOLE,), {"module": (NOT_WORSE,)}), EXACT, TODAY).status)
    assert outcomes == [Status.FAIL, Status.PASS]


@pytest.mark.parametrize(
    ("reason", "required", "status"),
    [
        pytest.param(Reason.NO_BASELINE, True, Status.UNKNOWN, id="a-required-condition-without-baseline"),
        pytest.param(Reason.NO_BASELINE, False, Status.PASS, id="another-condition-without-baseline"),
        pytest.param(Reason.NOTHING_TO_MEASURE, True, Status.PASS, id="a-required-condition-with-nothing-to-measure"),
        pytest.param(Reason.REPORT_UNREADABLE, False, Status.UNKNOWN, id="a-report-that-cannot-be-read"),
    ],
)
def test_the_whole_verdict(reason: Reason, required: bool, status: Status) -> None:
    from qualitygate.judge import whole  # noqa: PLC0415 - the one test of it

    unknown = judged_once(NOT_WORSE, measured=False, head=part(1, 1))
    result = replace(unknown, unknown=Unknown(reason, "x"))
    assert whole([result], [result.id] if required else []) is status
    assert whole([result, replace(result, status=Status.FAIL)], []) is Status.FAIL
    assert whole([replace(result, status=Status.WARN)], []) is Status.WARN


def test_overall_counts_what_came_from_another_component() -> None:
    """A file that moves to another component takes its past along, so a pure move makes neither of them worse."""
    back, front = Component("back", ("back/**",)), Component("front", ("front/**",))
    poor = FileCoverage.of(dict.fromkeys(range(1, 11), 0))
    good = FileCoverage.of(dict.fromkeys(range(1, 11), 1))
    base = Snapshot("b", {"back": facts({"back/x.py": poor, "back/y.py": good}), "front": facts({"front/z.py": good})})
    head = Snapshot("h", {"back": facts({"back/y.py": good}), "front": facts({"front/x.py": poor, "front/z.py": good})})
    change = Change(
        {"front/x.py": FileChange("front/x.py", "back/x.py", (Piece("back/x.py", 1, 1, None),))},
        {},
        frozenset({"back/x.py"}),
    )
    names = {"back/y.py", "front/x.py", "front/z.py"}
    judged = judge(
        [
            compare(component, Base(base), head, HeadFiles({}, lambda _path, _measured: False, names), change)
            for component in (back, front)
        ],
        Rules((back, front), {"back": (NOT_WORSE,), "front": (NOT_WORSE,)}),
        EXACT,
        TODAY,
    )
    assert [result.status for result in judged.conditions] == [Status.PASS, Status.PASS]


def test_ratio_of_nothing_is_neither_all_nor_none() -> None:
    assert Ratio(0, 0) == NOTHING
    with pytest.raises(ZeroDivisionError):
        NOTHING.percent()
