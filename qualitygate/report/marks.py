"""Markdown that means what it says: nothing in a name, message or line of code can format, link or mention."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.model.verdict import Status
from qualitygate.report.words import number, printable, title

if TYPE_CHECKING:
    from qualitygate.model.verdict import ConditionResult

SIGNS = {
    Status.PASS: ":white_check_mark:",
    Status.FAIL: ":x:",
    Status.WARN: ":warning:",
    Status.WAIVED: ":ballot_box_with_check:",
    Status.UNKNOWN: ":grey_question:",
}
HEADLINES = {
    Status.PASS: "The quality gate passed",
    Status.WARN: "The quality gate passed, with warnings",
    Status.FAIL: "The quality gate failed",
    Status.UNKNOWN: "The quality gate could not measure what is required",
    Status.WAIVED: "The quality gate passed",
}
TABLE = ["| | Condition | Value | Before | Limit |", "|---|---|---:|---:|---:|"]
"""The head of a table of conditions."""


def row(result: ConditionResult) -> str:
    """Write a condition as a row of the table."""
    cells = (
        SIGNS[result.status],
        text(title(result)),
        number(result, result.value, beside=result.threshold),
        number(result, result.baseline, beside=result.value),
        number(result, result.threshold, beside=result.value),
    )
    return f"| {' | '.join(cells)} |"


_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~@$&])")


def text(plain: str) -> str:
    """Write a text so that Markdown and HTML read nothing into it; code that we quote ourselves stays code."""
    pieces = printable(plain).split("`")
    if len(pieces) % 2:
        return "".join(code(each) if index % 2 else _SPECIAL.sub(r"\\\1", each) for index, each in enumerate(pieces))
    return _SPECIAL.sub(r"\\\1", printable(plain))


def code(words: str) -> str:
    """Write a text as code, fenced by more backticks than it holds, pipes harmless in tables."""
    plain = printable(words).replace("|", "¦")
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}" if plain else ""
