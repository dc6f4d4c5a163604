"""Rules tried on history: what would they have said of every change that is already merged?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec

from qualitygate.collect.expected import is_expected
from qualitygate.collect.language import Languages, all_languages
from qualitygate.collect.sources import measure_sources
from qualitygate.compare import Base, HeadFiles, compare
from qualitygate.extended import RemoteRules
from qualitygate.gate import chosen, needs_all
from qualitygate.governing import text_beside
from qualitygate.judge import judge
from qualitygate.model.history import Commit, Red, Replay
from qualitygate.model.pipeline import LOCAL
from qualitygate.model.snapshot import ComponentFacts, Snapshot
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import BaseKind, Baseline, Status
from qualitygate.repository.repository import Repository
from qualitygate.rules.load import load
from qualitygate.snapshot.store import Surroundings, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from qualitygate.model.rules import Rules
    from qualitygate.model.source import SourceFacts
    from qualitygate.model.verdict import ConditionResult
    from qualitygate.repository.repository import TrackedFile

_EVIDENCE_KEPT = 3
_TOGETHER = 64
_NOT_MEASURED = Unknown(Reason.REPORT_MISSING, "this commit was never measured")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried.

    root:   top of the repository.
    text:   the rules, as they are written.
    origin: how they are called in errors.
    store:  address of the store of baselines; None for the one beside the repository.
    """

    root: Path
    text: str
    origin: str
    store: str | None = None

    @property
    def digest(self) -> str:
        """A name of the gate, the rules and the counting rules that judge: results of another one are never reused."""
        engines = ",".join(sorted(language.engine for language in all_languages()))
        return sha256(f"{version('qualitygate')}\n{self.rules()}\n{engines}".encode()).hexdigest()[:16]

    def rules(self) -> Rules:
        """Read the rules without waivers (what they excuse was red); what they extend is read from the working tree."""
        return replace(
            load(
                self.text,
                self.origin,
                partial(text_beside, self.root, RemoteRules(self.root / ".git" / "qualitygate" / "extends", LOCAL)),
            ),
            waivers=(),
        )


def steps(repository: Repository, *, since: str | None, merges: bool, limit: int | None) -> list[Commit]:
    """List the first-parent history of the head, oldest first; `merges` leaves out what is no merge."""
    words = ["log", "--first-parent", "--reverse", "--format=%H%x00%P%x00%cs%x00%s%x01"]
    words += [f"--since={since}"] if since else []
    words += ["--merges"] if merges else []
    found = []
    for entry in repository.git.line(*words, "HEAD").split("\x01"):
        if entry.strip():
            name, parents, day, subject = entry.strip("\n").split("\x00")
            found.append(Commit(name, parents.partition(" ")[0], day, subject))
    return found[-limit:] if limit else found


@dataclass(slots=True)
class _InMind:
    """Source facts by content, for as long as one run lasts: a commit's base is mostly the commit before."""

    facts: dict[tuple[str, str], SourceFacts] = field(default_factory=dict)

    def recall(self, blobs: Iterable[str], engine: str) -> Mapping[str, SourceFacts]:
        return {blob: self.facts[blob, engine] for blob in blobs if (blob, engine) in self.facts}

    def remember(self, facts: Mapping[str, SourceFacts]) -> None:
        if len(self.facts) > 20_000:
            self.facts.clear()
        self.facts.update(((blob, each.engine), each) for blob, each in facts.items())


def replayed(plan: Plan, commits: Iterable[Commit]) -> Iterator[Replay]:
    """Judge each step by the rules."""
    rules = plan.rules()
    languages, memory = Languages(all_languages()), _InMind()
    with Repository.discover(plan.root) as repository:
        store = open_store(plan.store, Surroundings(repository.common_directory))
        try:
            for commit in commits:
                known = store.load(commit.name), store.load(commit.base) if commit.base else None
                results = _judged(repository, rules, languages, memory, commit, *known)
                yield Replay(
                    commit, tuple(_red(each) for each in results if each.status is Status.FAIL), _unknown(results)
                )
        finally:
            store.close()


def _judged(
    repository: Repository,
    rules: Rules,
    languages: Languages,
    memory: _InMind,
    commit: Commit,
    head: Snapshot | None,
    base: Snapshot | None,
) -> tuple[ConditionResult, ...]:
    before = commit.base or repository.empty_tree
    change = repository.change(before, commit.name, text_files=languages.suffixes)
    origins = {origin for path in change.files for origin in change.origins(path)}
    everything = [component for component in rules.components if needs_all(rules, component)]
    # Whole trees are only listed where something speaks of them: the cost follows the change.
    tracked = repository.files(commit.name, None if everything or head is not None else change.files)
    former = repository.files(before, None if everything else origins)

    def sources(files: Mapping[str, TrackedFile], touched: Collection[str]) -> dict[str, SourceFacts | Unknown]:
        return measure_sources(chosen(files, touched, everything), languages, memory, repository.blobs, _quietly)

    unmeasured = ComponentFacts(_NOT_MEASURED, _NOT_MEASURED, findings=_NOT_MEASURED, duplicated=_NOT_MEASURED)
    known = head.components if head is not None else {}
    snapshot = Snapshot(commit.name, {each.name: known.get(each.name, unmeasured) for each in rules.components})
    head_sources, base_sources = sources(tracked, change.files), sources(former, origins)
    comparisons = [
        compare(
            component,
            Base(base, sources=base_sources),
            snapshot,
            HeadFiles(head_sources, partial(is_expected, component=component, languages=languages), tracked.keys()),
            change,
        )
        for component in rules.components
    ]
    baseline = Baseline(commit.base, BaseKind.NONE if base is None else BaseKind.EXACT)
    return judge(comparisons, rules, baseline, date.fromisoformat(commit.day)).conditions


def _quietly(_done: int, _of: int) -> None:
    """Tell nothing: progress is told by commits."""


def _red(result: ConditionResult) -> Red:
    shown = result.evidence[:_EVIDENCE_KEPT]
    return Red(result.id, result.explanation, tuple(f"{each.path}:{each.line} {each.message}" for each in shown))


def _unknown(results: Iterable[ConditionResult]) -> tuple[str, ...]:
    """Name the conditions that nothing could be said of, those that had nothing to look at left out."""
    return tuple(
        each.id
        for each in results
        if each.unknown is not None and each.unknown.reason is not Reason.NOTHING_TO_MEASURE
        if each.status is Status.UNKNOWN
    )


class Journal:
    """Results so far, a line each beside the repository, so that a run that was stopped goes on where it was."""

    def __init__(self, repository: Repository, plan: Plan) -> None:
        self._file = repository.common_directory / "qualitygate" / f"backtest-{plan.digest}.jsonl"

    def read(self) -> dict[str, Replay]:
        """Give what is known, by commit; a line that was cut is no result."""
        known: dict[str, Replay] = {}
        lines = self._file.read_bytes().splitlines() if self._file.is_file() else []
        for line in lines:
            try:
                replay = msgspec.json.decode(line, type=Replay)
            except msgspec.DecodeError:
                continue
            known[replay.commit.name] = replay
        return known

    def add(self, replays: Iterable[Replay]) -> None:
        """Keep some results."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab") as journal:
            for replay in replays:
                journal.write(msgspec.json.encode(replay) + b"\n")


def backtest(
    repository: Repository, plan: Plan, commits: list[Commit], *, workers: int, told: Callable[[int, int], None]
) -> list[Replay]:
    """Replay all steps, those of the journal read from there, and give them in the order of history.

    workers: processes at once; each takes neighbouring commits, which share most contents.
    told:    told how many of how many are done.
    """
    journal = Journal(repository, plan)
    known = journal.read()
    # What was measured since the last run is judged anew.
    store = open_store(plan.store, Surroundings(repository.common_directory))
    try:
        measured = {stored.commit for stored in store.list()}
    finally:
        store.close()
    for commit in commits:
        if commit.name in measured or commit.base in measured:
            known.pop(commit.name, None)
    missing = [commit for commit in commits if commit.name not in known]
    bundles = [missing[start : start + _TOGETHER] for start in range(0, len(missing), _TOGETHER)]
    done = len(commits) - len(missing)
    for replays in _run(plan, bundles, workers):
        journal.add(replays)
        known.update((replay.commit.name, replay) for replay in replays)
        done += len(replays)
        told(done, len(commits))
    return [known[commit.name] for commit in commits]


def _run(plan: Plan, bundles: list[list[Commit]], workers: int) -> Iterator[list[Replay]]:
    if workers < 2 or len(bundles) < 2:
        yield from (_replay_some((plan, bundle)) for bundle in bundles)
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed  # noqa: PLC0415 - only where it pays

    with ProcessPoolExecutor(workers) as pool:
        for future in as_completed([pool.submit(_replay_some, (plan, bundle)) for bundle in bundles]):
            yield future.result()


def _replay_some(work: tuple[Plan, list[Commit]]) -> list[Replay]:
    return list(replayed(*work))
