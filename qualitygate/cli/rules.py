"""qualitygate rules: everything around rules.yaml."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitygate.backtest import Plan, steps
from qualitygate.backtest import backtest as run_backtest
from qualitygate.cli.outputs import write_whole
from qualitygate.cli.session import opened_gate
from qualitygate.metrics.catalogue import metric_of
from qualitygate.model.errors import UsageError
from qualitygate.model.history import summary
from qualitygate.report.history import html, markdown, rows, spoken
from qualitygate.report.words import printable
from qualitygate.rules.load import load
from qualitygate.rules.schema import schema
from qualitygate.rules.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qualitygate.model.history import Replay, Summary
    from qualitygate.model.rules import Condition, Rules
    from qualitygate.model.verdict import ConditionResult


@click.group("rules")
def command() -> None:
    """Check and explain rules.yaml."""


@command.command("validate")
@click.argument("file", required=False, default=Path("rules.yaml"), type=click.Path(path_type=Path))
def validate(file: Path) -> int:
    """Check FILE (rules.yaml by default); every fault is shown at once, with its line and column."""
    text = _text_of(file)
    rules = load(text, str(file), _beside)
    conditions = sum(len(each) for each in rules.conditions.values())
    components = ", ".join(component.name for component in rules.components)
    click.echo(f"{file}: valid; {conditions} conditions for {components}, {len(rules.waivers)} waivers")
    return 0


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            slug="no-such-rules",
            where=str(file),
            what=(error.strerror or str(error)).lower(),
            remedy="name the rules file, or run where rules.yaml is",
        ) from None
    except UnicodeDecodeError as error:
        raise UsageError(
            slug="rules-invalid",
            where=str(file),
            what=f"it is not UTF-8 (byte {error.start + 1})",
            remedy="save the file as UTF-8",
        ) from None


def _beside(path: str) -> str | None:
    file = Path(path)
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None


@command.command("schema")
def show_schema() -> int:
    """Print the JSON Schema of rules.yaml, for editors that complete and check it."""
    click.echo(json.dumps(schema(), indent=2))
    return 0


@command.command("explain")
@click.argument("condition", required=False)
@click.option("--base", metavar="REF", help="Compare with the merge base with REF (default: the default branch).")
@click.option("--rules", metavar="FILE|REF:FILE", help="Explain these rules (default: rules.yaml of the base).")
@click.option("--report", "reports", multiple=True, metavar="GLOB", help="Read these reports; repeatable.")
@click.option("--store", metavar="URL", help="Take the baseline from this store (default: beside the repository).")
def explain(
    condition: str | None, base: str | None, rules: str | None, reports: tuple[str, ...], store: str | None
) -> int:
    """Say of every effective condition where it comes from, what it asks for, and how it judges the current state.

    CONDITION names one, such as coverage/new-code or back:coverage/new-code.
    """
    with opened_gate(base=base, rules=rules, reports=reports, store=store) as gate:
        verdict = gate.check()
        judged = {result.id: result for result in verdict.conditions}
        effective = gate.rules_in_force
    lines = list(_explained(effective, judged, condition))
    if condition is not None and not lines:
        raise UsageError(
            slug="unknown-condition",
            where=condition,
            what="the rules in force hold no such condition",
            remedy=f"name one of {', '.join(sorted(judged))}" if judged else "add conditions to rules.yaml",
        )
    click.echo(f"rules: {verdict.rules}")
    for line in lines:
        click.echo(line)
    return 0


def _explained(rules: Rules, judged: dict[str, ConditionResult], wanted: str | None) -> Iterator[str]:
    for component, conditions in rules.conditions.items():
        for each in conditions:
            name = f"{component}:{each.rule}"
            if wanted is None or wanted in (name, each.rule, each.metric):
                yield from _told(name, each, rules, judged.get(name))


def _told(name: str, condition: Condition, rules: Rules, result: ConditionResult | None) -> Iterator[str]:
    metric = rules.metrics.get(condition.metric) or metric_of(condition.metric)
    yield ""
    yield name
    if metric is not None:
        yield f"  {sentence(condition, metric)}"
        yield f"  because {metric.why}"
    yield f"  said at {condition.place}"
    if result is not None:
        yield f"  now: {result.status.value}: {result.explanation}"


@command.command("backtest")
@click.option("--rules", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help="Try these rules (default: rules.yaml); repeatable, side by side.")  # fmt: skip
@click.option("--since", metavar="DATE", help="Start there (anything that git understands).")
@click.option("--merges", is_flag=True, help="Only merges; default: every step of the first-parent history.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the newest N steps.")
@click.option("--store", metavar="URL", help="Take baselines from this store (default: beside the repository).")
@click.option("--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Write a table: markdown or html.")
def backtest(
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
            text = _text_of(file)
            plan = Plan(gate.repository.root, text, str(file), store)
            workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
            replays = run_backtest(gate.repository, plan, commits, workers=workers, told=gate.progress.step)
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
