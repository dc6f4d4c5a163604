"""qualitygate baseline: what changes are compared with."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from qualitygate.cli.main import show_error
from qualitygate.cli.session import opened_gate
from qualitygate.compare import Base
from qualitygate.forward import carry_forward
from qualitygate.keeping import kept
from qualitygate.model.change import Change
from qualitygate.model.errors import CannotMeasureError, UsageError
from qualitygate.model.ratio import NOTHING, shown
from qualitygate.model.snapshot import Snapshot
from qualitygate.model.unknown import Unknown
from qualitygate.noise import listed
from qualitygate.repository.pipeline_base import ANCESTORS

if TYPE_CHECKING:
    from pathlib import Path

    from qualitygate.gate import Gate
    from qualitygate.model.pipeline import Pipeline
    from qualitygate.model.snapshot import ComponentFacts

_STORE = click.option("--store", metavar="URL", help="Use this store (default: beside the repository).")
_REPORT = click.option("--report", "reports", multiple=True, metavar="GLOB", help="Read these reports; repeatable.")


@click.group("baseline")
def command() -> None:
    """Save, build, show, list and prune baselines."""


@command.command("save")
@_STORE
@_REPORT
@click.option("--accept", is_flag=True, help="Take today's levels as the best ones, whatever was reached before.")
def save(store: str | None, reports: tuple[str, ...], *, accept: bool) -> int:
    """Keep what the reports say of the commit that is checked out."""
    with opened_gate(store=store, reports=reports) as gate:
        head = gate.head()
        if head.dirty:
            _refuse_other_sources(gate, head.commit, head.tree)
        pipeline = gate.request.pipeline
        if pipeline.remote and (pipeline.kind.is_merge_request or not may_write_baseline(pipeline)):
            raise UsageError(
                slug="unprotected-baseline",
                where=pipeline.branch or pipeline.kind.value,
                what="baselines are written by pipelines of protected branches only",
                remedy="run the job on the default branch, or protect this one; templates/baseline.yml has the rules",
            )
        _keep(gate, gate, head.commit, anew=accept)
    return 0


def may_write_baseline(pipeline: Pipeline) -> bool:
    """Tell whether what this pipeline measures may be what others are compared with."""
    return pipeline.protected or (bool(pipeline.branch) and pipeline.branch == pipeline.default_branch)


def _refuse_other_sources(gate: Gate, commit: str, tree: str) -> None:
    change = gate.repository.change(commit, tree)
    edited = sorted(path for path in {*change.files, *change.removed} if gate.languages.of(path) is not None)
    if edited:
        raise UsageError(
            slug="uncommitted-sources",
            where=edited[0],
            what="it differs from the commit, so the reports do not speak of the commit",
            remedy="commit or stash the sources, run the tests again, and save then",
        )


@command.command("build")
@_STORE
@_REPORT
@click.option("--base", metavar="REF", help="Build for the merge base with REF (default: as check finds it).")
@click.argument("words", nargs=-1, required=True, metavar="-- COMMAND...")
def build(store: str | None, reports: tuple[str, ...], base: str | None, words: tuple[str, ...]) -> int:
    """Run COMMAND in a temporary checkout of the base and keep what its reports say.

    COMMAND is your test command, such as `qualitygate baseline build -- pytest --cov --cov-report=xml`; it runs at the
    top of the checkout, and its output goes to standard error.
    """
    with opened_gate(store=store, base=base) as gate:
        head = gate.head()
        commit = gate.base(head)
        if commit is None:
            raise UsageError(
                slug="no-base",
                where=head.commit[:12],
                what="it is the first commit, so it has no base to build",
                remedy="use `qualitygate baseline save` for the commit itself",
            )
        gate.progress.say(f"building the baseline of {commit[:12]}: {' '.join(words)}")
        with gate.repository.worktree(commit) as place:
            _run(words, place)
            with opened_gate(directory=place, reports=reports, working_tree=False) as there:
                _keep(gate, there, commit)
    return 0


def _run(words: tuple[str, ...], place: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(words, cwd=place, env=environment, check=False, stdout=sys.stderr)
    except OSError as error:
        raise UsageError(
            slug="command-not-run",
            where=words[0],
            what=f"the command cannot be run: {error.strerror}",
            remedy="give the test command behind `--`, with a path that holds in another checkout",
        ) from None
    if done.returncode:
        click.echo(f"the command ended with exit code {done.returncode}; its reports are read all the same", err=True)


def _measured(facts: ComponentFacts) -> tuple[object, ...]:
    return facts.coverage, facts.tests, facts.findings, facts.duplicated, *facts.numbers.values()


def _keep(keeper: Gate, measurer: Gate, commit: str, *, anew: bool = False) -> None:
    """Keep the facts that one gate measures in the store of another."""
    head = measurer.head()
    rule_set = keeper.rules(None, keeper.head())
    tracked = measurer.repository.files(head.tree)
    snapshot, faults = measurer.collect(rule_set.rules, head, tracked)
    if faults:
        for fault in faults[:-1]:
            show_error(fault)
        raise faults[-1]
    before, change, base = _before(keeper, measurer, commit)
    snapshot, notes = carry_forward(snapshot, base, change, rule_set.rules.components, keeper.request.pipeline.config)
    for note in notes:
        keeper.progress.say(note)
    known = {
        name: facts
        for name, facts in snapshot.components.items()
        if not all(isinstance(each, Unknown) for each in _measured(facts))
    }
    if not known:
        raise CannotMeasureError(
            slug="nothing-to-save",
            where=commit[:12],
            what="no report was found, so there is nothing to keep",
            remedy="run the tests with reports first, or name them with --report",
        )
    found = Snapshot(commit, known)
    touched = (*change.files, *change.removed, *change.gone)
    identical = not any(measurer.languages.of(path) is not None for path in touched)
    levels = keeper.levels(rule_set.rules, found)
    keeper.store.save(kept(found, levels, rule_set.rules, before, change, identical=identical, anew=anew))
    for name, facts in known.items():
        click.echo(f"saved {commit[:12]} {name}: {_summary(facts)}")


def _before(keeper: Gate, measurer: Gate, commit: str) -> tuple[Snapshot | None, Change, Base]:
    """Give the baseline before a commit, the change since then, and what is carried of it.

    A commit that was measured before is measured again: its own baseline is the one before.
    """
    again = keeper.store.load(commit)
    if again is not None:
        return again, Change(), Base(None)
    parent = measurer.repository.commit(f"{commit}^1")
    if parent is None:
        return None, Change(), Base(None)
    baseline, base = keeper.baseline(parent)
    before = keeper.store.load(baseline.measured) if baseline.measured else None
    change = measurer.repository.change(baseline.measured or parent, commit, text_files=measurer.languages.suffixes)
    return before, change, Base(before) if before is not None else base


def _summary(facts: ComponentFacts) -> str:
    told = []
    if not isinstance(facts.coverage, Unknown):
        ratio = sum((each.line_ratio() + each.branches.ratio() for each in facts.coverage.values()), NOTHING)
        share = f"coverage {shown(ratio.percent(), full=Fraction(100))} %" if ratio.whole else "no line that could run"
        told.append(f"{share} of {len(facts.coverage)} files")
    if not isinstance(facts.tests, Unknown):
        told.append(f"{facts.tests.total} tests")
    if not isinstance(facts.findings, Unknown):
        told.append(f"{len(facts.findings)} findings")
    return ", ".join(told)


@command.command("list")
@_STORE
def list_(store: str | None) -> int:
    """List the commits that have a baseline, newest last."""
    with opened_gate(store=store) as gate:
        for stored in gate.store.list():
            parts = ", ".join(
                name if count is None else f"{name} ({count} files)"
                for name, count in sorted(stored.components.items())
            )
            click.echo(f"{stored.commit}  {parts}")
    return 0


@command.command("show")
@_STORE
@click.argument("reference", default="HEAD", metavar="[COMMIT]")
def show(store: str | None, reference: str) -> int:
    """Show what is kept of COMMIT (HEAD by default)."""
    with opened_gate(store=store) as gate:
        commit = gate.repository.commit(reference)
        snapshot = None if commit is None else gate.store.load(commit)
        if commit is None or snapshot is None:
            raise CannotMeasureError(
                slug="no-baseline",
                where=reference,
                what="no baseline is kept of this commit",
                remedy="`qualitygate baseline list` shows which are; `baseline save` keeps the one checked out",
            )
        for name, facts in snapshot.components.items():
            click.echo(f"{commit[:12]} {name}: {_summary(facts)}")
            for use in facts.reports:
                click.echo(f"  {use.path} ({use.format}), {use.matched} matched")
        for line in listed(snapshot.components):
            click.echo(line)
    return 0


@command.command("prune")
@_STORE
@click.option("--keep", default=200, show_default=True, metavar="N", type=click.IntRange(1),
              help="Keep the N newest, and what branches and tags are compared with.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would go, and delete nothing.")
def prune(store: str | None, keep: int, *, dry_run: bool) -> int:
    """Delete old baselines: all but the newest ones and the nearest one of each branch and tag."""
    with opened_gate(store=store) as gate:
        kept = [stored.commit for stored in gate.store.list()]
        needed = set(kept[-keep:])
        tips = gate.repository.git.line(
            "for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes", "refs/tags"
        )
        for tip in {*tips.split(), gate.repository.head_commit}:
            commit = gate.repository.commit(tip)
            nearest = gate.store.nearest(gate.repository.ancestors(commit, most=ANCESTORS)) if commit else None
            if nearest is not None:
                needed.add(nearest)
        gone = [commit for commit in kept if commit not in needed]
        for commit in gone:
            if not dry_run:
                gate.store.delete(commit)
            click.echo(f"{'would delete' if dry_run else 'deleted'} {commit}")
        click.echo(f"{len(kept) - len(gone)} baselines are kept", err=True)
    return 0
