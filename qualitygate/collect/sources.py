"""Source facts of tracked files: remembered ones first, the rest measured from git's objects."""

from __future__ import annotations

import gc
import os
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Protocol

from qualitygate.collect.language import Language, Languages
from qualitygate.model.source import SourceFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from concurrent.futures import Future

    from qualitygate.model.unknown import Unknown
    from qualitygate.repository.repository import TrackedFile

_WORTH_A_POOL = 400
_TOGETHER = 32


class _Memory(Protocol):
    def recall(self, blobs: Iterable[str], engine: str) -> Mapping[str, SourceFacts]: ...
    def remember(self, facts: Mapping[str, SourceFacts]) -> None: ...


def measure_sources(
    files: Collection[TrackedFile],
    languages: Languages,
    memory: _Memory | None,
    blobs: Callable[[Collection[str]], Iterator[tuple[str, bytes]]],
    step: Callable[[int, int], None],
) -> dict[str, SourceFacts | Unknown]:
    """Give the source facts of those files that some language reads, by path.

    memory: what was measured before, by content; None to measure everything.
    blobs:  reads contents by object name.
    step:   told how many of how many contents are measured.
    """
    wanted: dict[Language, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for file in files:
        language = languages.of(file.path)
        if language is not None:
            wanted[language][file.blob].append(file.path)
    found: dict[str, SourceFacts | Unknown] = {}
    for language, paths_of in wanted.items():
        known: dict[str, SourceFacts | Unknown] = {}
        if memory is not None:
            known.update(memory.recall(paths_of, language.engine))
        missing = [blob for blob in paths_of if blob not in known]
        fresh = dict(_measured(missing, language, blobs, step))
        if memory is not None and fresh:
            # What could not be read is tried again: the next interpreter may know more syntax.
            memory.remember({blob: facts for blob, facts in fresh.items() if isinstance(facts, SourceFacts)})
        known.update(fresh)
        for blob, paths in paths_of.items():
            for path in paths:
                found[path] = known[blob]
    return found


def usable_cores() -> int:
    """Count the cores that this process may use, at least 1."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _measured(
    missing: list[str],
    language: Language,
    blobs: Callable[[Collection[str]], Iterator[tuple[str, bytes]]],
    step: Callable[[int, int], None],
) -> Iterator[tuple[str, SourceFacts | Unknown]]:
    cores = usable_cores()
    if len(missing) < _WORTH_A_POOL or cores < 2:
        collecting = gc.isenabled()
        # Syntax trees hold no cycles; looking for some costs a third of the time.
        gc.disable()
        try:
            for count, (blob, content) in enumerate(blobs(missing), start=1):
                yield blob, language.measure(content)
                step(count, len(missing))
        finally:
            if collecting:
                gc.enable()
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - 40 ms that only a large measure pays

    with ProcessPoolExecutor(cores, initializer=gc.disable) as pool:
        done = 0
        running: deque[Future[list[tuple[str, SourceFacts | Unknown]]]] = deque()
        # Only so many bundles are read ahead as keep the workers busy: contents of a large tree do not fit in memory.
        for bundle in _bundles(language, blobs(missing)):
            running.append(pool.submit(_measure_some, bundle))
            if len(running) > 2 * cores:
                done += _TOGETHER
                yield from running.popleft().result()
                step(done, len(missing))
        for future in running:
            yield from future.result()
        step(len(missing), len(missing))


def _bundles(
    language: Language, contents: Iterator[tuple[str, bytes]]
) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    bundle: list[tuple[str, bytes]] = []
    for each in contents:
        bundle.append(each)
        if len(bundle) == _TOGETHER:
            yield language.suffixes[0], bundle
            bundle = []
    if bundle:
        yield language.suffixes[0], bundle


def _measure_some(work: tuple[str, list[tuple[str, bytes]]]) -> list[tuple[str, SourceFacts | Unknown]]:
    from qualitygate.collect.language import all_languages  # noqa: PLC0415 - looked up in the worker, once each

    suffix, contents = work
    language = Languages(all_languages()).of(f"x{suffix}")
    if language is None:
        raise AssertionError(f"no language reads {suffix}")
    return [(blob, language.measure(content)) for blob, content in contents]
