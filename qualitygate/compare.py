"""Base, head and change to attributed changes: what did this change do, and what did it find there?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.attribution import Attribution, FileComparison
from qualitygate.model.change import projected
from qualitygate.model.coverage import FileCoverage
from qualitygate.model.lines import EMPTY, LineSet
from qualitygate.model.ratio import NOTHING, Ratio
from qualitygate.model.snapshot import NO_DUPLICATION_REPORT, Snapshot
from qualitygate.model.source import SourceFacts
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.pairing import FunctionComparison, base_findings, new_findings, pair_functions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from fractions import Fraction

    from qualitygate.model.change import Change
    from qualitygate.model.component import Component
    from qualitygate.model.finding import Finding
    from qualitygate.model.metric import ServerMetric
    from qualitygate.model.tests import TestResults


NO_BASE = Unknown(Reason.NO_BASELINE, "the base was never measured")


@dataclass(frozen=True, slots=True)
class SourceComparison:
    """One source file that the change touches, beside what it was; `base` is None for a new file."""

    path: str
    base_path: str | None
    head: SourceFacts | Unknown
    base: SourceFacts | Unknown | None
    added: LineSet


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything about one component that can be judged.

    coverage_head, coverage_base: why coverage is not known, or None where it is.
    files:      measured files of the head, and new ones that should be measured.
    removed:    coverage that the base had on lines which are gone, by the base's path.
    unmeasured: new files that the reports should speak of and do not.
    functions:  touched or new ones.
    sources:    touched source files.
    all_head, all_base: facts of every source file of the component; empty unless asked for.
    findings_head, findings_base: of the component.
    new_findings: those of the head that stood nowhere in the base; without a known base those on new lines.
    head_coverage, base_coverage: by path, as measured; the base's by the base's paths.
    duplicated_head, duplicated_base: duplicated lines by path.
    duplicated_new: lines by path that are duplicated now and were not, wherever they stood.
    gone:       lines of the base that stand nowhere any more, by the base's path.
    numbers_head, numbers_base: of custom metrics and of a SonarQube server.
    best: the best levels that the protected branch accepted, by condition.
    served: what the server says of its metrics, the head's word before the base's.
    """

    component: Component
    coverage_head: Unknown | None
    coverage_base: Unknown | None
    files: tuple[FileComparison, ...]
    removed: Mapping[str, FileCoverage]
    functions: tuple[FunctionComparison, ...]
    sources: tuple[SourceComparison, ...]
    tests_head: TestResults | Unknown
    tests_base: TestResults | Unknown
    all_head: Mapping[str, SourceFacts | Unknown] = field(default_factory=dict)
    all_base: Mapping[str, SourceFacts | Unknown] = field(default_factory=dict)
    findings_head: tuple[Finding, ...] | Unknown = ()
    findings_base: tuple[Finding, ...] | Unknown = ()
    new_findings: tuple[Finding, ...] = ()
    head_coverage: Mapping[str, FileCoverage] = field(default_factory=dict)
    base_coverage: Mapping[str, FileCoverage] = field(default_factory=dict)
    duplicated_head: Mapping[str, LineSet] | Unknown = NO_DUPLICATION_REPORT
    duplicated_base: Mapping[str, LineSet] | Unknown = NO_DUPLICATION_REPORT
    duplicated_new: Mapping[str, LineSet] = field(default_factory=dict)
    gone: Mapping[str, LineSet] = field(default_factory=dict)
    numbers_head: Mapping[str, Fraction | Unknown] = field(default_factory=dict)
    numbers_base: Mapping[str, Fraction | Unknown] = field(default_factory=dict)
    served: Mapping[str, ServerMetric] = field(default_factory=dict)
    best: Mapping[str, Fraction] = field(default_factory=dict)

    def attribution(self, tally: Callable[[FileCoverage, LineSet | None], Ratio]) -> Attribution:
        """Split a difference in coverage by where it comes from."""
        removed = sum((tally(coverage, None) for coverage in self.removed.values()), NOTHING)
        before = after = added = undecided = NOTHING
        for file in self.files:
            if file.before is not None:
                before += tally(file.before, None)
            whole = tally(file.head, None)
            new = tally(file.head, file.added) if file.added else NOTHING
            added += new
            after += whole.without(new)
            if file.undecided:
                undecided += tally(file.head, file.undecided)
        return Attribution(removed + before, removed, before, after, added, undecided)


@dataclass(frozen=True, slots=True)
class Base:
    """The base as it is known.

    snapshot:  facts of the base, those of an ancestor carried over; None where nothing was measured.
    undecided: by path at the base, the lines added since the commit that was measured.
    sources:   facts of source files by path at the base, at least of the origins of touched files.
    """

    snapshot: Snapshot | None
    undecided: Mapping[str, LineSet] = field(default_factory=dict)
    sources: Mapping[str, SourceFacts | Unknown] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeadFiles:
    """What the head has beside its snapshot.

    sources:  facts of source files by path, at least of touched ones.
    expected: paths of source files that a report of the component should speak of.
    tracked:  all paths of the head.
    """

    sources: Mapping[str, SourceFacts | Unknown]
    expected: Callable[[str, Collection[str]], bool]
    tracked: Collection[str]


def compare(component: Component, base: Base, head: Snapshot, files: HeadFiles, change: Change) -> Comparison:
    """Attribute what differs between base and head in one component; reads no file and asks no clock."""
    head_facts = head.components[component.name]
    own = base.snapshot.components.get(component.name) if base.snapshot is not None else None
    coverage: Mapping[str, FileCoverage] = {} if isinstance(head_facts.coverage, Unknown) else head_facts.coverage
    base_coverage, base_unknown, base_tests = _base_facts(component, base)
    comparisons = _files(component, base, base_coverage, coverage, files, change)
    removed = {
        path: _restricted(base_coverage[path], lines)
        for path, lines in change.removed.items()
        if path in base_coverage and component.holds(path)
    }
    return Comparison(
        component,
        coverage_head=head_facts.coverage if isinstance(head_facts.coverage, Unknown) else None,
        coverage_base=base_unknown,
        files=comparisons,
        removed=removed,
        functions=pair_functions(component, base.sources, files.sources, change),
        sources=_sources(component, base, files, change),
        tests_head=head_facts.tests,
        tests_base=base_tests,
        findings_head=head_facts.findings,
        findings_base=base_findings(component, base.snapshot),
        new_findings=new_findings(head_facts.findings, base.snapshot, change),
        all_head={path: facts for path, facts in files.sources.items() if component.holds(path)},
        all_base={path: facts for path, facts in base.sources.items() if component.holds(path)},
        head_coverage=coverage,
        base_coverage=base_coverage,
        duplicated_head=head_facts.duplicated,
        duplicated_base=NO_BASE if own is None else own.duplicated,
        duplicated_new=_newly_duplicated(head_facts.duplicated, base.snapshot, change),
        gone={path: lines for path, lines in change.removed.items() if component.holds(path)},
        numbers_head=head_facts.numbers,
        numbers_base={} if own is None else own.numbers,
        best={} if own is None else own.best,
        served={**({} if own is None else own.served), **head_facts.served},
    )


def _newly_duplicated(
    head: Mapping[str, LineSet] | Unknown, base: Snapshot | None, change: Change
) -> dict[str, LineSet]:
    """Give duplicated lines that were not duplicated in the base; without a known base all of them."""
    if isinstance(head, Unknown):
        return {}
    known: dict[str, LineSet] = {}
    for facts in base.components.values() if base is not None else ():
        if not isinstance(facts.duplicated, Unknown):
            known.update(facts.duplicated)
    found = {}
    for path, lines in head.items():
        left = lines
        for piece in change.pieces(path):
            left -= piece.to_head(known.get(piece.base_path, EMPTY))
        if left:
            found[path] = left
    return found


def _base_facts(
    component: Component, base: Base
) -> tuple[Mapping[str, FileCoverage], Unknown | None, TestResults | Unknown]:
    """Give coverage of all components by path, whether this one's is known, and this one's tests."""
    nothing = NO_BASE
    if base.snapshot is None:
        return {}, nothing, nothing
    merged: dict[str, FileCoverage] = {}
    for facts in base.snapshot.components.values():
        if not isinstance(facts.coverage, Unknown):
            merged.update(facts.coverage)
    own = base.snapshot.components.get(component.name)
    if own is None:
        # The component may have had another name or other paths; its files speak for it.
        known = any(component.holds(path) for path in merged)
        return merged, None if known else nothing, nothing
    unknown = own.coverage if isinstance(own.coverage, Unknown) else None
    return merged, unknown, own.tests


def _files(
    component: Component,
    base: Base,
    base_coverage: Mapping[str, FileCoverage],
    coverage: Mapping[str, FileCoverage],
    files: HeadFiles,
    change: Change,
) -> tuple[FileComparison, ...]:
    found = []
    if not coverage:
        return ()
    for path, measured in coverage.items():
        before = projected(change.pieces(path), base_coverage)
        undecided = _undecided(base, change, path)
        added = change.added(path)
        unheard = EMPTY if measured.measured & added else _statements(files.sources.get(path)) & added
        found.append(FileComparison(path, before, measured, added, unheard=unheard, undecided=undecided))
    for path in _silent(component, base_coverage, coverage, files, change):
        before = projected(change.pieces(path), base_coverage)
        added = change.added(path)
        if before is not None:
            head = FileCoverage(before.measured, EMPTY, before.branches.untaken(), before.statements.untaken())
            lines = _statements(files.sources.get(path)) & added
            found.append(FileComparison(path, before, head, added, lines, vanished=True))
        elif change.base_path(path) is None and files.expected(path, coverage.keys()):
            lines = _statements(files.sources.get(path)) & added
            found.append(FileComparison(path, None, FileCoverage(), added, lines))
    found.sort(key=lambda file: file.path)
    return tuple(found)


def _silent(
    component: Component,
    base_coverage: Mapping[str, FileCoverage],
    coverage: Mapping[str, FileCoverage],
    files: HeadFiles,
    change: Change,
) -> set[str]:
    """Give the files of the head that no report speaks of, though the base's did or a new file's should."""
    candidates = set(change.files)
    candidates.update(path for path in base_coverage if path in files.tracked)
    return {
        path for path in candidates if path not in coverage and component.holds(path) and path in files.tracked
    }  # fmt: skip


def _statements(facts: SourceFacts | Unknown | None) -> LineSet:
    return facts.statements if isinstance(facts, SourceFacts) else EMPTY


def _undecided(base: Base, change: Change, path: str) -> LineSet:
    if not base.undecided:
        return EMPTY
    bits = 0
    for piece in change.pieces(path):
        lines = base.undecided.get(piece.base_path)
        if lines is not None:
            bits |= piece.to_head(lines).bits
    return LineSet(bits)


def _restricted(coverage: FileCoverage, lines: LineSet) -> FileCoverage:
    return FileCoverage(
        coverage.measured & lines, coverage.covered & lines, coverage.branches.on(lines), coverage.statements.on(lines)
    )


def _sources(component: Component, base: Base, files: HeadFiles, change: Change) -> tuple[SourceComparison, ...]:
    found = []
    for path in sorted(change.files):
        facts = files.sources.get(path)
        if facts is None or not component.holds(path):
            continue
        former = change.base_path(path)
        before = base.sources.get(former) if former is not None else None
        if change.added(path) or (former is not None and change.removed.get(former)):
            found.append(SourceComparison(path, former, facts, before, change.added(path)))
    return tuple(found)
