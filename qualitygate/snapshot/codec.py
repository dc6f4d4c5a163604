"""Facts as bytes: deterministic, versioned, compressed, and each file readable without the others."""

from __future__ import annotations

import zlib
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from qualitygate.model.errors import CannotMeasureError
from qualitygate.model.finding import Finding, Severity
from qualitygate.model.metric import Direction, ServerMetric
from qualitygate.model.snapshot import NO_DUPLICATION_REPORT, ComponentFacts, Flip, ReportUse, Snapshot
from qualitygate.model.tests import TestCase, TestResults
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.snapshot.packing import (
    decode_coverage,
    decode_source,
    encode_coverage,
    encode_source,
    pack_lines,
    unpack,
    unpack_lines,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.lines import LineSet
    from qualitygate.model.source import SourceFacts

VERSION = 1
MAGIC = b"qualitygate-snapshot\n"
SUFFIX = ".snapshot"
"""How files of snapshots end."""


class _Unknown(msgspec.Struct, array_like=True, frozen=True):
    reason: str
    detail: str


class _Case(msgspec.Struct, array_like=True, frozen=True):
    suite: str
    name: str
    message: str
    path: str
    line: int


class _Tests(msgspec.Struct, array_like=True, frozen=True):
    total: int
    failed: list[_Case]
    skipped: list[_Case]
    flaky: list[_Case]


class _Report(msgspec.Struct, array_like=True, frozen=True):
    path: str
    format: str
    matched: int
    unmatched: list[str]
    notes: list[str]


class _Finding(msgspec.Struct, array_like=True, frozen=True):
    tool: str
    rule: str
    severity: str
    path: bytes
    line: int
    end_line: int
    message: str


class Header(msgspec.Struct, array_like=True, frozen=True):
    """What is known of a component beside its files.

    coverage: why there is none, or None where the files tell it.
    """

    coverage: _Unknown | None
    tests: _Tests | None
    no_tests: _Unknown | None
    reports: list[_Report]
    findings: list[_Finding] | None = None
    no_findings: _Unknown | None = None
    duplicated: dict[bytes, bytes] | None = None
    no_duplication: _Unknown | None = None
    numbers: dict[str, str | _Unknown] = {}
    served: dict[str, tuple[str, str]] = {}
    best: dict[str, str] = {}
    unstable: dict[bytes, list[tuple[int, str, str, int]]] = {}


class _Component(msgspec.Struct, array_like=True, frozen=True):
    header: Header
    coverage: dict[bytes, bytes]
    sources: dict[bytes, bytes | _Unknown]


class _Snapshot(msgspec.Struct, array_like=True, frozen=True):
    version: int
    commit: str
    components: dict[str, _Component]


def header_of(facts: ComponentFacts) -> Header:
    """Give what is known of a component beside its files."""
    tests = facts.tests
    return Header(
        coverage=_written(facts.coverage) if isinstance(facts.coverage, Unknown) else None,
        tests=None if isinstance(tests, Unknown) else _Tests(
            tests.total, *([_case(case) for case in cases] for cases in (tests.failed, tests.skipped, tests.flaky))
        ),
        no_tests=_written(tests) if isinstance(tests, Unknown) else None,
        reports=[
            _Report(use.path, use.format, use.matched, list(use.unmatched), list(use.notes)) for use in facts.reports
        ],
        findings=None if isinstance(facts.findings, Unknown) else [_finding(each) for each in facts.findings],
        no_findings=_written(facts.findings) if isinstance(facts.findings, Unknown) else None,
        duplicated=None if isinstance(facts.duplicated, Unknown) else {
            _name(path): pack_lines(lines) for path, lines in sorted(facts.duplicated.items())
        },
        no_duplication=_written(facts.duplicated) if isinstance(facts.duplicated, Unknown) else None,
        numbers={
            key: _written(number) if isinstance(number, Unknown) else str(number)
            for key, number in sorted(facts.numbers.items())
        },
        best={rule: str(level) for rule, level in sorted(facts.best.items())},
        unstable={
            _name(path): [(each.line, each.before, each.after, each.age) for each in flips]
            for path, flips in sorted(facts.unstable.items())
        },
        served={key: (each.direction.name, each.unit) for key, each in sorted(facts.served.items())},
    )  # fmt: skip


def facts_of(
    header: Header, coverage: Mapping[str, FileCoverage], sources: Mapping[str, SourceFacts | Unknown]
) -> ComponentFacts:
    """Put a component together again."""
    tests: TestResults | Unknown
    if header.tests is not None:
        cases = (header.tests.failed, header.tests.skipped, header.tests.flaky)
        failed, skipped, flaky = (tuple(TestCase(*msgspec.structs.astuple(case)) for case in each) for each in cases)
        tests = TestResults(header.tests.total, failed, skipped, flaky)
    else:
        tests = _read(header.no_tests) if header.no_tests else Unknown(Reason.REPORT_MISSING, "no test report was kept")
    reports = tuple(
        ReportUse(use.path, use.format, use.matched, tuple(use.unmatched), tuple(use.notes)) for use in header.reports
    )
    findings: tuple[Finding, ...] | Unknown
    if header.findings is not None:
        findings = tuple(
            Finding(
                each.tool, each.rule, Severity(each.severity), _path(each.path), each.line, each.end_line, each.message
            )
            for each in header.findings
        )
    elif header.no_findings is not None:
        findings = _read(header.no_findings)
    else:
        findings = Unknown(Reason.REPORT_MISSING, "no findings report was kept")
    duplicated: Mapping[str, LineSet] | Unknown
    if header.duplicated is not None:
        duplicated = {_path(raw): unpack_lines(lines) for raw, lines in header.duplicated.items()}
    else:
        duplicated = _read(header.no_duplication) if header.no_duplication else NO_DUPLICATION_REPORT
    numbers = {
        key: _read(number) if isinstance(number, _Unknown) else Fraction(number)
        for key, number in header.numbers.items()
    }
    known = _read(header.coverage) if header.coverage else coverage
    served = {key: ServerMetric(Direction[direction], unit) for key, (direction, unit) in header.served.items()}
    best = {rule: Fraction(level) for rule, level in header.best.items()}
    unstable = {_path(raw): tuple(Flip(*each) for each in flips) for raw, flips in header.unstable.items()}
    return ComponentFacts(known, tests, sources, reports, findings, duplicated, numbers, served, best, unstable)


def _finding(each: Finding) -> _Finding:
    return _Finding(
        _plain(each.tool), _plain(each.rule), each.severity.value, _name(each.path), each.line, each.end_line,
        _plain(each.message),
    )  # fmt: skip


def _case(case: TestCase) -> _Case:
    return _Case(_plain(case.suite), _plain(case.name), _plain(case.message), _plain(case.path), case.line)


def _plain(text: str) -> str:
    """Write text that may hold lone surrogates as UTF-8 can carry it."""
    return text.encode("utf-8", "replace").decode()


def _written(unknown: Unknown) -> _Unknown:
    return _Unknown(unknown.reason.value, _plain(unknown.detail))


def _read(unknown: _Unknown) -> Unknown:
    return Unknown(Reason(unknown.reason), unknown.detail)


def encode_header(facts: ComponentFacts) -> bytes:
    """Write what is known of a component beside its files."""
    return zlib.compress(msgspec.msgpack.encode(header_of(facts)), 6)


def decode_header(data: bytes) -> Header:
    """Read what `encode_header` wrote; ValueError where the bytes are not such."""
    return unpack(data, Header)


def encode(snapshot: Snapshot) -> bytes:
    """Write a whole snapshot as one file; equal snapshots give equal bytes."""
    components = {
        name: _Component(
            header_of(facts),
            {}
            if isinstance(facts.coverage, Unknown)
            else {_name(path): encode_coverage(facts.coverage[path]) for path in sorted(facts.coverage)},
            {
                _name(path): _written(source) if isinstance(source, Unknown) else encode_source(source)
                for path, source in sorted(facts.sources.items())
            },
        )
        for name, facts in sorted(snapshot.components.items())
    }
    return MAGIC + msgspec.msgpack.encode(_Snapshot(VERSION, snapshot.commit, components))


def decode(data: bytes, origin: str) -> Snapshot:
    """Read a snapshot file; CannotMeasureError for one that is damaged or of a newer format."""
    if not data.startswith(MAGIC):
        raise _damaged(origin, "this is no snapshot of qualitygate")
    body = memoryview(data)[len(MAGIC) :]
    try:
        version = msgspec.msgpack.decode(body, type=tuple[int, object, object])[0]
        if version > VERSION:
            raise CannotMeasureError(
                slug="snapshot-too-new",
                where=origin,
                what=f"the snapshot has format {version}; this gate reads up to {VERSION}",
                remedy="upgrade qualitygate to the version that wrote it",
            )
        stored = msgspec.msgpack.decode(body, type=_Snapshot)
        components = {
            name: facts_of(
                component.header,
                {_path(raw): decode_coverage(each) for raw, each in component.coverage.items()},
                {
                    _path(raw): _read(each) if isinstance(each, _Unknown) else decode_source(each)
                    for raw, each in component.sources.items()
                },
            )
            for name, component in stored.components.items()
        }
    except (msgspec.DecodeError, ValueError, KeyError) as error:
        raise _damaged(origin, f"the snapshot is damaged: {error}") from None
    return Snapshot(stored.commit, components)


def _name(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _path(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _damaged(origin: str, what: str) -> CannotMeasureError:
    return CannotMeasureError(
        slug="snapshot-damaged", where=origin, what=what, remedy="make it again with `qualitygate collect`"
    )
