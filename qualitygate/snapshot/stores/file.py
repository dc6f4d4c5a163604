"""Baselines as files of a directory, one a commit and component: on a shared disk, or as an artifact of a job."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from qualitygate.model.errors import CannotMeasureError, UsageError
from qualitygate.model.snapshot import Snapshot
from qualitygate.snapshot.codec import SUFFIX, decode, encode
from qualitygate.snapshot.records import decode_record, encode_record, record_name
from qualitygate.snapshot.store import Stored, StoreKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qualitygate.model.record import Record
    from qualitygate.model.snapshot import ComponentFacts
    from qualitygate.snapshot.store import Surroundings

_RECORDS = "records"


class FileStore:
    """A directory of `COMMIT/COMPONENT.snapshot`; each file is written beside its place and renamed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def save(self, snapshot: Snapshot) -> None:
        place = self._directory / snapshot.commit
        try:
            place.mkdir(parents=True, exist_ok=True)
            for name, facts in snapshot.components.items():
                descriptor, scratch = tempfile.mkstemp(prefix=".", dir=place)
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(encode(Snapshot(snapshot.commit, {name: facts})))
                Path(scratch).replace(place / f"{quote(name, safe='')}{SUFFIX}")
        except OSError as error:
            raise self._unusable(error) from None

    def load(self, commit: str) -> Snapshot | None:
        components: dict[str, ComponentFacts] = {}
        for path in self._files(commit):
            try:
                data = path.read_bytes()
            except OSError as error:
                raise self._unusable(error) from None
            components.update(decode(data, str(path)).components)
        return Snapshot(commit, components) if components else None

    def _files(self, commit: str) -> list[Path]:
        return sorted((self._directory / commit).glob(f"[!.]*{SUFFIX}"))

    def nearest(self, commits: Sequence[str]) -> str | None:
        return next((commit for commit in commits if self._files(commit)), None)

    def list(self) -> Iterable[Stored]:
        try:
            places = sorted(self._directory.iterdir(), key=lambda place: place.stat().st_mtime_ns)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(error) from None
        held = (
            (place.name, [unquote(path.name.removesuffix(SUFFIX)) for path in self._files(place.name)])
            for place in places
        )
        return [Stored(commit, dict.fromkeys(names)) for commit, names in held if names]

    def delete(self, commit: str) -> None:
        try:
            for path in self._files(commit):
                path.unlink(missing_ok=True)
            (self._directory / commit).rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unusable(error) from None

    def record(self, record: Record) -> None:
        place = self._directory / _RECORDS
        try:
            place.mkdir(parents=True, exist_ok=True)
            (place / record_name(record)).write_bytes(encode_record(record))
        except OSError as error:
            raise self._unusable(error) from None

    def records(self, most: int) -> Iterable[Record]:
        found = sorted((self._directory / _RECORDS).glob("*.json"))[-most:]
        try:
            return [decode_record(path.read_bytes(), str(path)) for path in found]
        except OSError as error:
            raise self._unusable(error) from None

    def close(self) -> None:
        """Hold nothing open."""

    def _unusable(self, error: OSError) -> CannotMeasureError:
        return CannotMeasureError(
            slug="store-unusable",
            where=str(error.filename or self._directory),
            what=f"the store cannot be used: {error.strerror}",
            remedy="check the file and its folder, or name another one with --store",
        )


def open_files(address: str, _surroundings: Surroundings) -> FileStore:
    """Open the store of `file:///directory`."""
    parts = urlsplit(address)
    if parts.netloc or not parts.path:
        raise UsageError(
            slug="unknown-store",
            where=f"--store {address}",
            what="a store of files is a directory of this machine",
            remedy="write it as file:///directory",
        )
    return FileStore(Path(unquote(parts.path)))


STORE = StoreKind(scheme="file", open=open_files)
