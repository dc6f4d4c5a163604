"""What must hold of every input of every parser, however damaged; the fuzzer and its regression test share it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from qualitygate.collect.format import Deferred, Duplicated, Measured, Reported, Tested
from qualitygate.collect.numbers import number_in
from qualitygate.collect.reading.opening import opened
from qualitygate.model.errors import UnreadableReportError
from tests.collect.reading import SOURCES

if TYPE_CHECKING:
    from qualitygate.collect.format import Format
    from qualitygate.model.metric import CustomMetric

_SOURCE = (SOURCES / "src/itsdangerous/signer.py").read_bytes()


def survives(format_: Format, content: bytes) -> bool:
    """Parse the content as a report of the format; True if it was read, False if it was refused in the users' words.

    Anything else (another exception, a count that cannot be) is an AssertionError or the exception itself.
    """
    try:
        stream = opened(io.BytesIO(content), "report")
        for record in format_.parse(stream, "report"):
            _sound(record)
    except UnreadableReportError as error:
        assert error.slug
        assert error.where.startswith("report")
        assert error.what
        assert error.remedy
        return False
    return True


def number_survives(metric: CustomMetric, content: bytes) -> bool:
    """Read the content as the file of a custom metric, with the same promise."""
    try:
        assert abs(number_in(io.BytesIO(content), metric)) < 10**31
    except UnreadableReportError as error:
        assert error.slug == "no-number"
        return False
    return True


def _sound(record: object) -> None:
    match record:
        case Deferred():
            try:
                coverage = record.complete(_SOURCE, lambda _: None)
            except (ValueError, UnreadableReportError):
                return
            _sound(Measured(record.path, coverage))
        case Measured(path, coverage):
            assert isinstance(path, str)
            assert coverage.covered.bits & ~coverage.measured.bits == 0
            assert not coverage.measured.bits & 1
            assert all(0 <= taken <= total and line > 0 for line, taken, total in coverage.branches)
            assert all(0 <= ran <= total and line > 0 for line, ran, total in coverage.statements)
        case Duplicated(places):
            assert all(isinstance(path, str) and lines and not lines.bits & 1 for path, lines in places)
        case Tested(case, _):
            assert isinstance(case.name, str)
        case Reported(finding):
            assert finding.line >= 0
            assert finding.end_line >= finding.line
            assert finding.rule
        case _:
            pass
