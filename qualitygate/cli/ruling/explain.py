"""qualitygate rules explain: the rules in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qualitygate.cli.session import opened_gate
from qualitygate.metrics.catalogue import metric_of
from qualitygate.model.errors import UsageError
from qualitygate.rules.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.model.rules import Condition, Rules
    from qualitygate.model.verdict import ConditionResult


@click.command("explain")
@click.argument("condition", required=False)
@click.option("--base", metavar="REF", help="Compare with the merge base with REF (default: the default branch).")
@click.option("--rules", metavar="FILE|REF:FILE", help="Explain these rules (default: rules.yaml of the base).")
@click.option("--report", "reports", multiple=True, metavar="GLOB", help="Read these reports; repeatable.")
@click.option("--store", metavar="URL", help="Take the baseline from this store (default: beside the repository).")
def command(
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
