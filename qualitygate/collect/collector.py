"""From reports to the facts of each component."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from qualitygate.collect.find import any_age
from qualitygate.collect.format import Family
from qualitygate.collect.paths import Found, TrackedPaths
from qualitygate.collect.reading.opening import opened
from qualitygate.collect.recognise import recognised
from qualitygate.collect.resolved import ResolvedReport
from qualitygate.model.component import Component, owner
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.snapshot import NO_DUPLICATION_REPORT, ComponentFacts, ReportUse
from qualitygate.model.tests import Outcome, TestCase, TestResults
from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from qualitygate.collect.format import Bytes, Format, Record
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.finding import Finding
    from qualitygate.model.lines import LineSet


@dataclass(slots=True)
class _Gathered:
    """What the reports say of one component, while they are read."""

    coverage: dict[str, FileCoverage] = field(default_factory=dict)
    covered_by: bool = False
    tests: dict[Outcome, list[TestCase]] = field(default_factory=lambda: {outcome: [] for outcome in Outcome})
    tested_by: bool = False
    findings: set[Finding] = field(default_factory=set)
    linted_by: bool = False
    duplicated: dict[str, LineSet] = field(default_factory=dict)
    compared_by: bool = False
    reports: list[ReportUse] = field(default_factory=list)


def _any_length(_paths: Iterable[str]) -> Mapping[str, int]:
    return {}


class Collector:
    """Unites what several reports say, by component.

    components: the parts of the module.
    tracked:    paths of the commit.
    read:       gives the content of a tracked file at the head; None for a file that is not there.
    lengths:    gives how many lines tracked files have; a report that speaks of later ones is of other sources.
    """

    def __init__(
        self,
        components: Collection[Component],
        tracked: Collection[str],
        read: Callable[[str], bytes | None],
        lengths: Callable[[Collection[str]], Mapping[str, int]] = _any_length,
    ) -> None:
        self._lengths = lengths
        self._known_lengths: dict[str, int] = {}
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

    def add(self, report: Bytes, origin: str, newer: Callable[[Iterable[str]], str | None] = any_age) -> None:
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
        reading = ResolvedReport(self._tracked, self._read, origin)
        for record in records:
            reading.take(record)
        reading.settle()
        spoken = reading.last_lines()
        changed = newer(spoken)
        if changed is not None:
            raise UnreadableReportError(
                slug="stale-report",
                where=origin,
                what=f"it is older than {changed}, which it speaks of",
                remedy="run the tests again, or delete the report",
            )
        self._hold_to_lengths(origin, spoken)
        match format_.family:
            case Family.COVERAGE:
                self._accept_coverage(origin, format_, reading)
            case Family.TESTS:
                self._accept_tests(origin, format_, reading)
            case Family.FINDINGS:
                self._accept_findings(origin, format_, reading)
            case Family.DUPLICATION:
                self._accept_duplication(origin, format_, reading)
            case _:
                assert_never(format_.family)

    def _hold_to_lengths(self, origin: str, spoken: Mapping[str, int]) -> None:
        # Reports of one component speak of the same files; each is read once.
        self._known_lengths.update(self._lengths([path for path in spoken if path not in self._known_lengths]))
        lengths = self._known_lengths
        for path, last in spoken.items():
            # Linters speak of the line behind the last line end, too.
            if path in lengths and last > lengths[path] + 1:
                raise UnreadableReportError(
                    slug="stale-report",
                    where=origin,
                    what=f"it speaks of line {last} of {path}, which has {lengths[path]} lines",
                    remedy="run the tool again on the sources of this commit",
                )

    def _accept_coverage(self, origin: str, format_: Format, reading: ResolvedReport) -> None:
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

    def _accept_tests(self, origin: str, format_: Format, reading: ResolvedReport) -> None:
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

    def _accept_findings(self, origin: str, format_: Format, reading: ResolvedReport) -> None:
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

    def _accept_duplication(self, origin: str, format_: Format, reading: ResolvedReport) -> None:
        """Give duplicated lines to the components of their files; a report speaks of components as one of findings."""
        shares: dict[str, int] = defaultdict(int)
        for path, lines in reading.duplicated.items():
            name = owner(self._components, path)
            if name is not None:
                known = self._gathered[name].duplicated
                known[path] = known[path] | lines if path in known else lines
                shares[name] += 1
        for name in {*(self._home(origin) or self._gathered), *shares}:
            self._gathered[name].compared_by = True
            self._gathered[name].reports.append(reading.use(origin, format_, shares.get(name, 0)))

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
        duplicated: Mapping[str, LineSet] | Unknown = gathered.duplicated
        if not gathered.compared_by:
            duplicated = self._missing("duplication") if self._faults else NO_DUPLICATION_REPORT
        return ComponentFacts(coverage, tests, {}, tuple(gathered.reports), findings, duplicated)

    def _missing(self, family: str) -> Unknown:
        if self._faults:
            names = ", ".join(sorted({fault.where for fault in self._faults}))
            return Unknown(Reason.REPORT_UNREADABLE, f"no {family} report could be read ({names})")
        return Unknown(Reason.REPORT_MISSING, f"no {family} report speaks of the component")


def _place(finding: Finding) -> tuple[str, int, str, str, str, int]:
    return finding.path, finding.line, finding.rule, finding.tool, finding.message, finding.end_line
