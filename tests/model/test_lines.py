from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.model.lines import EMPTY, LAST_LINE, LineSet

numbers = st.sets(st.integers(1, 400))


@given(numbers, numbers)
def test_line_sets_are_sets_of_numbers(left: set[int], right: set[int]) -> None:
    one, other = LineSet.of(left), LineSet.of(right)
    assert list(one) == sorted(left)
    assert len(one) == len(left)
    assert set(one | other) == left | right
    assert set(one & other) == left & right
    assert set(one - other) == left - right
    assert one.last == max(left, default=0)
    assert all((line in one) == (line in left) for line in range(402))


@given(numbers)
def test_ranges_hold_every_line_once_and_never_touch(lines: set[int]) -> None:
    ranges = list(LineSet.of(lines).ranges())
    assert [line for first, last in ranges for line in range(first, last + 1)] == sorted(lines)
    assert all(second[0] > first[1] + 1 for first, second in itertools.pairwise(ranges))


@given(numbers, st.integers(1, 200), st.one_of(st.none(), st.integers(0, 100)), st.integers(1, 300))
def test_shifting_moves_the_lines_of_a_stretch(lines: set[int], start: int, length: int | None, to: int) -> None:
    end = 10_000 if length is None else start + length
    expected = {line - start + to for line in lines if start <= line < end}
    assert set(LineSet.of(lines).shifted(start=start, length=length, to=to)) == expected


@pytest.mark.parametrize("line", [0, -1, LAST_LINE + 1], ids=["zero", "negative", "beyond-the-last-believed-line"])
def test_impossible_line_numbers_are_refused(line: int) -> None:
    with pytest.raises(ValueError, match="line numbers run from 1"):
        LineSet.of([3, line])


def test_between_is_empty_backwards() -> None:
    assert LineSet.between(5, 4) == EMPTY
    assert list(LineSet.between(4, 6)) == [4, 5, 6]
    assert not EMPTY
    assert EMPTY.last == 0
