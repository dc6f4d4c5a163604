"""What is not known, and why: a type of its own, never 0, 100 or an empty value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """Why a number is not known. The values are the words of the outputs."""

    NO_BASELINE = "no-baseline"
    REPORT_MISSING = "report-missing"
    REPORT_UNREADABLE = "report-unreadable"
    SOURCE_UNREADABLE = "source-unreadable"
    NOTHING_TO_MEASURE = "nothing-to-measure"
    NOTHING_CAME = "nothing-came"
    ONLY_IN_PIPELINE = "only-in-pipeline"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A number that could not be had.

    reason: which of the answers this is.
    detail: one sentence in the words of the user's files; it starts in lower case and has no full stop.
    """

    reason: Reason
    detail: str
