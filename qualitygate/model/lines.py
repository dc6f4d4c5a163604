"""Sets of line numbers, kept as one integer: a bit a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LAST_LINE = 16_000_000
"""The highest line number that is believed; a report that names a later line is refused (a set costs a bit a line)."""


@dataclass(frozen=True, slots=True)
class LineSet:
    """An immutable set of 1-based line numbers of one file.

    bits: bit n is set where line n belongs to the set; bit 0 is never set.

    Union, intersection and difference cost a machine word for 64 lines, and an equal set has equal bits, so that
    whole files are compared at once.
    """

    bits: int = 0

    @classmethod
    def of(cls, lines: Iterable[int]) -> LineSet:
        """Make the set of the given line numbers (any order, repeats allowed)."""
        numbers = list(lines)
        if not numbers:
            return EMPTY
        if min(numbers) < 1 or max(numbers) > LAST_LINE:
            raise ValueError(f"line numbers run from 1 to {LAST_LINE}")
        packed = bytearray((max(numbers) >> 3) + 1)
        for number in numbers:
            packed[number >> 3] |= 1 << (number & 7)
        return cls(int.from_bytes(packed, "little"))

    @classmethod
    def between(cls, first: int, last: int) -> LineSet:
        """Make the set of all lines from first to last, both included; empty where last is before first."""
        if last < first:
            return EMPTY
        return cls(((1 << (last - first + 1)) - 1) << first)

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __bool__(self) -> bool:
        return self.bits != 0

    def __contains__(self, line: int) -> bool:
        return line > 0 and bool(self.bits >> line & 1)

    def __or__(self, other: LineSet) -> LineSet:
        return LineSet(self.bits | other.bits)

    def __and__(self, other: LineSet) -> LineSet:
        return LineSet(self.bits & other.bits)

    def __sub__(self, other: LineSet) -> LineSet:
        return LineSet(self.bits & ~other.bits)

    def __iter__(self) -> Iterator[int]:
        packed = self.bits.to_bytes((self.bits.bit_length() + 7) >> 3, "little")
        for index, byte in enumerate(packed):
            if byte:
                for bit in range(8):
                    if byte >> bit & 1:
                        yield (index << 3) + bit

    @property
    def last(self) -> int:
        """The highest line of the set; 0 for the empty set."""
        return max(self.bits.bit_length() - 1, 0)

    def ranges(self) -> Iterator[tuple[int, int]]:
        """Yield the runs of consecutive lines as (first, last), ascending."""
        start = previous = 0
        for line in self:
            if start and line == previous + 1:
                previous = line
                continue
            if start:
                yield start, previous
            start = previous = line
        if start:
            yield start, previous

    def shifted(self, *, start: int, length: int | None, to: int) -> LineSet:
        """Move the members among `length` lines from `start` so that `start` becomes `to`; None: all to the end."""
        part = self.bits >> start
        if length is not None:
            part &= (1 << length) - 1
        return LineSet(part << to)


EMPTY = LineSet()
