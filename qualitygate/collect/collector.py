"""From reports to the facts of each component."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from qualitygate.collect.format import Deferred, Family, Measured, Note, Reported, SourceRoot, Tested
from qualitygate.collect.paths import Found, NotFound, TrackedPaths
from qualitygate.collect.reading.opening import opened
from qualitygate.collect.recognise import recognised
from qualitygate.model.component import Component, owner
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.snapshot import ComponentFacts, ReportUse
from qualitygate.model.tests import Outcome, TestCase, TestResults
from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from qualitygate.collect.format import Bytes, Format, Record
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.finding import Finding

_NAMES_SHOWN = 10


@dataclass(slots=True)
class _Gathered:
    """What the reports say of one component, while they are read."""

    coverage: dict[str, FileCoverage] = field(default_factory=dict)
    covered_by: bool = False
    tests: dict[Outcome, list[TestCase]] = field(default_factory=lambda: {outcome: [] for outcome in Outcome})
    tested_by: bool = False
    findings: set[Finding] = field(default_factory=set)
    linted_by: bool = False
    reports: list[ReportUse] = field(default_factory=list)


def _none_is_newer(_paths: Iterable[str]) -> str | None:
    return None


class Collector:
    """Unites what several reports say, by component.

    components: the parts of the module.
    tracked:    paths of the commit.
    read:       gives the content of a tracked file at the head; None for a file that is not there.
    """

    def __init__(
        self, components: Collection[Component], tracked: Collection[str], read: Callable[[str], bytes | None]
    ) -> None:
        self._components = tuple(components)
        self._tracked = TrackedPaths(tracked)
        self._read = read
        self._gathered = {component.name: _Gathered() for component in components}
        self._faults: list[UnreadableReportError] = []

    @property
    def faults(self) -> tuple[UnreadableReportError, ...]:
        """The reports that could not be read, in the order they came."""
        return tuple(self._faults)

    def refuse(self, fault: UnreadableReportError) -> None:
        """Note a report that could not even be opened."""
        self._faults.append(fault)

    def add(self, report: Bytes, origin: str, newer: Callable[[Iterable[str]], str | None] = _none_is_newer) -> None:
        """Read one report to its end; one that turns out to be unreadable or stale adds nothing, and is a fault.

        newer: gives one of some tracked files that was written after the report; None where none was.
        """
        try:
            stream = opened(report, origin)
            format_ = recognised(stream, origin)
            self._accept(origin, format_, format_.parse(stream, origin), newer)
        except UnreadableReportError as fault:
            self._faults.append(fault)

    def _accept(
        self, origin: str, format_: Format, records: Iterator[Record], newer: Callable[[Iterable[str]], str | None]
    ) -> None:
        reading = _Report(self._tracked, self._read, origin)
        for record in records:
            reading.take(record)
        reading.settle()
        changed = newer(reading.coverage)
        if changed is not None:
            raise UnreadableReportError(
                slug="stale-report",
                where=origin,
                what=f"it is older than {changed}, which it speaks of",
                remedy="run the tests again, or delete the report",
            )
        if format_.family is Family.COVERAGE:
            self._accept_coverage(origin, format_, reading)
        elif format_.family is Family.TESTS:
            self._accept_tests(origin, format_, reading)
        else:
            self._accept_findings(origin, format_, reading)

    def _accept_coverage(self, origin: str, format_: Format, reading: _Report) -> None:
        if reading.names and not reading.coverage:
            raise UnreadableReportError(
                slug="report-of-another-project",
                where=origin,
                what=f"none of the {reading.names} files it speaks of is tracked here, such as {reading.unmatched[0]}",
                remedy="check that the report belongs to this commit, and that its paths end in tracked paths",
            )
        shares: dict[str, int] = defaultdict(int)
        for path, coverage in reading.coverage.items():
            name = owner(self._components, path)
            if name is None:
                continue
            known = self._gathered[name].coverage
            known[path] = known[path] | coverage if path in known else coverage
            shares[name] += 1
        for name in shares or self._home(origin):
            gathered = self._gathered[name]
            gathered.covered_by = True
            gathered.reports.append(reading.use(origin, format_, shares.get(name, 0)))

    def _accept_tests(self, origin: str, format_: Format, reading: _Report) -> None:
        shares: dict[str, int] = defaultdict(int)
        fallback = self._home(origin)
        for case, outcome in reading.tests:
            found = self._tracked.find(case.path) if case.path else None
            name = owner(self._components, found.path) if isinstance(found, Found) else None
            for each in [name] if name is not None else fallback:
                self._gathered[each].tests[outcome].append(case)
                shares[each] += 1
        for name in shares or fallback:
            gathered = self._gathered[name]
            gathered.tested_by = True
            gathered.reports.append(reading.use(origin, format_, shares.get(name, 0)))

    def _accept_findings(self, origin: str, format_: Format, reading: _Report) -> None:
        """Give findings to the components of their files; one without a tracked file stays with the report's place.

        A report speaks of every component that it has findings in, and of the one whose folder it lies in; a report at
        the top of the repository speaks of all: what it does not mention there was looked at and found clean.
        """
        shares: dict[str, int] = defaultdict(int)
        spoken = self._home(origin) or [component.name for component in self._components]
        for finding in reading.findings:
            name = owner(self._components, finding.path)
            if name is None and finding.path in self._tracked:
                continue
            for each in [name] if name is not None else self._home(origin):
                self._gathered[each].findings.add(finding)
                shares[each] += 1
        for name in {*spoken, *shares}:
            gathered = self._gathered[name]
            gathered.linted_by = True
            gathered.reports.append(reading.use(origin, format_, shares.get(name, 0)))

    def _home(self, origin: str) -> list[str]:
        """Give the component that a report without tracked names belongs to: the folder it lies in, or the only one."""
        home = owner(self._components, origin)
        if home is not None:
            return [home]
        return [component.name for component in self._components] if len(self._components) == 1 else []

    def facts(self) -> dict[str, ComponentFacts]:
        """Give the facts of every component, source facts not among them."""
        return {name: self._component(gathered) for name, gathered in self._gathered.items()}

    def _component(self, gathered: _Gathered) -> ComponentFacts:
        coverage: Mapping[str, FileCoverage] | Unknown = gathered.coverage
        tests: TestResults | Unknown = TestResults(
            total=sum(len(cases) for cases in gathered.tests.values()),
            failed=tuple(sorted(gathered.tests[Outcome.FAILED])),
            skipped=tuple(sorted(gathered.tests[Outcome.SKIPPED])),
            flaky=tuple(sorted(gathered.tests[Outcome.FLAKY])),
        )
        if not gathered.covered_by:
            coverage = self._missing("coverage")
        elif not gathered.coverage:
            coverage = Unknown(Reason.NOTHING_TO_MEASURE, "the coverage report speaks of no file")
        if not gathered.tested_by:
            tests = self._missing("test")
        elif not any(gathered.tests.values()):
            tests = Unknown(Reason.NOTHING_TO_MEASURE, "the test report holds no test")
        findings: tuple[Finding, ...] | Unknown = tuple(sorted(gathered.findings, key=_place))
        if not gathered.linted_by:
            findings = self._missing("findings")
        return ComponentFacts(coverage, tests, {}, tuple(gathered.reports), findings)

    def _missing(self, family: str) -> Unknown:
        if self._faults:
            names = ", ".join(sorted({fault.where for fault in self._faults}))
            return Unknown(Reason.REPORT_UNREADABLE, f"no {family} report could be read ({names})")
        return Unknown(Reason.REPORT_MISSING, f"no {family} report speaks of the component")


def _place(finding: Finding) -> tuple[str, int, str, str, str, int]:
    return finding.path, finding.line, finding.rule, finding.tool, finding.message, finding.end_line


class _Report:
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
        self.unmatched: list[str] = []
        self.lost = 0
        self.notes: list[str] = []

    def take(self, record: Record) -> None:
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
