"""Reading samples through the same door as the gate does."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qualitygate.collect.format import Deferred, Duplicated, Family, Measured, Note, Reported, Tested
from qualitygate.collect.reading.opening import opened
from qualitygate.collect.recognise import recognised
from qualitygate.model.ratio import NOTHING, Ratio
from qualitygate.model.tests import Outcome, TestCase

if TYPE_CHECKING:
    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.finding import Finding

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
SOURCES = SAMPLES / "sources" / "itsdangerous"


@dataclass(slots=True)
class Read:
    """Everything one report says."""

    format: str
    family: Family
    coverage: dict[str, FileCoverage] = field(default_factory=dict)
    tests: list[tuple[TestCase, Outcome]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    duplicates: list[Duplicated] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> Ratio:
        return sum((each.line_ratio() for each in self.coverage.values()), NOTHING)

    @property
    def branches(self) -> Ratio:
        return sum((each.branches.ratio() for each in self.coverage.values()), NOTHING)

    @property
    def statements(self) -> Ratio:
        return sum((each.statements.ratio() for each in self.coverage.values()), NOTHING)

    @property
    def outcomes(self) -> dict[str, int]:
        counts = {outcome.value: 0 for outcome in Outcome}
        for _, outcome in self.tests:
            counts[outcome.value] += 1
        return counts


def read(content: bytes, origin: str = "report") -> Read:
    stream = opened(io.BytesIO(content), origin)
    format_ = recognised(stream, origin)
    found = Read(format_.name, format_.family)
    for record in format_.parse(stream, origin):
        match record:
            case Measured():
                path, coverage = record.path, record.coverage
            case Deferred():
                path = record.path
                coverage = record.complete((SOURCES / path[path.index("src/") :]).read_bytes(), _configuration)
            case Tested():
                found.tests.append((record.case, record.outcome))
                continue
            case Reported():
                found.findings.append(record.finding)
                continue
            case Duplicated():
                found.duplicates.append(record)
                continue
            case Note():
                found.notes.append(record.text)
                continue
            case _:
                continue
        known = found.coverage.get(path)
        found.coverage[path] = coverage if known is None else known | coverage
    return found


def _configuration(name: str) -> bytes | None:
    place = SOURCES / name
    return place.read_bytes() if place.is_file() else None
