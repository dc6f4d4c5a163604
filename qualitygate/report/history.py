"""Backtests as tables: for a terminal, in Markdown and as an HTML page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from qualitygate.model.ratio import shown
from qualitygate.report.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.model.history import Replay, Summary

_SUBJECT = 72
_STYLE = (
    "<style>body{font:16px/1.5 sans-serif;margin:2em auto;max-width:75em;padding:0 1em}"
    "table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left;"
    "vertical-align:top}td:nth-child(2){font-family:monospace}</style>"
)


def spoken(name: str, summary: Summary) -> Iterator[str]:
    """Say what the rules would have done, in sentences; `name` is the file of the rules."""
    share = f"{summary.reds} of {summary.steps} changes would have failed"
    yield f"{name}: {share}, {shown(summary.a_week)} a week"
    for condition, count in summary.by_condition:
        yield f"  {count} by {condition}"
    if summary.unjudged:
        yield f"  {summary.unjudged} could not be judged in full: coverage, tests and findings need baselines"


def rows(replays: list[Replay]) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield (day, commit, subject, condition, evidence) of every red."""
    for replay in replays:
        for red in replay.reds:
            commit = replay.commit
            places = "; ".join(red.places) or red.explanation
            yield commit.day, commit.name[:12], commit.subject[:_SUBJECT], red.condition, places


def markdown(results: list[tuple[str, Summary, list[Replay]]]) -> str:
    """Give the tables of one or several rule files in Markdown."""
    out = ["# Rules tried on history", ""]
    out += _compared(results)
    for name, _, replays in results:
        out += [f"## {_cell(name)}", "", "| day | commit | change | condition | where |", "|---|---|---|---|---|"]
        out += [f"| {' | '.join(_cell(each) for each in row)} |" for row in rows(replays)]
        out.append("")
    return "\n".join(out)


def _compared(results: list[tuple[str, Summary, list[Replay]]]) -> list[str]:
    """Give one row a condition and one column a rule file, side by side."""
    names = sorted({condition for _, summary, _ in results for condition, _ in summary.by_condition})
    counts = [dict(summary.by_condition) for _, summary, _ in results]
    lines = ["| |" + "".join(f" {_cell(name)} |" for name, _, _ in results), "|---|" + "---:|" * len(results)]
    lines.append("| changes |" + "".join(f" {summary.steps} |" for _, summary, _ in results))
    lines.append("| would have failed |" + "".join(f" {summary.reds} |" for _, summary, _ in results))
    lines.append("| a week |" + "".join(f" {shown(summary.a_week)} |" for _, summary, _ in results))
    lines += [f"| by {_cell(name)} |" + "".join(f" {each.get(name, 0)} |" for each in counts) for name in names]
    return [*lines, ""]


def _cell(text: str) -> str:
    plain = printable(text).replace("\\", "\\\\").replace("|", "\\|").replace("`", "'")
    return escape(plain, quote=False)


def html(results: list[tuple[str, Summary, list[Replay]]]) -> str:
    """Give the same as a page of its own, without scripts and without anything from elsewhere."""
    out = [
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Rules tried on history</title>',
        _STYLE,
        "<h1>Rules tried on history</h1>",
    ]
    for name, summary, replays in results:
        out.append(f"<h2>{escape(printable(name))}</h2>")
        out += [f"<p>{escape(printable(line))}</p>" for line in spoken(name, summary)]
        heads = "".join(f"<th>{each}</th>" for each in ("day", "commit", "change", "condition", "where"))
        out.append(f"<table><tr>{heads}</tr>")
        for row in rows(replays):
            out.append("<tr>" + "".join(f"<td>{escape(printable(each))}</td>" for each in row) + "</tr>")
        out.append("</table>")
    return "\n".join([*out, "</html>", ""])
