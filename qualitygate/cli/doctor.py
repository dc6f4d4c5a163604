"""qualitygate doctor: is everything here that a good verdict needs?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from qualitygate.cli.session import opened_gate
from qualitygate.model.errors import GateError
from qualitygate.model.unknown import Unknown
from qualitygate.repository.base import shallow_boundary
from qualitygate.repository.pipeline_base import nearest_measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qualitygate.gate import Gate
    from qualitygate.model.pipeline import Pipeline
    from qualitygate.model.rules import Rules


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    mark:   ok, or missing (a verdict will say less than it could), or wrong (there will be none).
    told:   what was seen, in a sentence.
    remedy: one thing to do; empty where all is well.
    """

    mark: str
    told: str
    remedy: str = ""


_SIGNS = {"ok": "✓", "missing": "!", "wrong": "✗"}


@click.command("doctor")
@click.option("--base", metavar="REF", help="Compare with the merge base with REF (default: the default branch).")
@click.option("--rules", metavar="FILE|REF:FILE", help="Look at these rules (default: rules.yaml of the base).")
@click.option("--report", "reports", multiple=True, metavar="GLOB", help="Look at these reports; repeatable.")
@click.option("--store", metavar="URL", help="Look for baselines in this store (default: beside the repository).")
def command(base: str | None, rules: str | None, reports: tuple[str, ...], store: str | None) -> int:
    """Check history, base, rules, reports, baseline and tokens; each fault is shown with its remedy.

    Exit code 0 where a verdict can be had, 3 where something is in its way.
    """
    wrong = False
    with opened_gate(base=base, rules=rules, reports=reports, store=store) as gate:
        for check in _checks(gate):
            click.echo(f"{_SIGNS[check.mark]} {check.told}")
            if check.remedy:
                click.echo(f"    → {check.remedy}")
            wrong |= check.mark == "wrong"
    return 3 if wrong else 0


def _checks(gate: Gate) -> Iterator[Check]:
    yield Check("ok", f"{gate.repository.git.line('--version')}, repository {gate.repository.root}")
    yield _history(gate)
    found: dict[str, str | None] = {}
    rules: list[Rules] = []
    yield _attempt(lambda: _base(gate, found))
    if "base" not in found:
        return
    yield _attempt(lambda: _rules(gate, found["base"], rules))
    for each in rules:
        yield from _reports(gate, each)
    yield _attempt(lambda: _baseline(gate, found["base"]))
    if gate.request.pipeline.remote:
        yield from _tokens(gate.request.pipeline)


def _attempt(look: Callable[[], Check]) -> Check:
    """Look at something; an error of the gate is a fault here, and the next thing is looked at all the same."""
    try:
        return look()
    except GateError as error:
        where = f"{error.where}: " if error.where else ""
        return Check("wrong", f"{where}{error.what}", error.remedy)


def _history(gate: Gate) -> Check:
    cut = shallow_boundary(gate.repository)
    if not cut:
        return Check("ok", "the history is complete")
    return Check(
        "missing",
        f"the clone is shallow (cut at {len(cut)} commits); what the base needs is fetched",
        "set GIT_DEPTH: 0 for the job if that takes too long",
    )


def _base(gate: Gate, found: dict[str, str | None]) -> Check:
    base = gate.base(gate.head())
    found["base"] = base
    if base is None:
        return Check("missing", "this is the first commit: there is nothing to compare with")
    return Check(
        "ok", f"the base is {base[:12]}, {gate.repository.git.line('log', '-1', '--format=%cs %s', base)[:72]}"
    )


def _rules(gate: Gate, base: str | None, kept: list[Rules]) -> Check:
    chosen = gate.rules(base, gate.head())
    kept.append(chosen.rules)
    count = sum(len(each) for each in chosen.rules.conditions.values())
    names = ", ".join(component.name for component in chosen.rules.components)
    if "there is no rules.yaml" in chosen.origin:
        return Check(
            "missing", f"rules: {chosen.origin}", "write a rules.yaml; docs/reference/rules.md explains every key"
        )
    return Check("ok", f"rules: {chosen.origin}, {count} conditions for {names}")


def _reports(gate: Gate, rules: Rules) -> Iterator[Check]:
    head = gate.head()
    tracked = gate.repository.files(head.tree)
    try:
        snapshot, faults = gate.collect(rules, head, tracked)
    except GateError as error:
        yield Check("wrong", f"{error.where}: {error.what}", error.remedy)
        return
    for fault in faults:
        yield Check("wrong", f"{fault.where}: {fault.what}", fault.remedy)
    for name, facts in snapshot.components.items():
        if not any(
            component.holds(path) for component in rules.components if component.name == name for path in tracked
        ):
            yield Check("wrong", f"{name}: its globs match no file", "correct the globs in rules.yaml")
        seen = sorted({f"{use.path} ({use.format}, {use.matched} matched)" for use in facts.reports})
        if seen:
            yield Check("ok", f"{name}: reads {', '.join(seen)}")
        for what, known in (("coverage", facts.coverage), ("tests", facts.tests)):
            if isinstance(known, Unknown) and not faults:
                yield Check(
                    "missing",
                    f"{name}: {what} unknown: {known.detail}",
                    "let the job write its report to a well-known path (docs/reference/formats.md), or use --report",
                )


def _baseline(gate: Gate, base: str | None) -> Check:
    if base is None:
        return Check("ok", "the first commit needs no baseline")
    remedy = (
        "run `qualitygate baseline build -- COMMAND` with your test command, or `baseline save` on the default branch"
    )
    found = nearest_measured(gate.repository, base, gate.store.nearest, gate.progress.say)
    if found is None:
        return Check("missing", "neither the base nor an ancestor was ever measured", remedy)
    nearest, distance = found
    if distance:
        return Check(
            "missing", f"the base was not measured; {nearest[:12]}, {distance} before it, speaks for it", remedy
        )
    return Check("ok", "the base was measured")


def _tokens(pipeline: Pipeline) -> Iterator[Check]:
    if pipeline.job_token:
        yield Check("ok", f"this is a GitLab pipeline ({pipeline.kind.value}) with a job token")
    else:
        yield Check(
            "missing", "this is a GitLab pipeline without CI_JOB_TOKEN", "run it in a job, not in a service container"
        )
    if pipeline.kind.is_merge_request and not pipeline.api_token:
        yield Check(
            "missing",
            "there is no token that may write the note",
            "give a project access token with scope api as the masked variable QUALITYGATE_API_TOKEN",
        )
