"""qualitygate rules backtest: the rules on history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitygate.backtest import Plan, backtest, steps
from qualitygate.cli.outputs import write_whole
from qualitygate.cli.ruling.text import text_of
from qualitygate.cli.session import opened_gate
from qualitygate.collect.sources import usable_cores
from qualitygate.model.errors import UsageError
from qualitygate.model.history import summary
from qualitygate.report.history import html, markdown, rows, spoken
from qualitygate.report.words import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.history import Replay, Summary


@click.command("backtest")
@click.option("--rules", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help="Try these rules (default: rules.yaml); repeatable, side by side.")  # fmt: skip
@click.option("--since", metavar="DATE", help="Start there (anything that git understands).")
@click.option("--merges", is_flag=True, help="Only merges; default: every step of the first-parent history.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the newest N steps.")
@click.option("--store", metavar="URL", help="Take baselines from this store (default: beside the repository).")
@click.option("--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Write a table: markdown or html.")
def command(
    files: tuple[Path, ...],
    since: str | None,
    limit: int | None,
    store: str | None,
    outputs: tuple[str, ...],
    *,
    merges: bool,
) -> int:
    """Replay history: which merged changes would have failed, by which condition, and where.

    Complexity, length, parameters and lines of code need no preparation; coverage, tests and findings are judged where
    baselines exist. What was replayed is kept beside the repository, so that a run that was stopped goes on.
    """
    written = [_table(each) for each in outputs]
    results = []
    with opened_gate(store=store) as gate:
        commits = steps(gate.repository, since=since, merges=merges, limit=limit)
        if not commits:
            raise UsageError(
                slug="no-history", where="rules backtest", what="no commit is left to replay",
                remedy="leave out --since, --merges or --limit, or fetch more history",
            )  # fmt: skip
        for file in files or (Path("rules.yaml"),):
            text = text_of(file)
            plan = Plan(gate.repository.root, text, str(file), store)
            replays = backtest(gate.repository, plan, commits, workers=usable_cores(), told=gate.progress.step)
            results.append((str(file), summary(replays), replays))
    for name, found, replays in results:
        for row in rows(replays):
            click.echo("  ".join(printable(each) for each in row))
        for line in spoken(name, found):
            click.echo(printable(line))
    for render, path in written:
        write_whole(path, render(results).encode())
    return 0


_TABLES = {"markdown": markdown, "html": html}


def _table(output: str) -> tuple[Callable[[list[tuple[str, Summary, list[Replay]]]], str], Path]:
    name, separator, path = output.partition("=")
    if name not in _TABLES or not path:
        raise UsageError(
            slug="unknown-output",
            where=f"--output {output}",
            what="this is no FORMAT=PATH of a backtest" if not separator else f"a backtest has no form `{name}`",
            remedy=f"use one of {', '.join(f'{each}=PATH' for each in _TABLES)}",
        )
    return _TABLES[name], Path(path)
