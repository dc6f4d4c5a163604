"""Errors that a user can do something about."""

from __future__ import annotations


class GateError(Exception):
    """An expected failure: where it is, what it is, and one remedy.

    slug:   a heading of docs/errors.md.
    where:  the file, line or reference it is about; empty where there is none.
    what:   what is wrong, in the words of the user's files.
    remedy: one thing to do.
    """

    exit_code = 3

    def __init__(self, *, slug: str, where: str, what: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}" if where else what)
        self.slug = slug
        self.where = where
        self.what = what
        self.remedy = remedy


class UsageError(GateError):
    """The command line or the rules ask for something that is not there (exit code 2)."""

    exit_code = 2


class CannotMeasureError(GateError):
    """A fact that is needed cannot be had (exit code 3)."""


class UnreadableReportError(CannotMeasureError):
    """A report is damaged, of another kind than it says, or hostile."""


class RulesError(UsageError):
    """rules.yaml has faults; all of them are here, in the order of the file."""

    def __init__(self, *, where: str, faults: tuple[str, ...]) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            slug="rules-invalid",
            where=where,
            what=f"{count}\n" + "\n".join(f"  {fault}" for fault in faults),
            remedy="correct the lines named above; `qualitygate rules validate` checks again",
        )
        self.faults = faults
