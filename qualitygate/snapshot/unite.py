"""Partial snapshots of parallel jobs, made one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qualitygate.model.errors import CannotMeasureError
from qualitygate.model.snapshot import ComponentFacts, Snapshot
from qualitygate.model.tests import TestResults
from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


def united(shards: Sequence[Snapshot]) -> Snapshot:
    """Unite what several jobs collected of one commit; CannotMeasureError where they speak of different ones.

    A line is covered if any shard covers it; tests add up, and a test that stands in several shards counts once where
    it is named; findings are a set. What is unknown in one shard and known in another is known.
    """
    commits = {shard.commit for shard in shards}
    if len(commits) != 1:
        raise CannotMeasureError(
            slug="shards-of-different-commits",
            where=", ".join(sorted(commit[:12] for commit in commits)),
            what="the shards hold facts of different commits",
            remedy="unite shards of one pipeline only",
        )
    components: dict[str, ComponentFacts] = {}
    for shard in shards:
        for name, facts in shard.components.items():
            components[name] = _both(components[name], facts) if name in components else facts
    return Snapshot(commits.pop(), components)


def missing_shards(components: Mapping[str, ComponentFacts], names: Collection[str]) -> dict[str, ComponentFacts]:
    """Mark the declared components from which nothing came: unknown, and with them the verdict."""
    found = dict(components)
    for name in names:
        facts = found.get(name)
        if facts is None or not facts.reports:
            nothing = Unknown(Reason.NOTHING_CAME, f"no shard brought anything of {name}")
            found[name] = ComponentFacts(nothing, nothing, findings=nothing, duplicated=nothing)
    return found


def _both(one: ComponentFacts, other: ComponentFacts) -> ComponentFacts:
    coverage = one.coverage
    if not isinstance(other.coverage, Unknown):
        mine = {} if isinstance(coverage, Unknown) else dict(coverage)
        for path, each in other.coverage.items():
            mine[path] = mine[path] | each if path in mine else each
        coverage = mine
    duplicated = one.duplicated
    if not isinstance(other.duplicated, Unknown):
        copies = {} if isinstance(duplicated, Unknown) else dict(duplicated)
        for path, lines in other.duplicated.items():
            copies[path] = copies[path] | lines if path in copies else lines
        duplicated = copies
    findings = one.findings
    if not isinstance(other.findings, Unknown):
        held = () if isinstance(findings, Unknown) else findings
        findings = tuple(sorted({*held, *other.findings}, key=lambda each: (each.path, each.line, each.rule, each.tool,
                                                                            each.message, each.end_line)))  # fmt: skip
    numbers = {**one.numbers, **{key: value for key, value in other.numbers.items()
                                 if key not in one.numbers or not isinstance(value, Unknown)}}  # fmt: skip
    return replace(
        one,
        coverage=coverage,
        tests=_tests(one.tests, other.tests),
        sources={**one.sources, **other.sources},
        reports=(*one.reports, *(use for use in other.reports if use not in one.reports)),
        findings=findings,
        duplicated=duplicated,
        numbers=numbers,
        served={**one.served, **other.served},
    )


def _tests(one: TestResults | Unknown, other: TestResults | Unknown) -> TestResults | Unknown:
    if isinstance(one, Unknown):
        return other
    if isinstance(other, Unknown):
        return one
    return TestResults(
        one.total + other.total,
        tuple(sorted({*one.failed, *other.failed})),
        tuple(sorted({*one.skipped, *other.skipped})),
        tuple(sorted({*one.flaky, *other.flaky})),
    )
