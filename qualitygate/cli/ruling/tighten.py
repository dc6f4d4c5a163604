"""qualitygate rules tighten: bounds as tight as what has been reached."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitygate.cli.outputs import write_whole
from qualitygate.cli.session import opened_gate
from qualitygate.governing import RULES_FILE
from qualitygate.model.errors import CannotMeasureError
from qualitygate.rules.tighten import Proposal, edited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from qualitygate.gate import Gate
    from qualitygate.model.rules import Rules
    from qualitygate.model.snapshot import Snapshot

_LOOK_BACK = 10


@click.command("tighten")
@click.option("--write", is_flag=True, help="Edit rules.yaml, its comments and order kept (default: show the edit).")
@click.option(
    "--last", default=_LOOK_BACK, show_default=True, type=click.IntRange(1), help="Look at so many baselines."
)
@click.option("--store", metavar="URL", help="Take the baselines from this store (default: as check does).")
def command(last: int, store: str | None, *, write: bool) -> int:
    """Propose bounds that every one of the last baselines met, in whole numbers; never a looser one."""
    with opened_gate(store=store) as gate:
        file = gate.repository.root / RULES_FILE
        if not file.is_file():
            raise CannotMeasureError(
                slug="no-such-rules",
                where=RULES_FILE,
                what="there are no rules to tighten",
                remedy="write some with `qualitygate init`",
            )
        rules = gate.rules(None, gate.head()).rules
        text = file.read_text(encoding="utf-8")
        kept = [gate.store.load(stored.commit) for stored in list(gate.store.list())[-last:]]
        levels = list(_levels(gate, rules, [each for each in kept if each is not None]))
    if not levels:
        click.echo("no baseline was reached by a bound that could be tighter", err=True)
        return 0
    proposed = edited(text, levels)
    for line in difflib.unified_diff(
        text.splitlines(), proposed.splitlines(), RULES_FILE, f"{RULES_FILE} (tighter)", lineterm="", n=2
    ):
        click.echo(line)
    if write and proposed != text:
        write_whole(Path(file), proposed.encode())
        click.echo(f"wrote {RULES_FILE}", err=True)
    return 0


def _levels(gate: Gate, rules: Rules, snapshots: list[Snapshot]) -> Iterator[Proposal]:
    """Yield the bounds with the worst level that any component had in any of the baselines."""
    reached: dict[tuple[str, str, str], list[Fraction]] = {}
    bounds: dict[tuple[str, str, str], Fraction] = {}
    for snapshot in snapshots:
        for condition_id, value in gate.levels(rules, snapshot).items():
            component, _, rule = condition_id.partition(":")
            condition = next(each for each in rules.conditions[component] if each.rule == rule)
            for key, bound in (("min", condition.minimum), ("max", condition.maximum)):
                if bound is not None:
                    name = (condition.metric, condition.on.value, key)
                    reached.setdefault(name, []).append(value)
                    bounds[name] = (
                        max(bounds.get(name, bound), bound) if key == "min" else min(bounds.get(name, bound), bound)
                    )
    for name, values in reached.items():
        proposal = Proposal(*name, bounds[name], min(values) if name[2] == "min" else max(values))
        if proposal.tighter is not None:
            yield proposal
