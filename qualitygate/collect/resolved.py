"""One report while it is read: its names resolved to tracked files, its records united."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from qualitygate.collect.format import Deferred, Duplicated, Measured, Note, Reported, SourceRoot, Tested
from qualitygate.collect.paths import Found, NotFound, TrackedPaths
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.lines import EMPTY, LineSet
from qualitygate.model.snapshot import ReportUse

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.collect.format import Format, Record
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.finding import Finding
    from qualitygate.model.tests import Outcome, TestCase

_NAMES_SHOWN = 10


class ResolvedReport:
    """One report while it is read: its names resolved, its files united."""

    def __init__(self, tracked: TrackedPaths, read: Callable[[str], bytes | None], origin: str) -> None:
        self._tracked = tracked
        self._read = read
        self._origin = origin
        self._roots: list[str] = []
        self._prefixes: set[str] = set()
        self._doubtful: list[tuple[Found, Measured | Deferred]] = []
        self.names = 0
        self.coverage: dict[str, FileCoverage] = {}
        self.tests: list[tuple[TestCase, Outcome]] = []
        self.findings: list[Finding] = []
        self.duplicated: dict[str, LineSet] = {}
        self.unmatched: list[str] = []
        self.lost = 0
        self.notes: list[str] = []

    def take(self, record: Record) -> None:
        """Take in one record of the report."""
        match record:
            case Measured() | Deferred():
                self.names += 1
                self._resolve(record)
            case SourceRoot():
                self._roots.append(record.path)
            case Tested():
                self.tests.append((record.case, record.outcome))
            case Reported():
                self._report(record.finding)
            case Duplicated():
                for name, lines in record.places:
                    self._duplicate(name, lines)
            case Note():
                self.notes.append(record.text)
            case _:
                assert_never(record)

    def _resolve(self, record: Measured | Deferred) -> None:
        found = self._tracked.find(record.path, self._roots)
        if isinstance(found, NotFound):
            self._lose(record.path, found.candidates)
        elif found.sure:
            if found.prefix:
                self._prefixes.add(found.prefix)
            self._unite(found.path, record)
        else:
            self._doubtful.append((found, record))

    def _report(self, finding: Finding) -> None:
        """Keep a finding under the tracked path that it means; one of no tracked file keeps the report's own name."""
        found = self._tracked.find(finding.path, self._roots) if finding.path else None
        if isinstance(found, Found):
            finding = replace(finding, path=found.path)
        elif isinstance(found, NotFound):
            self._lose(finding.path, found.candidates)
        self.findings.append(finding)

    def _duplicate(self, name: str, lines: LineSet) -> None:
        found = self._tracked.find(name, self._roots)
        if isinstance(found, NotFound):
            self._lose(name, found.candidates)
        else:
            self.duplicated[found.path] = self.duplicated.get(found.path, EMPTY) | lines

    def last_lines(self) -> dict[str, int]:
        """Give the last line that the report speaks of, by tracked path."""
        last = {path: coverage.measured.last for path, coverage in self.coverage.items()}
        last.update((path, lines.last) for path, lines in self.duplicated.items())
        for finding in self.findings:
            if finding.path in self._tracked:
                last[finding.path] = max(last.get(finding.path, 0), finding.line)
        return last

    def settle(self) -> None:
        """Decide on names of which one word alone matched: the rest of the report must lie in the same place."""
        for found, record in self._doubtful:
            if found.prefix in self._prefixes or (not self._prefixes and not self.coverage):
                self._unite(found.path, record)
            else:
                self._lose(record.path, ())

    def _lose(self, name: str, candidates: tuple[str, ...]) -> None:
        self.lost += 1
        if len(self.unmatched) < _NAMES_SHOWN:
            self.unmatched.append(f"{name} (could be {', '.join(candidates[:3])})" if candidates else name)

    def _unite(self, path: str, record: Measured | Deferred) -> None:
        if isinstance(record, Deferred):
            source = self._read(path)
            if source is None:
                self._lose(record.path, ())
                return
            try:
                coverage = record.complete(source, self._read)
            except ValueError as error:
                raise UnreadableReportError(
                    slug="malformed-report",
                    where=self._origin,
                    what=f"it cannot be read beside {path}: {error}",
                    remedy="run the tests again; the report and the sources are of different times",
                ) from None
        else:
            coverage = record.coverage
        known = self.coverage.get(path)
        self.coverage[path] = coverage if known is None else known | coverage

    def use(self, origin: str, format_: Format, matched: int) -> ReportUse:
        """Say what came of the report for one component."""
        notes = list(self.notes)
        if self.lost > len(self.unmatched):
            notes.append(f"{self.lost - len(self.unmatched)} more names belong to no tracked file")
        return ReportUse(origin, format_.name, matched, tuple(self.unmatched), tuple(notes))
