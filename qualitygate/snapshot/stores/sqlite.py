"""The embedded store: one SQLite file under the repository's git directory."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from qualitygate.model.errors import CannotMeasureError
from qualitygate.model.snapshot import ComponentFacts, Snapshot
from qualitygate.model.unknown import Unknown
from qualitygate.snapshot.codec import (
    decode_header,
    encode_header,
    facts_of,
)
from qualitygate.snapshot.packing import decode_coverage, decode_source, encode_coverage, encode_source
from qualitygate.snapshot.records import decode_record, encode_record
from qualitygate.snapshot.store import Stored, StoreKind, Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from qualitygate.model.record import Record
    from qualitygate.model.source import SourceFacts

FORMAT = 1
LOCK_SECONDS = 10
_AT_ONCE = 500
_TABLES = """
create table if not exists snapshot (
    id integer primary key, commit_name text not null, component text not null, header blob not null,
    unique (commit_name, component)
);
create table if not exists coverage (
    snapshot integer not null references snapshot (id) on delete cascade, path blob not null, data blob not null,
    primary key (snapshot, path)
) without rowid;
create table if not exists record (id integer primary key, data blob not null);
create table if not exists source (
    blob text not null, engine text not null, data blob not null, primary key (blob, engine)
) without rowid;
"""


class SqliteStore:
    """Baselines and source facts in one SQLite file; several processes may use it at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._database.close()
                raise

    def _prepare(self) -> None:
        self._database.execute("pragma foreign_keys = on")
        version = self._database.execute("pragma user_version").fetchone()[0]
        if version > FORMAT:
            raise CannotMeasureError(
                slug="store-too-new",
                where=str(self._path),
                what=f"the store has format {version}; this gate knows up to {FORMAT}",
                remedy="upgrade qualitygate, or delete the file to start anew",
            )
        # Tables of later additions come into older stores without a new format: nobody misreads what was there before.
        if version == FORMAT:
            self._database.executescript(_TABLES)
        if version == 0:
            self._database.executescript(f"begin immediate; {_TABLES} pragma user_version = {FORMAT}; commit;")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell the store's failures in the user's words."""
        try:
            yield
        except sqlite3.OperationalError as error:
            locked = "locked" in str(error) or "busy" in str(error)
            full = "full" in str(error)
            raise CannotMeasureError(
                slug="store-locked" if locked else "disk-full" if full else "store-unusable",
                where=str(self._path),
                what="another process holds the store" if locked else f"the store cannot be used: {error}",
                remedy="wait until the other run is through, and try again"
                if locked
                else "free some space, and try again"
                if full
                else "check the file and its folder, or name another one with --store",
            ) from None
        except (sqlite3.DatabaseError, ValueError) as error:
            raise CannotMeasureError(
                slug="store-damaged",
                where=str(self._path),
                what=f"the store is damaged: {error}",
                remedy="delete the file; baselines can be built again with `qualitygate baseline build`",
            ) from None
        except OSError as error:
            raise CannotMeasureError(
                slug="store-unusable",
                where=str(self._path),
                what=f"the store cannot be used: {error.strerror}",
                remedy="check the file and its folder, or name another one with --store",
            ) from None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._told():
            self._database.execute("begin immediate")
            try:
                yield self._database
                self._database.execute("commit")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("rollback")
                raise

    def save(self, snapshot: Snapshot) -> None:
        with self._writing() as database:
            for component, facts in sorted(snapshot.components.items()):
                key = (snapshot.commit, component)
                database.execute("delete from snapshot where commit_name = ? and component = ?", key)
                row = database.execute(
                    "insert into snapshot (commit_name, component, header) values (?, ?, ?)",
                    (*key, encode_header(facts)),
                )
                if not isinstance(facts.coverage, Unknown):
                    database.executemany(
                        "insert into coverage (snapshot, path, data) values (?, ?, ?)",
                        (
                            (row.lastrowid, path.encode("utf-8", "surrogateescape"), encode_coverage(coverage))
                            for path, coverage in sorted(facts.coverage.items())
                        ),
                    )

    def load(self, commit: str) -> Snapshot | None:
        with self._told():
            rows = self._database.execute(
                "select id, component, header from snapshot where commit_name = ? order by component", (commit,)
            ).fetchall()
            components = {component: self._component(number, header) for number, component, header in rows}
        return Snapshot(commit, components) if components else None

    def _component(self, number: int, header: bytes) -> ComponentFacts:
        files = self._database.execute("select path, data from coverage where snapshot = ?", (number,))
        coverage = {path.decode("utf-8", "surrogateescape"): decode_coverage(data) for path, data in files}
        return facts_of(decode_header(header), coverage, {})

    def nearest(self, commits: Sequence[str]) -> str | None:
        kept: set[str] = set()
        with self._told():
            for some in _batches(commits):
                marks = ", ".join("?" * len(some))
                query = f"select distinct commit_name from snapshot where commit_name in ({marks})"  # noqa: S608 - marks only
                kept.update(name for (name,) in self._database.execute(query, some))
        return next((commit for commit in commits if commit in kept), None)

    def list(self) -> Iterable[Stored]:
        with self._told():
            rows = self._database.execute(
                "select commit_name, component, (select count(*) from coverage where snapshot = snapshot.id) "
                "from snapshot order by id"
            ).fetchall()
        found: dict[str, dict[str, int | None]] = {}
        for commit, component, files in rows:
            found.setdefault(commit, {})[component] = files
        return [Stored(commit, components) for commit, components in found.items()]

    def delete(self, commit: str) -> None:
        with self._writing() as database:
            database.execute("delete from snapshot where commit_name = ?", (commit,))

    def record(self, record: Record) -> None:
        with self._writing() as database:
            database.execute("insert into record (data) values (?)", (encode_record(record),))

    def records(self, most: int) -> Iterable[Record]:
        with self._told():
            rows = self._database.execute("select data from record order by id desc limit ?", (most,)).fetchall()
        return [decode_record(data, str(self._path)) for (data,) in reversed(rows)]

    def recall(self, blobs: Iterable[str], engine: str) -> Mapping[str, SourceFacts]:
        found = {}
        with self._told():
            for some in _batches(list(blobs)):
                marks = ", ".join("?" * len(some))
                query = f"select blob, data from source where engine = ? and blob in ({marks})"  # noqa: S608 - marks only
                for blob, data in self._database.execute(query, (engine, *some)):
                    found[blob] = decode_source(data)
        return found

    def remember(self, facts: Mapping[str, SourceFacts]) -> None:
        rows = [(blob, each.engine, encode_source(each)) for blob, each in sorted(facts.items())]
        try:
            with self._writing() as database:
                database.executemany("insert or replace into source (blob, engine, data) values (?, ?, ?)", rows)
        except CannotMeasureError:
            # Memory is a convenience: a run that cannot write it measures again next time, with the same verdict.
            return

    def close(self) -> None:
        self._database.close()


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]


def default_path(git_directory: Path) -> Path:
    """Give the place of the embedded store."""
    return git_directory / "qualitygate" / "store.sqlite3"


def open_sqlite(address: str, surroundings: Surroundings) -> SqliteStore:
    """Open the store of `sqlite:///path`, or the embedded one for an empty address."""
    if not address:
        return SqliteStore(default_path(surroundings.git_directory))
    return SqliteStore(Path(address.removeprefix("sqlite:").removeprefix("//") or "."))


STORE = StoreKind(scheme="sqlite", open=open_sqlite)
