"""Exact shares and how they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole, kept as two counts and never as a percentage.

    part:  items that pass, in the metric's unit (lines, branches, tests).
    whole: items examined, same unit; zero means there was nothing to examine, which is neither 0 % nor 100 %.
    """

    part: int
    whole: int

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} is not a part of a whole")

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.part + other.part, self.whole + other.whole)

    def without(self, other: Ratio) -> Ratio:
        """Give what is left when `other`, which this ratio includes, is taken away; ValueError where it does not."""
        return Ratio(self.part - other.part, self.whole - other.whole)

    @property
    def missed(self) -> int:
        """Items examined that do not pass."""
        return self.whole - self.part

    def percent(self) -> Fraction:
        """Give 100 · part / whole, exactly; ZeroDivisionError where there was nothing to examine."""
        return Fraction(100 * self.part, self.whole)


NOTHING = Ratio(0, 0)


def shown(value: Fraction, *, beside: Fraction | None = None, digits: int = 2, full: Fraction | None = None) -> str:
    """Write a number with as few decimals as tell the truth.

    digits: decimals at least, where the number is not whole.
    beside: a number it was compared with: decimals are added until the two differ on paper if they differ in fact.
    full:   a bound (100 for percentages) that is only shown when it is reached: 99.999 is never shown as 100.
    """
    others = [other for other in (beside, full, Fraction(0) if full is not None else None) if other is not None]
    while digits < 12:
        text = fixed(value, digits)
        if all((fixed(other, digits) == text) == (other == value) for other in others):
            return text
        digits += 1
    return fixed(value, digits)


def fixed(value: Fraction, digits: int) -> str:
    """Write a number rounded half to even at `digits` decimals, trailing zeros dropped."""
    scaled = round(value * 10**digits)
    sign = "-" if scaled < 0 else ""
    whole, rest = divmod(abs(scaled), 10**digits)
    decimals = f"{rest:0{digits}d}".rstrip("0") if digits else ""
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"
