"""What linters and scanners report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """GitLab's scale; the values are the words of rules and outputs, from harmless to worst."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    BLOCKER = "blocker"

    @property
    def rank(self) -> int:
        """Give the place on the scale, 0 for info."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, told apart by rule, place and message, and not by a tool's fingerprint: some repeat.

    tool:     who found it, in lower case.
    rule:     as the tool calls it.
    severity: on the one scale; each format documents how its tool's words map to it.
    path:     tracked file; before it is resolved, the name that the report gives.
    line:     first line, 1-based; 0 where it is the file as a whole.
    end_line: last line, included.
    message:  the first line of what the tool says.
    """

    tool: str
    rule: str
    severity: Severity
    path: str
    line: int
    end_line: int
    message: str
