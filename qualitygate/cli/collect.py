"""qualitygate collect: facts of this commit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitygate.cli.main import show_error
from qualitygate.cli.outputs import write_whole
from qualitygate.cli.session import opened_gate
from qualitygate.collect.sources import measure_sources
from qualitygate.model.component import owner
from qualitygate.model.ratio import NOTHING, Ratio, shown
from qualitygate.model.snapshot import ComponentFacts, Snapshot
from qualitygate.model.unknown import Unknown
from qualitygate.snapshot.codec import encode

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command("collect")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--report", "reports", multiple=True, metavar="GLOB", help="Read these reports; repeatable.")
@click.option("--rules", metavar="FILE|REF:FILE", help="Take the components from these rules.")
@click.option(
    "--shard",
    "shards",
    multiple=True,
    metavar="NAME",
    help="Write only the facts of this component, for `merge` or `check` in a later job; repeatable.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show every report, its format, and how many files it matched.")
def command(
    file: Path | None, reports: tuple[str, ...], rules: str | None, shards: tuple[str, ...], *, verbose: bool
) -> int:
    """Show what the reports of this commit say, by component; with FILE, write all facts there, sources included."""
    if shards and file is None:
        raise click.UsageError("--shard writes a file: name it, such as `collect --shard back back.snapshot`")
    with opened_gate(reports=reports, rules=rules, components=shards) as gate:
        head = gate.head()
        rule_set = gate.rules(None, head)
        gate.known_components(rule_set.rules)
        tracked = gate.repository.files(head.tree)
        snapshot, faults = gate.collect(rule_set.rules, head, tracked)
        for fault in faults:
            show_error(fault)
        if shards:
            snapshot = Snapshot(snapshot.commit, {name: snapshot.components[name] for name in shards})
        if shards and file is not None:
            write_whole(file, encode(snapshot))
        elif file is not None:
            sources = measure_sources(
                list(tracked.values()), gate.languages, gate.memory, gate.repository.blobs, gate.progress.step
            )
            components = {
                component.name: replace(
                    snapshot.components[component.name],
                    sources={
                        path: each
                        for path, each in sources.items()
                        if owner(rule_set.rules.components, path) == component.name
                    },
                )
                for component in rule_set.rules.components
            }
            write_whole(file, encode(Snapshot(snapshot.commit, components)))
        for name, facts in snapshot.components.items():
            for line in _told(name, facts, verbose=verbose):
                click.echo(line)
    return 3 if faults else 0


def _told(name: str, facts: ComponentFacts, *, verbose: bool) -> Iterator[str]:
    yield f"{name}:"
    if isinstance(facts.coverage, Unknown):
        yield f"  coverage: unknown — {facts.coverage.detail}"
    else:
        lines = sum((each.line_ratio() for each in facts.coverage.values()), NOTHING)
        branches = sum((each.branches.ratio() for each in facts.coverage.values()), NOTHING)
        yield f"  coverage: {_share(lines + branches)} of {len(facts.coverage)} files"
        yield f"    lines:    {_share(lines)}"
        yield f"    branches: {_share(branches)}"
        statements = sum((each.statements.ratio() for each in facts.coverage.values()), NOTHING)
        if statements.whole:
            yield f"    statements: {_share(statements)}"
    tests = facts.tests
    if isinstance(tests, Unknown):
        yield f"  tests: unknown — {tests.detail}"
    else:
        counts = (("failed", tests.failed), ("skipped", tests.skipped), ("flaky", tests.flaky))
        yield f"  tests: {tests.total} ({', '.join(f'{len(cases)} {word}' for word, cases in counts)})"
    if isinstance(facts.findings, Unknown):
        yield f"  findings: unknown — {facts.findings.detail}"
    else:
        yield f"  findings: {len(facts.findings)}"
    if not isinstance(facts.duplicated, Unknown):
        count = sum(len(lines) for lines in facts.duplicated.values())
        yield f"  duplicated lines: {count} in {len(facts.duplicated)} files"
    for key, number in facts.numbers.items():
        yield f"  {key}: " + (f"unknown — {number.detail}" if isinstance(number, Unknown) else shown(number))
    if verbose:
        for use in facts.reports:
            yield f"  report: {use.path} ({use.format}), {use.matched} matched"
            for unmatched in use.unmatched:
                yield f"    not tracked here: {unmatched}"
            for note in use.notes:
                yield f"    {note}"


def _share(ratio: Ratio) -> str:
    if not ratio.whole:
        return "nothing measured"
    return f"{shown(ratio.percent(), full=Fraction(100))} % ({ratio.part} of {ratio.whole})"
