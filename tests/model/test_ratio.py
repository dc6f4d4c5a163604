from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.model.ratio import Ratio, fixed, shown


@pytest.mark.parametrize(
    ("value", "beside", "text"),
    [
        pytest.param(Fraction(80), None, "80", id="whole-numbers-have-no-decimals"),
        pytest.param(Fraction(100 * 99_999, 100_000), None, "99.999", id="almost-all-is-never-shown-as-100"),
        pytest.param(Fraction(100, 100_000), None, "0.001", id="almost-nothing-is-never-shown-as-0"),
        pytest.param(Fraction(79_996, 1000), Fraction(80), "79.996", id="what-fails-is-shown-below-its-bound"),
        pytest.param(Fraction(80_004, 1000), Fraction(80), "80.004", id="what-passes-is-shown-above-its-bound"),
        pytest.param(Fraction(2, 3), None, "0.67", id="two-decimals-else"),
    ],
)
def test_a_display_never_contradicts_a_comparison(value: Fraction, beside: Fraction | None, text: str) -> None:
    assert shown(value, beside=beside, full=Fraction(100)) == text


@given(st.fractions(0, 100, max_denominator=10**5), st.fractions(0, 100, max_denominator=10**5))
def test_what_is_shown_beside_each_other_compares_as_the_numbers_do(one: Fraction, other: Fraction) -> None:
    left, right = Fraction(shown(one, beside=other)), Fraction(shown(other, beside=one))
    assert (left == right) == (one == other)
    if one < other:
        assert left <= right


@given(st.fractions(-1000, 1000), st.integers(0, 6))
def test_fixed_is_near(value: Fraction, digits: int) -> None:
    assert abs(Fraction(fixed(value, digits)) - value) <= Fraction(1, 2 * 10**digits)


@pytest.mark.parametrize(
    ("part", "whole"), [(2, 1), (-1, 3), (0, -1)], ids=["more-than-all", "negative", "less-than-none"]
)
def test_impossible_shares_are_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="not a part"):
        Ratio(part, whole)


def test_counts_add_and_are_taken_away() -> None:
    assert Ratio(1, 2) + Ratio(3, 4) == Ratio(4, 6)
    assert Ratio(4, 6).without(Ratio(3, 4)) == Ratio(1, 2)
    assert Ratio(1, 3).percent() == Fraction(100, 3)
    assert Ratio(1, 3).missed == 2
    with pytest.raises(ValueError, match="not a part"):
        Ratio(1, 2).without(Ratio(0, 2))
