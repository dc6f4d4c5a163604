"""All facts of one commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.finding import Finding
    from qualitygate.model.lines import LineSet
    from qualitygate.model.metric import ServerMetric
    from qualitygate.model.source import SourceFacts
    from qualitygate.model.tests import TestResults


NO_FINDINGS_REPORT = Unknown(Reason.REPORT_MISSING, "no findings report speaks of the component")
NO_DUPLICATION_REPORT = Unknown(Reason.REPORT_MISSING, "no duplication report speaks of the component")


@dataclass(frozen=True, slots=True)
class ReportUse:
    """A report that was read, and what came of it.

    path:      where it was found, relative to the repository where it lies inside.
    format:    name of the format that claimed it.
    matched:   tracked files that it speaks of.
    unmatched: names in it that belong to no tracked file of the component or to several, the first few.
    notes:     repairs and losses, each a sentence.
    """

    path: str
    format: str
    matched: int
    unmatched: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flip:
    """An unstable line: its coverage differed between two measurements of the same content.

    before, after: the commits of the two measurements.
    age:           baselines since then.
    """

    line: int
    before: str
    after: str
    age: int = 0


@dataclass(frozen=True, slots=True)
class ComponentFacts:
    """What was measured of one component.

    coverage: by tracked path; Unknown where no readable report speaks of the component.
    tests:    Unknown where no readable report holds any.
    sources:  by tracked path, for the files that were asked for; Unknown for a file its language cannot read.
    reports:  what was read to know it.
    findings: of linters and scanners, their paths tracked ones; Unknown where no readable report holds any.
    duplicated: by tracked path, the lines that stand elsewhere, too; Unknown where no readable report tells.
    numbers:  of custom metrics and of a SonarQube server (`sonarqube.KEY`), by key; Unknown for one that could not be
              had.
    best:     the best levels that the protected branch accepted up to here, by condition such as `coverage/overall`.
    unstable: by tracked path, lines whose coverage flips between measurements of identical content.
    served:   what the server says of its metrics, by the same key.
    """

    coverage: Mapping[str, FileCoverage] | Unknown
    tests: TestResults | Unknown
    sources: Mapping[str, SourceFacts | Unknown] = field(default_factory=dict)
    reports: tuple[ReportUse, ...] = ()
    findings: tuple[Finding, ...] | Unknown = NO_FINDINGS_REPORT
    duplicated: Mapping[str, LineSet] | Unknown = NO_DUPLICATION_REPORT
    numbers: Mapping[str, Fraction | Unknown] = field(default_factory=dict)
    served: Mapping[str, ServerMetric] = field(default_factory=dict)
    best: Mapping[str, Fraction] = field(default_factory=dict)
    unstable: Mapping[str, tuple[Flip, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All facts of one commit, by component.

    commit:     full object name; for a working tree the name of its tree.
    components: by the name that rules.yaml gives them.
    """

    commit: str
    components: Mapping[str, ComponentFacts]
