"""Which format a report is of."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING

from qualitygate.collect.format import HEAD_BYTES, Format
from qualitygate.model.discovery import modules, third_party
from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    import io


@cache
def own_formats() -> tuple[Format, ...]:
    """Give every format of the package, by name."""
    return tuple(sorted((module.FORMAT for module in modules("qualitygate.collect.formats")), key=lambda f: f.name))


@cache
def plugged_formats() -> tuple[Format, ...]:
    """Give every format of installed plug-ins."""
    return tuple(module.FORMAT for module in third_party("qualitygate.formats"))


def recognised(report: io.BufferedReader, origin: str) -> Format:
    """Tell the format of an opened report by its first 4 KiB, without consuming them.

    UnreadableReportError where no format claims it, several do, or its name belongs to another family of reports.
    """
    head = report.peek(HEAD_BYTES)[:HEAD_BYTES]
    claiming = [format_ for format_ in own_formats() if format_.claims(head)]
    if not claiming:
        claiming = [format_ for format_ in plugged_formats() if format_.claims(head)]
    if len(claiming) != 1:
        raise UnreadableReportError(
            slug="unknown-report-format",
            where=origin,
            what=_what_it_is(head) if not claiming else f"it looks like {' and '.join(f.name for f in claiming)}",
            remedy="give a report of a supported format (docs/reference/formats.md), as the tool wrote it",
        )
    _hold_to_its_name(claiming[0], origin)
    return claiming[0]


_SUMMARY = re.compile(rb'^\s*\{\s*"total"\s*:\s*\{\s*"lines"\s*:')


def _what_it_is(head: bytes) -> str:
    start = head.lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "this is an HTML page (an error page of a server?), not a report"
    if _SUMMARY.match(head):
        return (
            "this is Istanbul's json-summary, totals without lines: give coverage-final.json or lcov.info of the same "
            "run, or declare a custom metric with the pointer /total/lines/pct"
        )
    if start.startswith(b"version https://git-lfs"):
        return "this is a Git LFS pointer, not the report itself"
    return "no supported format starts like this"


def _hold_to_its_name(format_: Format, origin: str) -> None:
    """Refuse a test report under the name of a coverage report, and the like: a mix-up would be read as 'missing'."""
    name = origin.rpartition("/")[2]
    families = {
        known.family
        for known in own_formats()
        if any(fnmatchcase(name, pattern.rpartition("/")[2]) for pattern in known.well_known if _telling(pattern))
    }
    if families and format_.family not in families:
        expected = " or ".join(sorted(family.value for family in families))
        raise UnreadableReportError(
            slug="report-of-another-kind",
            where=origin,
            what=f"it has the name of a {expected} report and holds a {format_.family.value} report ({format_.name})",
            remedy="check which file the job writes there",
        )


def _telling(pattern: str) -> bool:
    return pattern.rpartition("/")[2] not in ("*.xml", "*.json", "report.xml")
