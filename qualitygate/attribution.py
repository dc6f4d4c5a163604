"""Where a difference in coverage comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualitygate.model.lines import EMPTY, LineSet

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.ratio import Ratio


@dataclass(frozen=True, slots=True)
class FileComparison:
    """One measured file of the head beside what it was.

    path:       its name at the head.
    before:     coverage of the lines that it kept or that were moved in, by their numbers at the head; None where
                the base never measured them.
    head:       its coverage at the head; where a report spoke of it before and none does now, its old lines uncovered.
    added:      its new lines.
    unmeasured: lines with statements among the new ones that a report should speak of and none does.
    vanished:   whether the base measured it and the head does not.
    unheard:    new lines with statements of which the report that speaks of the file knows none.
    undecided:  lines that were added between the commit that was measured and the base: not the author's.
    """

    path: str
    before: FileCoverage | None
    head: FileCoverage
    added: LineSet
    unmeasured: LineSet = EMPTY
    unheard: LineSet = EMPTY
    vanished: bool = False
    undecided: LineSet = EMPTY

    @property
    def lost(self) -> LineSet:
        """Kept lines that ran before and do not run now."""
        return EMPTY if self.before is None else self.before.covered & self.head.missed - self.added


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where a difference in coverage comes from; base - removed + added + (kept_after - kept_before) = head, exactly.

    base:        what the base had, lines that came from other components included, those that left for one not.
    removed:     of that, what stood on lines that are gone.
    kept_before: of that, what stood on lines that are still there.
    kept_after:  what stands on those lines now; the difference is indirect.
    added:       what stands on new lines.
    undecided:   of kept_after, what stands on lines whose past was never measured.
    """

    base: Ratio
    removed: Ratio
    kept_before: Ratio
    kept_after: Ratio
    added: Ratio
    undecided: Ratio

    @property
    def head(self) -> Ratio:
        """What the head has in all."""
        return self.kept_after + self.added
