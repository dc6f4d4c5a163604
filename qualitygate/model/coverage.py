"""What tests executed of one file."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualitygate.model.lines import EMPTY, LAST_LINE, LineSet
from qualitygate.model.ratio import NOTHING, Ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_BRANCHES = 2**32 - 1
"""Of one line: what its place in `Branches.packed` holds."""


@dataclass(frozen=True, slots=True)
class Branches:
    """The branches of a file, by the line that they leave from.

    packed: (line, taken, total) as native unsigned 32-bit integers, ascending by line: twelve bytes a line where three
            Python integers would cost a hundred and fifty. `total` is at least 1 and `taken` at most `total`.
    """

    packed: bytes = b""

    @classmethod
    def of(cls, by_line: Mapping[int, tuple[int, int]]) -> Branches:
        """Make it from {line: (taken, total)}; lines without branches are left out."""
        flat = array("I")
        for line in sorted(by_line):
            taken, total = by_line[line]
            if not 0 <= taken <= total <= _MOST_BRANCHES or not 0 < line <= LAST_LINE:
                raise ValueError(f"{taken} of {total} branches on line {line}")
            if total:
                flat.extend((line, taken, total))
        return cls(flat.tobytes())

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        numbers = memoryview(self.packed).cast("I")
        return zip(numbers[0::3], numbers[1::3], numbers[2::3], strict=True)

    def __bool__(self) -> bool:
        return bool(self.packed)

    def __or__(self, other: Branches) -> Branches:
        if not other.packed or self.packed == other.packed:
            return self
        if not self.packed:
            return other
        united = self.as_mapping()
        for line, taken, total in other:
            seen = united.get(line, (0, 0))
            whole = max(total, seen[1])
            united[line] = (min(max(taken, seen[0]), whole), whole)
        return Branches.of(united)

    def on(self, lines: LineSet) -> Branches:
        """Give those that leave from the given lines."""
        return Branches.of({line: (taken, total) for line, taken, total in self if line in lines})

    def untaken(self) -> Branches:
        """Give the same branches, none of them taken."""
        return Branches.of({line: (0, total) for line, _, total in self})

    def as_mapping(self) -> dict[int, tuple[int, int]]:
        """Give {line: (taken, total)}."""
        return {line: (taken, total) for line, taken, total in self}

    def ratio(self, lines: LineSet | None = None) -> Ratio:
        """Count taken of all branches that leave from the given lines; None: from every line."""
        if not self.packed:
            return NOTHING
        if lines is None:
            numbers = memoryview(self.packed).cast("I")
            return Ratio(sum(numbers[1::3]), sum(numbers[2::3]))
        taken = total = 0
        for line, line_taken, line_total in self:
            if line in lines:
                taken += line_taken
                total += line_total
        return Ratio(taken, total)


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """What tests executed of one file.

    measured: executable lines that the tool watched.
    covered:  those that ran, a part of `measured`.
    branches: branches by the line that they leave from, a line of `measured`; empty where branches were not measured
              or the file has none.
    statements: executed and all statements by the line that they start on; empty where the tool does not tell
              statements from lines.
    """

    measured: LineSet = EMPTY
    covered: LineSet = EMPTY
    branches: Branches = Branches()
    statements: Branches = Branches()

    def __post_init__(self) -> None:
        if self.covered.bits & ~self.measured.bits:
            raise ValueError("a line is covered that was not measured")

    @classmethod
    def of(cls, hits: Mapping[int, int], branches: Mapping[int, tuple[int, int]] | None = None) -> FileCoverage:
        """Make it from {line: times it ran} and {line: (branches taken, branches)}; a negative count is not a run."""
        measured = LineSet.of(hits)
        covered = LineSet.of([line for line, count in hits.items() if count > 0])
        return cls(measured, covered, Branches.of(branches) if branches else Branches())

    def __or__(self, other: FileCoverage) -> FileCoverage:
        """Unite two measurements: a line is covered if either ran it.

        Of branches the reports give only how many were taken, not which, so a line counts the larger of the two: the
        number that both measurements prove together.
        """
        return FileCoverage(
            self.measured | other.measured,
            self.covered | other.covered,
            self.branches | other.branches,
            self.statements | other.statements,
        )

    @property
    def missed(self) -> LineSet:
        """Executable lines that no test ran."""
        return self.measured - self.covered

    def line_ratio(self, lines: LineSet | None = None) -> Ratio:
        """Count covered of executable lines among the given ones; None: among all."""
        if lines is None:
            return Ratio(len(self.covered), len(self.measured))
        return Ratio(len(self.covered & lines), len(self.measured & lines))
