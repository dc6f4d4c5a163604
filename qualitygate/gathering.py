"""From report files and shards to the facts of a commit; the files are found and opened here, and read elsewhere."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from qualitygate.collect.collector import Collector
from qualitygate.collect.find import any_age, given, newer_file, open_file, shards, well_known
from qualitygate.collect.numbers import number_in
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.snapshot import Snapshot
from qualitygate.model.source import lines_in
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.snapshot.codec import MAGIC, SUFFIX, decode
from qualitygate.snapshot.unite import missing_shards, united

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from fractions import Fraction
    from pathlib import Path

    from qualitygate.model.metric import CustomMetric
    from qualitygate.model.rules import Rules
    from qualitygate.repository.repository import Head, Repository, TrackedFile

_WORTH_TELLING = 8 << 20


def gather(
    repository: Repository,
    rules: Rules,
    head: Head,
    tracked: Mapping[str, TrackedFile],
    *,
    reports: tuple[str, ...],
    start: Path,
    fresh: bool,
    say: Callable[[str], object],
) -> tuple[Snapshot, tuple[UnreadableReportError, ...]]:
    """Read the reports and give the facts of the head, with the reports that could not be read.

    reports: globs, relative to `start`; empty for the well-known places.
    fresh:   whether a report must not be older than the files it speaks of.
    Files of `collect --shard` among the reports are united with the rest; once there is one, a declared component from
    which nothing came is unknown, and the verdict with it.
    """
    root = repository.root
    if reports:
        paths = given(root, reports, start)
    else:
        paths = well_known(root, [folder for component in rules.components for folder in component.folders])
        paths += shards(root, SUFFIX)
    collector = Collector(
        rules.components,
        tracked,
        partial(_source, repository, head.tree, tracked),
        partial(_lengths, repository, tracked),
    )
    pieces: list[Snapshot] = []
    commit = head.tree if head.dirty else head.commit
    for path in paths:
        origin = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
        try:
            with open_file(path, origin) as stream:
                if stream.read(len(MAGIC)) == MAGIC:
                    pieces.append(_shard(path, origin, commit, collector.refuse))
                    continue
                stream.seek(0)
                if (size := path.stat().st_size) > _WORTH_TELLING:
                    say(f"reading {origin} ({size >> 20} MB)")
                collector.add(stream, origin, partial(newer_file, root, path) if fresh else any_age)
        except UnreadableReportError as fault:
            collector.refuse(fault)
    facts = collector.facts()
    if pieces:
        names = [component.name for component in rules.components]
        facts = missing_shards(united([Snapshot(commit, facts), *pieces]).components, names)
    for metric in rules.metrics.values():
        number = _number(repository.root, metric, collector)
        for name in metric.components:
            known = facts[name].numbers.get(metric.key)
            if not isinstance(number, Unknown) or known is None:
                facts[name] = replace(facts[name], numbers={**facts[name].numbers, metric.key: number})
    return Snapshot(commit, facts), collector.faults


def _shard(path: Path, origin: str, commit: str, refuse: Callable[[UnreadableReportError], object]) -> Snapshot:
    """Read the facts that another job collected of this very commit; those of another one are refused as stale."""
    snapshot = decode(path.read_bytes(), origin)
    if snapshot.commit == commit:
        return snapshot
    refuse(
        UnreadableReportError(
            slug="stale-report",
            where=origin,
            what=f"it holds the facts of {snapshot.commit[:12]}, and {commit[:12]} is judged",
            remedy="collect again on this commit; artifacts of another pipeline do not speak of it",
        )
    )
    return Snapshot(commit, {})


def _number(root: Path, metric: CustomMetric, collector: Collector) -> Fraction | Unknown:
    path = root / metric.file
    if not path.resolve().is_relative_to(root.resolve()) or not path.exists():
        return Unknown(Reason.REPORT_MISSING, f"{metric.file} is not there")
    try:
        with open_file(path, metric.file) as stream:
            return number_in(stream, metric)
    except UnreadableReportError as fault:
        collector.refuse(fault)
        return Unknown(Reason.REPORT_UNREADABLE, f"{fault.where}: {fault.what}")


def _lengths(repository: Repository, tracked: Mapping[str, TrackedFile], paths: Collection[str]) -> dict[str, int]:
    """Count the lines of tracked files."""
    blobs = {tracked[path].blob for path in paths if path in tracked}
    lines = {name: lines_in(content) for name, content in repository.blobs(blobs)}
    return {path: lines[tracked[path].blob] for path in paths if path in tracked}


def _source(repository: Repository, tree: str, tracked: Mapping[str, TrackedFile], path: str) -> bytes | None:
    return repository.content(tree, path) if path in tracked else None


def told(snapshot: Snapshot, faults: Sequence[UnreadableReportError]) -> list[str]:
    """Give the sentences that a reader of the verdict must know of the reports."""
    notes, seen = [f"{fault.where}: {fault.what}; {fault.remedy}" for fault in faults], set()
    for facts in snapshot.components.values():
        for use in facts.reports:
            if use.path in seen:
                continue
            seen.add(use.path)
            notes += [f"{use.path}: {note}" for note in use.notes]
            if use.unmatched:
                notes.append(f"{use.path} names files that are not tracked here, such as {use.unmatched[0]}")
    return notes
