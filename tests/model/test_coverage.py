from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.model.coverage import Branches, FileCoverage
from qualitygate.model.lines import LineSet
from qualitygate.model.ratio import Ratio

hits = st.dictionaries(st.integers(1, 60), st.integers(-1, 3))
branches = st.dictionaries(
    st.integers(1, 60), st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda two: (min(two), max(two)))
)
coverages = st.builds(FileCoverage.of, hits, branches)


@given(hits, branches)
def test_coverage_counts_what_it_was_made_from(lines: dict[int, int], ways: dict[int, tuple[int, int]]) -> None:
    made = FileCoverage.of(lines, ways)
    assert made.line_ratio() == Ratio(sum(count > 0 for count in lines.values()), len(lines))
    assert made.branches.ratio() == Ratio(sum(t for t, _ in ways.values()), sum(n for _, n in ways.values()))
    assert made.branches.as_mapping() == {line: way for line, way in ways.items() if way[1]}
    some = LineSet.between(10, 30)
    assert made.line_ratio(some).whole == sum(10 <= line <= 30 for line in lines)
    assert made.branches.ratio(some).whole == sum(n for line, (_, n) in ways.items() if 10 <= line <= 30)


@given(coverages, coverages)
def test_uniting_covers_what_either_covered(one: FileCoverage, other: FileCoverage) -> None:
    both = one | other
    assert both == other | one
    assert both.covered == one.covered | other.covered
    assert both.measured == one.measured | other.measured
    assert one | one == one
    for line, taken, _ in one.branches:
        assert both.branches.as_mapping()[line][0] >= min(taken, both.branches.as_mapping()[line][1])


def test_a_line_cannot_be_covered_without_being_measured() -> None:
    with pytest.raises(ValueError, match="not measured"):
        FileCoverage(LineSet.of([1]), LineSet.of([2]))


@pytest.mark.parametrize("way", [(2, 1), (-1, 1)], ids=["more-than-there-are", "negative"])
def test_impossible_branches_are_refused(way: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="branches on line 4"):
        Branches.of({4: way})
