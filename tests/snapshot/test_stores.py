"""Contract tests for every store, and the codec behind them."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.model.coverage import FileCoverage
from qualitygate.model.discovery import modules
from qualitygate.model.errors import CannotMeasureError, UsageError
from qualitygate.model.finding import Finding, Severity
from qualitygate.model.lines import LineSet
from qualitygate.model.pipeline import pipeline_of
from qualitygate.model.snapshot import ComponentFacts, ReportUse, Snapshot
from qualitygate.model.source import Function, SourceFacts
from qualitygate.model.tests import TestCase, TestResults
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.snapshot import codec, packing
from qualitygate.snapshot.store import BaselineStore, StoreKind, Surroundings, open_store
from qualitygate.snapshot.stores import sqlite as sqlite_store
from tests.gitlab import GitlabServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

text = st.text(max_size=8)
counts = st.integers(0, 10**6)
lines = st.sets(st.integers(1, 300)).map(LineSet.of)
coverages = st.builds(
    FileCoverage.of,
    st.dictionaries(st.integers(1, 300), st.integers(0, 2)),
    st.dictionaries(st.integers(1, 300), st.tuples(st.integers(0, 2), st.integers(2, 4))),
)
unknowns = st.builds(Unknown, st.sampled_from(Reason), text)
functions = st.builds(
    lambda name, line, more, complexity, parameters, length, cognitive: Function(
        name, line, line + more, complexity, parameters, length, cognitive
    ),
    text,
    counts,
    counts,
    counts,
    counts,
    counts,
    counts,
)
sources = st.builds(SourceFacts, text, st.lists(functions, max_size=3).map(tuple), lines, lines)
cases = st.lists(st.builds(TestCase, text, text, text, text, counts), max_size=3).map(tuple)
tests = st.builds(TestResults, counts, cases, cases, cases)
paths = st.sampled_from(["a.py", "b/é.py", "bad\udcff.py", "sp ace.py"])
uses = st.builds(
    ReportUse, text, text, counts, st.lists(text, max_size=2).map(tuple), st.lists(text, max_size=2).map(tuple)
)
findings = st.lists(
    st.builds(Finding, text, text, st.sampled_from(Severity), paths, counts, counts, text), max_size=3
).map(tuple)
components = st.builds(
    ComponentFacts,
    st.one_of(unknowns, st.dictionaries(paths, coverages)),
    st.one_of(unknowns, tests),
    st.dictionaries(paths, st.one_of(unknowns, sources)),
    st.lists(uses, max_size=2).map(tuple),
    st.one_of(unknowns, findings),
)
snapshots = st.builds(
    Snapshot,
    st.text("0123456789abcdef", min_size=40, max_size=40),
    st.dictionaries(text, components, min_size=1, max_size=3),
)


@given(snapshots)
def test_a_snapshot_survives_its_codec_and_equal_ones_have_equal_bytes(snapshot: Snapshot) -> None:
    data = codec.encode(snapshot)
    assert codec.decode(data, "x") == snapshot
    shuffled = Snapshot(
        snapshot.commit, {name: snapshot.components[name] for name in reversed(list(snapshot.components))}
    )
    assert codec.encode(shuffled) == data


@given(snapshots, st.integers(0, 400))
def test_a_cut_snapshot_is_told_and_never_read(snapshot: Snapshot, keep: int) -> None:
    data = codec.encode(snapshot)
    with pytest.raises(CannotMeasureError) as told:
        codec.decode(data[: min(keep, len(data) - 1)], "base.qgs")
    assert (told.value.slug, told.value.where) == ("snapshot-damaged", "base.qgs")


def test_a_snapshot_of_a_newer_format_is_told() -> None:
    import msgspec  # noqa: PLC0415 - the one place that writes a future

    data = codec.MAGIC + msgspec.msgpack.encode([codec.VERSION + 1, "c", {}])
    with pytest.raises(CannotMeasureError) as told:
        codec.decode(data, "x")
    assert told.value.slug == "snapshot-too-new"


def test_a_covered_line_costs_two_bits_and_a_function_eighty_bytes() -> None:
    covered = FileCoverage.of({line: int(line % 11 != 0) for line in range(1, 20_001) if line % 3})
    assert len(packing.encode_coverage(covered)) * 8 <= 2 * len(covered.covered)
    many = SourceFacts(
        "python/1",
        tuple(
            Function(f"Controller.handle_request_{n * 7919 % 1000}", n * 12, n * 12 + 9, n % 9 + 1, n % 4, 8, n % 7)
            for n in range(1, 300)
        ),
        LineSet.of(n for n in range(1, 3600) if n % 7),
        LineSet.of(n for n in range(1, 3600) if n % 3),
    )
    assert len(packing.encode_source(many)) <= 80 * len(many.functions)


def kinds() -> list[StoreKind]:
    return [module.STORE for module in modules("qualitygate.snapshot.stores")]


@pytest.fixture(params=kinds(), ids=lambda kind: kind.scheme)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaselineStore]:
    kind: StoreKind = request.param
    if kind.scheme == "gitlab":
        with GitlabServer.running() as server:
            pipeline = pipeline_of(server.variables())
            opened = kind.open("gitlab://", Surroundings(tmp_path, pipeline))
            yield opened
            opened.close()
        return
    opened = kind.open({"file": f"file://{tmp_path}/baselines"}.get(kind.scheme, ""), Surroundings(tmp_path))
    yield opened
    opened.close()


def facts(*hits: int, failed: int = 0) -> ComponentFacts:
    coverage = {"a.py": FileCoverage.of(dict(enumerate(hits, start=1)), {1: (1, 2)})}
    return ComponentFacts(coverage, TestResults(3, tuple(TestCase("s", f"t{n}") for n in range(failed))))


def test_a_store_gives_back_what_it_kept(store: BaselineStore) -> None:
    first, second = Snapshot("a" * 40, {"back": facts(1, 0)}), Snapshot("b" * 40, {"back": facts(1), "front": facts(0)})
    assert store.load(first.commit) is None
    store.save(first)
    store.save(second)
    assert store.load(first.commit) == first
    assert store.load(second.commit) == second
    assert [(each.commit, set(each.components)) for each in store.list()] == [
        (first.commit, {"back"}),
        (second.commit, {"back", "front"}),
    ]
    store.delete(first.commit)
    store.delete(first.commit)
    assert store.load(first.commit) is None
    assert [each.commit for each in store.list()] == [second.commit]
    store.close()


def test_a_store_replaces_components_and_keeps_the_others(store: BaselineStore) -> None:
    store.save(Snapshot("a" * 40, {"back": facts(1, 0), "front": facts(0)}))
    store.save(Snapshot("a" * 40, {"back": facts(1, 1, failed=1)}))
    assert store.load("a" * 40) == Snapshot("a" * 40, {"back": facts(1, 1, failed=1), "front": facts(0)})
    store.close()


def test_a_store_finds_the_nearest_of_many_commits(store: BaselineStore) -> None:
    commits = [f"{number:040x}" for number in range(1200)]
    assert store.nearest(commits) is None
    for number in (1100, 700):
        store.save(Snapshot(commits[number], {"module": facts(1)}))
    assert store.nearest(commits) == commits[700]
    assert store.nearest(commits[701:]) == commits[1100]
    assert store.nearest([]) is None
    store.close()


def test_an_unknown_stays_unknown_in_a_store(store: BaselineStore) -> None:
    missing = Unknown(Reason.REPORT_MISSING, "no report")
    snapshot = Snapshot("a" * 40, {"module": ComponentFacts(missing, missing)})
    store.save(snapshot)
    assert store.load("a" * 40) == snapshot
    store.close()


def test_sources_are_remembered_by_content_and_engine(tmp_path: Path) -> None:
    memory = sqlite_store.SqliteStore(tmp_path / "s.sqlite3")
    known = SourceFacts("python/1", (Function("f", 1, 2, 3, 4, 2, 5),), LineSet.of([1, 2]), LineSet.of([1]))
    memory.remember({"b1": known})
    assert memory.recall(["b1", "b2"], "python/1") == {"b1": known}
    assert memory.recall(["b1"], "python/2") == {}
    memory.close()


def test_a_store_that_another_process_holds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_store, "LOCK_SECONDS", 0.1)
    path = tmp_path / "s.sqlite3"
    store = sqlite_store.SqliteStore(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin exclusive")
    with pytest.raises(CannotMeasureError) as told:
        store.save(Snapshot("a" * 40, {"m": facts(1)}))
    assert told.value.slug == "store-locked"
    store.remember({"b": SourceFacts("e", ())})
    other.execute("rollback")
    store.save(Snapshot("a" * 40, {"m": facts(1)}))
    other.close()
    store.close()


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    store = sqlite_store.SqliteStore(tmp_path / "s.sqlite3")
    store.save(Snapshot("a" * 40, {"m": facts(1)}))
    database = store._database
    pages = database.execute("pragma page_count").fetchone()[0]
    database.execute(f"pragma max_page_count = {pages}")
    big = {f"file{n}.py": FileCoverage.of({n * 37 % 991 + 1: 1, n: 0}) for n in range(1, 900)}
    with pytest.raises(CannotMeasureError) as told:
        store.save(Snapshot("a" * 40, {"m": ComponentFacts(big, TestResults(1))}))
    assert told.value.slug == "disk-full"
    assert store.load("a" * 40) == Snapshot("a" * 40, {"m": facts(1)})
    store.close()


def test_an_interrupted_save_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = sqlite_store.SqliteStore(tmp_path / "s.sqlite3")
    store.save(Snapshot("a" * 40, {"m": facts(1)}))
    seen = []

    def interrupt(coverage: FileCoverage) -> bytes:
        seen.append(coverage)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return packing.encode_coverage(coverage)

    monkeypatch.setattr(sqlite_store, "encode_coverage", interrupt)
    two = {"a.py": FileCoverage.of({1: 0}), "b.py": FileCoverage.of({1: 0})}
    with pytest.raises(KeyboardInterrupt):
        store.save(Snapshot("a" * 40, {"m": ComponentFacts(two, TestResults(1))}))
    assert store.load("a" * 40) == Snapshot("a" * 40, {"m": facts(1)})
    store.close()


@pytest.mark.parametrize("content", [b"hello", b"SQLite format 3\0" + b"x" * 5000], ids=["no-database", "a-broken-one"])
def test_a_damaged_store_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.sqlite3"
    path.write_bytes(content)
    with pytest.raises(CannotMeasureError) as told:
        sqlite_store.SqliteStore(path)
    assert told.value.slug == "store-damaged"


def test_a_store_of_a_newer_format_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("pragma user_version = 99")
    database.close()
    with pytest.raises(CannotMeasureError) as told:
        sqlite_store.SqliteStore(path)
    assert told.value.slug == "store-too-new"


def test_concurrent_saves_of_one_commit_leave_one_of_them_whole(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    sqlite_store.SqliteStore(path).close()

    def save(hits: int) -> None:
        mine = sqlite_store.SqliteStore(path)
        for _ in range(5):
            mine.save(Snapshot("a" * 40, {"m": facts(*[hits] * 5)}))
        mine.close()

    threads = [threading.Thread(target=save, args=(hits,)) for hits in (0, 1, 1, 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = sqlite_store.SqliteStore(path)
    assert store.load("a" * 40) in [Snapshot("a" * 40, {"m": facts(*[hits] * 5)}) for hits in (0, 1)]
    store.close()


def test_a_store_address_of_no_known_kind_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as told:
        open_store("ftp://x", Surroundings(tmp_path))
    assert told.value.slug == "unknown-store"
    open_store(f"sqlite:///{tmp_path}/given.sqlite3", Surroundings(tmp_path)).close()
    assert (tmp_path / "given.sqlite3").exists()
