"""The steps of the gate in their order; the only file that knows them all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from qualitygate.carry import carry
from qualitygate.collect.expected import is_expected
from qualitygate.collect.language import Languages, all_languages
from qualitygate.collect.sources import measure_sources
from qualitygate.compare import Base, Comparison, HeadFiles, compare
from qualitygate.forward import carry_forward
from qualitygate.gathering import gather, told
from qualitygate.governing import RULES_FILE, RuleSet, governing_rules, remote_rules
from qualitygate.judge import judge
from qualitygate.local import with_server
from qualitygate.metrics.catalogue import metric_of
from qualitygate.model.change import Change
from qualitygate.model.errors import UsageError
from qualitygate.model.metric import DuplicationMetric, FunctionMetric, SourceMetric
from qualitygate.model.pipeline import LOCAL, Pipeline
from qualitygate.model.rules import Rules
from qualitygate.model.snapshot import Snapshot
from qualitygate.model.verdict import BaseKind, Baseline, On, Proposal, Verdict
from qualitygate.noise import steadied
from qualitygate.repository.base import find_base
from qualitygate.repository.pipeline_base import nearest_measured, pipeline_base

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date
    from fractions import Fraction
    from pathlib import Path

    from qualitygate.model.component import Component
    from qualitygate.model.errors import UnreadableReportError
    from qualitygate.model.snapshot import ComponentFacts
    from qualitygate.model.source import SourceFacts
    from qualitygate.model.unknown import Unknown
    from qualitygate.repository.repository import Head, Repository, TrackedFile
    from qualitygate.snapshot.store import BaselineStore, SourceMemory

_OF_SOURCES = (FunctionMetric, SourceMetric, DuplicationMetric)


class Progress(Protocol):
    """Told of what takes long."""

    def say(self, message: str) -> None:
        """Tell one sentence."""

    def step(self, done: int, of: int) -> None:
        """Tell how many contents of how many are measured."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asks for.

    base:         reference to compare with; None for the default.
    rules:        FILE or REF:FILE; None for the base's rules.yaml.
    components:   names to judge; empty for all.
    reports:      globs; empty for the well-known places.
    start:        where the user stands; globs are relative to it.
    working_tree: whether uncommitted and untracked files are part of the head.
    today:        the day that ends of waivers are held against.
    pipeline:     where this runs; its facts name the base where nobody else does.
    fresh:        whether a report must not be older than the files it speaks of; where jobs hand reports on, file
                  times tell nothing.
    """

    start: Path
    today: date
    pipeline: Pipeline = LOCAL
    fresh: bool = False
    base: str | None = None
    rules: str | None = None
    components: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    working_tree: bool = True


@dataclass(slots=True)
class Gate:
    """One run of the gate over an open repository; what follows `languages` is known of the last check.

    figures: asks a SonarQube server what it knows of the base, where one is named and this is no pipeline.
    """

    repository: Repository
    store: BaselineStore
    memory: SourceMemory | None
    request: Request
    progress: Progress
    languages: Languages = field(default_factory=lambda: Languages(all_languages()))
    faults: tuple[UnreadableReportError, ...] = ()
    rules_in_force: Rules = field(default_factory=Rules)
    facts: Snapshot = field(default_factory=lambda: Snapshot("", {}))
    change: Change = field(default_factory=Change)
    figures: Callable[[Sequence[Component]], Mapping[str, ComponentFacts]] | None = None

    def check(self) -> Verdict:
        """Collect, find the base, compare, judge."""
        head = self.head()
        base = self.base(head)
        rule_set = self.rules(base, head)
        self.rules_in_force = rule_set.rules
        self.known_components(rule_set.rules)
        tracked = self.repository.files(head.tree)
        for each in filter(None, (rule_set.rules, rule_set.proposed)):
            self._held_components(each, tracked, base)
        snapshot, self.faults = self.collect(rule_set.rules, head, tracked)
        change = self.repository.change(
            base or self.repository.empty_tree, head.tree, text_files=self.languages.suffixes
        )
        baseline, known = self.baseline(base)
        snapshot, carried = carry_forward(
            snapshot, known, change, rule_set.rules.components, self.request.pipeline.config
        )
        held = {component.name: component for component in rule_set.rules.components}
        snapshot, unstable = steadied(snapshot, known, change, lambda name, path: held[name].holds(path))
        if not self.request.pipeline.remote:
            snapshot, known = with_server(rule_set.rules, snapshot, known, self.figures)
        self.facts, self.change = snapshot, change
        comparisons = self._compare(rule_set.rules, known, snapshot, tracked, change, base)
        judgement = judge(comparisons, rule_set.rules, baseline, self.request.today)
        proposal = None
        if rule_set.proposed is not None:
            other, _ = self.collect(rule_set.proposed, head, tracked)
            other, _ = carry_forward(other, known, change, rule_set.proposed.components, self.request.pipeline.config)
            beside = self._compare(rule_set.proposed, known, other, tracked, change, base)
            judged = judge(beside, rule_set.proposed, baseline, self.request.today)
            proposal = Proposal(judged.status, judged.conditions)
        notes = [
            *rule_set.notes,
            *judgement.notes,
            *told(snapshot, self.faults),
            *carried,
            *unstable,
            *_outside(rule_set.rules, change),
        ]
        if head.dirty:
            notes.insert(0, "uncommitted and untracked files are part of what was judged")
        commit = head.tree if head.dirty else head.commit
        return Verdict(
            judgement.status, commit, baseline, judgement.conditions, rule_set.origin, tuple(notes), proposal
        )  # fmt: skip

    def head(self) -> Head:
        """Say what is judged."""
        return self.repository.head(working_tree=self.request.working_tree, counts=self._counts)

    def _counts(self, path: str) -> bool:
        return path == RULES_FILE or self.languages.of(path) is not None

    def rules(self, base: str | None, head: Head) -> RuleSet:
        """Read the rules that judge: those given, else the base's, else (adoption) the head's, else the recommended."""
        remote = remote_rules(self.repository, self.request.pipeline, self.progress.say)
        return governing_rules(self.repository, base, head.tree, self.request.rules, self.request.start, remote)

    def known_components(self, rules: Rules) -> None:
        """Refuse `--component` names that the rules do not declare."""
        names = [component.name for component in rules.components]
        for name in self.request.components:
            if name not in names:
                raise UsageError(
                    slug="unknown-component",
                    where=f"--component {name}",
                    what="rules.yaml declares no such component",
                    remedy=f"use one of {', '.join(names)}",
                )

    def _held_components(self, rules: Rules, tracked: Mapping[str, TrackedFile], base: str | None) -> None:
        """Refuse a component that holds no file: whatever is asked of it would never be judged."""
        for component in rules.components:
            if any(component.holds(path) for path in tracked):
                continue
            if base is None or not any(component.holds(path) for path in self.repository.files(base)):
                raise UsageError(
                    slug="empty-component",
                    where=f"components: {component.name}",
                    what=f"{', '.join(component.paths)} matches no file of this commit or its base",
                    remedy="correct the globs in rules.yaml",
                )

    def collect(
        self, rules: Rules, head: Head, tracked: Mapping[str, TrackedFile]
    ) -> tuple[Snapshot, tuple[UnreadableReportError, ...]]:
        """Read the reports and give the facts of the head, with the reports that could not be read."""
        request = self.request
        return gather(
            self.repository, rules, head, tracked,
            reports=request.reports, start=request.start, fresh=request.fresh, say=self.progress.say,
        )  # fmt: skip

    def base(self, head: Head) -> str | None:
        """Find the base: the one that is asked for, else by the facts of the pipeline, else by the default branch."""
        if self.request.base is None and self.request.pipeline.remote:
            return pipeline_base(self.repository, head, self.request.pipeline, self.store.nearest, self.progress.say)
        return find_base(self.repository, head, self.request.base, self.progress.say)

    def baseline(self, base: str | None) -> tuple[Baseline, Base]:
        """Find the measured facts of the base, or of its nearest ancestor with facts, carried over the line map."""
        if base is None:
            return Baseline("", BaseKind.NONE), Base(None)
        exact = self.store.load(base)
        if exact is not None:
            return Baseline(base, BaseKind.EXACT, 0, base), Base(exact)
        found = nearest_measured(self.repository, base, self.store.nearest, self.progress.say)
        measured = self.store.load(found[0]) if found is not None else None
        if found is None or measured is None:
            return Baseline(base, BaseKind.NONE), Base(None)
        between = self.repository.change(found[0], base, text_files=self.languages.suffixes)
        carried, undecided = carry(measured, between, base)
        return Baseline(base, BaseKind.ANCESTOR, found[1], found[0]), Base(carried, undecided)

    def _compare(
        self,
        rules: Rules,
        known: Base,
        snapshot: Snapshot,
        tracked: Mapping[str, TrackedFile],
        change: Change,
        base: str | None,
    ) -> list[Comparison]:
        wanted = [
            component
            for component in rules.components
            if not self.request.components or component.name in self.request.components
        ]
        everything = [component for component in wanted if needs_all(rules, component)]
        head_sources = self._measure(chosen(tracked, change.files, everything))
        base_files = self.repository.files(base) if base is not None else {}
        origins = {origin for path in change.files for origin in change.origins(path)}
        base_sources = self._measure(chosen(base_files, origins, everything))
        return [
            compare(
                component,
                replace(known, sources=base_sources),
                snapshot,
                HeadFiles(head_sources, self._expected(component), tracked.keys()),
                change,
            )
            for component in wanted
        ]

    def levels(self, rules: Rules, snapshot: Snapshot) -> dict[str, Fraction]:
        """Give what the conditions come to at a measured commit by itself, by their id, those that are known."""
        tracked = self.repository.files(snapshot.commit)
        measured = tuple(each for each in rules.components if each.name in snapshot.components)
        rules = replace(rules, components=measured)
        everything = self.repository.change(self.repository.empty_tree, snapshot.commit)
        compared = self._compare(rules, Base(None), snapshot, tracked, everything, None)
        results = judge(compared, rules, Baseline("", BaseKind.NONE), self.request.today).conditions
        return {result.id: result.value for result in results if result.value is not None}

    def _expected(self, component: Component) -> Callable[[str, Collection[str]], bool]:
        return partial(is_expected, component=component, languages=self.languages)

    def _measure(self, files: Sequence[TrackedFile]) -> dict[str, SourceFacts | Unknown]:
        return measure_sources(files, self.languages, self.memory, self.repository.blobs, self.progress.step)


def chosen(
    files: Mapping[str, TrackedFile], paths: Collection[str], everything: Sequence[Component]
) -> list[TrackedFile]:
    """Give the named files, and all files of the components whose totals are judged."""
    return [
        file for path, file in files.items() if path in paths or any(component.holds(path) for component in everything)
    ]


def needs_all(rules: Rules, component: Component) -> bool:
    """Tell whether a condition looks at all sources of a component, touched or not."""
    return any(
        condition.on is On.OVERALL and isinstance(metric_of(condition.metric), _OF_SOURCES)
        for condition in rules.conditions.get(component.name, ())
    )


def _outside(rules: Rules, change: Change) -> list[str]:
    """Name changed files that no component holds: nothing judges them."""
    stray = sorted(path for path in change.files if not any(component.holds(path) for component in rules.components))
    if not stray:
        return []
    more = f" and {len(stray) - 1} more" if len(stray) > 1 else ""
    return [f"no component holds {stray[0]}{more}, so no rule judges it"]
