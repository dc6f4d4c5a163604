"""What a report format must offer, and what its parser yields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import IO, TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.finding import Finding
    from qualitygate.model.lines import LineSet
    from qualitygate.model.tests import Outcome, TestCase

HEAD_BYTES = 4096
"""How much of a report is looked at to recognise its format."""

Bytes: TypeAlias = IO[bytes]


class Family(Enum):
    """What a report speaks of; the values are the words of the outputs."""

    COVERAGE = "coverage"
    TESTS = "tests"
    FINDINGS = "findings"
    DUPLICATION = "duplication"


@dataclass(frozen=True, slots=True)
class Measured:
    """Coverage of one file, by the name the report gives it; a name that comes again is united with the first."""

    path: str
    coverage: FileCoverage


@dataclass(frozen=True, slots=True)
class Deferred:
    """Executed lines of one file that only mean something beside its source.

    complete: makes the coverage from the file's content and a reader of files at the top of the repository (for the
              tool's configuration; it gives None for a file that is not there).
    """

    path: str
    complete: Callable[[bytes, Callable[[str], bytes | None]], FileCoverage]


@dataclass(frozen=True, slots=True)
class SourceRoot:
    """A directory that the report's names are relative to; it holds for the files that follow."""

    path: str


@dataclass(frozen=True, slots=True)
class Tested:
    """One test and how it ended."""

    case: TestCase
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Reported:
    """One finding, its path as the report names it."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class Duplicated:
    """One piece of code that stands in several places: the places, by the names the report gives their files."""

    places: tuple[tuple[str, LineSet], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A repair or a loss that a reader must be told of, as a sentence."""

    text: str


Record: TypeAlias = Measured | Deferred | SourceRoot | Tested | Reported | Duplicated | Note


@dataclass(frozen=True, slots=True)
class Format:
    """A report format: one file in `formats`, whose constant FORMAT is one of these.

    name:       unique, in lower case; shown to users.
    family:     what it speaks of.
    tools:      who writes it, for the page of supported formats.
    well_known: globs below a component or the repository where tools put it by default.
    claims:     tells from the first 4 KiB (transcoded to UTF-8, byte order mark gone) whether a report is of this
                format; exactly one format claims a report.
    parse:      yields what the report says; its second argument names the report in errors. It touches no file,
                clock or environment. UnreadableReportError where the report is damaged; whatever came before it is
                void then.
    """

    name: str
    family: Family
    tools: tuple[str, ...]
    well_known: tuple[str, ...]
    claims: Callable[[bytes], bool]
    parse: Callable[[Bytes, str], Iterator[Record]]
