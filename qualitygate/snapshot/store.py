"""What a store of baselines must offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from qualitygate.model.discovery import modules, third_party
from qualitygate.model.errors import UsageError
from qualitygate.model.pipeline import LOCAL, Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from qualitygate.model.record import Record
    from qualitygate.model.snapshot import Snapshot
    from qualitygate.model.source import SourceFacts


@dataclass(frozen=True, slots=True)
class Stored:
    """A line of what a store holds: a commit, and its components with the number of measured files of each.

    A count is None where the store would have to read the whole baseline to know it.
    """

    commit: str
    components: Mapping[str, int | None]


class BaselineStore(Protocol):
    """Keeps snapshots, found by commit and component. Every method raises CannotMeasureError where the store fails."""

    def save(self, snapshot: Snapshot) -> None:
        """Keep a snapshot whole or not at all; the components it has replace those kept of the same commit."""

    def load(self, commit: str) -> Snapshot | None:
        """Give what is kept of a commit; None for one that is not."""

    def nearest(self, commits: Sequence[str]) -> str | None:
        """Give the first of the commits that is kept; None for none."""

    def list(self) -> Iterable[Stored]:
        """Tell all that is kept, newest last."""

    def delete(self, commit: str) -> None:
        """Forget a commit; one that is not kept is no error."""

    def record(self, record: Record) -> None:
        """Remember an image that was built, or a run of the gate."""

    def records(self, most: int) -> Iterable[Record]:
        """Give the newest records, `most` at the most, oldest first."""

    def close(self) -> None:
        """Give up what is held open."""


class SourceMemory(Protocol):
    """Remembers the source facts of file contents, so that an unchanged one is never measured twice."""

    def recall(self, blobs: Iterable[str], engine: str) -> Mapping[str, SourceFacts]:
        """Give what is remembered of some contents, measured by exactly this engine."""

    def remember(self, facts: Mapping[str, SourceFacts]) -> None:
        """Remember facts by the content's object name; failing to do so is no error."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a store may need to know of the run that opens it.

    git_directory: of the repository, shared by its worktrees.
    pipeline:      with addresses and tokens of the server, where it runs in one.
    say:           told of what takes long, and of baselines that are not believed.
    """

    git_directory: Path
    pipeline: Pipeline = LOCAL
    say: Callable[[str], object] = lambda _message: None


@dataclass(frozen=True, slots=True)
class StoreKind:
    """A kind of store: one file in `stores`, whose constant STORE is one of these.

    scheme: what its addresses start with, before `:`.
    open:   opens the store of an address.
    """

    scheme: str
    open: Callable[[str, Surroundings], BaselineStore]


def default_address(pipeline: Pipeline) -> str | None:
    """Say where baselines are when nobody names a store: in a pipeline with a job token GitLab's package registry."""
    return "gitlab://" if pipeline.remote and pipeline.api and pipeline.project_id and pipeline.job_token else None


def open_store(address: str | None, surroundings: Surroundings) -> BaselineStore:
    """Open a store by its address; None is the default place. UsageError for no known kind."""
    address = default_address(surroundings.pipeline) if address is None else address
    scheme = "sqlite" if address is None else address.partition(":")[0]
    kinds = [module.STORE for module in modules("qualitygate.snapshot.stores")]
    found = [kind for kind in kinds if kind.scheme == scheme]
    if not found:
        found = [
            kind for kind in (module.STORE for module in third_party("qualitygate.stores")) if kind.scheme == scheme
        ]
    if not found:
        known = ", ".join(f"{kind.scheme}:" for kind in kinds)
        raise UsageError(
            slug="unknown-store",
            where=f"--store {address}",
            what="no store has addresses of this kind",
            remedy=f"use one of {known}",
        )
    store: BaselineStore = found[0].open(address or "", surroundings)
    return store
