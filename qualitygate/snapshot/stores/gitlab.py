"""Baselines in GitLab's generic package registry: a package version a commit, a file a component.

One file a component, because packages may be uploaded twice and the last one is given back: two jobs that save
different components of one commit never overwrite each other, and two that save the same one save the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from qualitygate.model.errors import CannotMeasureError, UsageError
from qualitygate.model.pipeline import Secret
from qualitygate.model.snapshot import Snapshot
from qualitygate.remote.http import Server, Token
from qualitygate.remote.trouble import RemoteError, Trouble
from qualitygate.snapshot.codec import SUFFIX, decode, encode
from qualitygate.snapshot.records import decode_record, encode_record, record_name
from qualitygate.snapshot.store import Stored, StoreKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from qualitygate.model.record import Record
    from qualitygate.model.snapshot import ComponentFacts
    from qualitygate.snapshot.store import Surroundings

PACKAGE = "qualitygate-baseline"
HISTORY = "qualitygate-history"
LARGEST = 256 << 20
"""Bytes of one component's baseline; a 10-million-line component has a tenth of that."""
_PAGES = 20


@dataclass(frozen=True, slots=True)
class _Version:
    """A package of the registry: its number there, and the branch whose pipeline wrote it where the server tells."""

    number: int
    writer: str
    commit: str


@dataclass(slots=True)
class GitlabStore:
    """The package registry of one project.

    server:   its API, with the token that reads and writes packages.
    project:  id or encoded path.
    branches: the protected branches whose pipelines may write what is believed; empty believes every writer.
    say:      told of baselines that are not believed.
    """

    server: Server
    project: str
    branches: tuple[str, ...] = ()
    say: Callable[[str], object] = lambda _message: None
    _versions: dict[str, _Version] | None = field(default=None, init=False)

    def save(self, snapshot: Snapshot) -> None:
        for name, facts in snapshot.components.items():
            data = encode(Snapshot(snapshot.commit, {name: facts}))
            path = f"{self._root}/packages/generic/{PACKAGE}/{snapshot.commit}/{_file(name)}"
            self.server.ask("PUT", path, data=data)
        self._versions = None

    def load(self, commit: str) -> Snapshot | None:
        version = self._known().get(commit)
        if version is None:
            return None
        components: dict[str, ComponentFacts] = {}
        for name, size in sorted(self._files(version).items()):
            where = f"{PACKAGE}/{commit}/{name}"
            if size > LARGEST:
                raise CannotMeasureError(
                    slug="baseline-too-large",
                    where=where,
                    what=f"the baseline has {size >> 20} MB, more than the {LARGEST >> 20} MB that are read",
                    remedy="delete the package in GitLab, and save the baseline again",
                )
            answer = self.server.get(f"{self._root}/packages/generic/{PACKAGE}/{commit}/{name}")
            snapshot = decode(answer.body, where)
            if snapshot.commit != commit:
                raise CannotMeasureError(
                    slug="snapshot-damaged",
                    where=where,
                    what=f"it holds the facts of {snapshot.commit[:12]}",
                    remedy="delete the package in GitLab, and save the baseline again",
                )
            components.update(snapshot.components)
        return Snapshot(commit, components) if components else None

    def nearest(self, commits: Sequence[str]) -> str | None:
        known = self._known()
        return next((commit for commit in commits if commit in known), None)

    def list(self) -> Iterable[Stored]:
        versions = self._known()
        return [
            Stored(commit, dict.fromkeys(_component(name) for name in sorted(self._files(version))))
            for commit, version in sorted(versions.items(), key=lambda each: each[1].number)
        ]

    def delete(self, commit: str) -> None:
        version = self._known().get(commit)
        if version is not None:
            try:
                self.server.ask("DELETE", f"{self._root}/packages/{version.number}")
            except RemoteError as error:
                if error.trouble is not Trouble.MISSING:
                    raise
            self._known().pop(commit, None)

    def record(self, record: Record) -> None:
        path = f"{self._root}/packages/generic/{HISTORY}/{record.commit}/{record_name(record)}"
        self.server.ask("PUT", path, data=encode_record(record))

    def records(self, most: int) -> Iterable[Record]:
        found: list[tuple[str, str]] = []
        for rows in self.server.pages(
            f"{self._root}/packages", most=_PAGES, package_type="generic", package_name=HISTORY,
            order_by="created_at", sort="desc",
        ):  # fmt: skip
            for row in rows:
                if isinstance(row, dict) and row.get("name") == HISTORY and isinstance(row.get("id"), int):
                    version = _Version(row["id"], "", str(row.get("version", "")))
                    found += [(name, version.commit) for name in self._files(version, ".json")]
            if len(found) >= most:
                break
        newest = sorted(found)[-most:]
        paths = (f"{self._root}/packages/generic/{HISTORY}/{commit}/{name}" for name, commit in newest)
        return [decode_record(self.server.get(path).body, path) for path in paths]

    def close(self) -> None:
        self.server.close()

    @property
    def _root(self) -> str:
        return f"/projects/{self.project}"

    def _known(self) -> dict[str, _Version]:
        """List the commits with a baseline once, a hundred a request, without those that nobody trusted wrote."""
        if self._versions is None:
            found: dict[str, _Version] = {}
            for rows in self.server.pages(
                f"{self._root}/packages", most=_PAGES, package_type="generic", package_name=PACKAGE,
                order_by="created_at", sort="desc",
            ):  # fmt: skip
                for row in rows:
                    version = _version(row)
                    if version is None or version.commit in found:
                        continue
                    if self.branches and version.writer and version.writer not in self.branches:
                        self.say(
                            f"the baseline of {version.commit[:12]} is not believed: a pipeline of {version.writer} "
                            f"wrote it, and not one of {' or '.join(self.branches)}"
                        )
                        continue
                    found[version.commit] = version
            self._versions = found
        return self._versions

    def _files(self, version: _Version, suffix: str = SUFFIX) -> dict[str, int]:
        """Give name and bytes of a package's files; of several with one name the newest counts, as in a download."""
        found: dict[str, int] = {}
        for rows in self.server.pages(f"{self._root}/packages/{version.number}/package_files"):
            for row in rows:
                if isinstance(row, dict) and isinstance(row.get("file_name"), str):
                    name, size = row["file_name"], row.get("size")
                    if name.endswith(suffix):
                        found[name] = size if isinstance(size, int) else 0
        return found


def _version(row: object) -> _Version | None:
    if not isinstance(row, dict) or row.get("name") != PACKAGE or not isinstance(row.get("id"), int):
        return None
    pipeline = row.get("pipeline") or next(iter(row.get("pipelines") or []), None)
    writer = pipeline.get("ref", "") if isinstance(pipeline, dict) else ""
    return _Version(row["id"], str(writer), str(row.get("version", "")))


def _file(component: str) -> str:
    # GitLab takes letters, digits and . _ - + ~ @ in file names; others are written as their bytes.
    plain = (each.isascii() and (each.isalnum() or each in "._-") for each in component)
    words = (
        each if kept else "".join(f"~{byte:02x}" for byte in each.encode())
        for each, kept in zip(component, plain, strict=True)
    )
    return "".join(words) + SUFFIX


def _component(file: str) -> str:
    pieces = file.removesuffix(SUFFIX).split("~")
    raw = pieces[0].encode() + b"".join(bytes.fromhex(piece[:2]) + piece[2:].encode() for piece in pieces[1:])
    return raw.decode("utf-8", "replace")


def open_gitlab(address: str, surroundings: Surroundings) -> GitlabStore:
    """Open `gitlab://` (the project of the pipeline) or `gitlab://host/group/project`."""
    pipeline = surroundings.pipeline
    parts = urlsplit(address)
    if parts.netloc:
        api, project = f"https://{parts.netloc}/api/v4", quote(parts.path.strip("/"), safe="")
    else:
        merge_request = pipeline.merge_request
        # A fork's pipeline runs with a token of the fork; the baseline is that of the project it is merged into.
        api, project = pipeline.api, (merge_request.project_id if merge_request else "") or pipeline.project_id
    if not api or not project:
        raise UsageError(
            slug="unknown-store",
            where=f"--store {address}",
            what="outside of a pipeline nobody knows which GitLab project is meant",
            remedy="write gitlab://HOST/GROUP/PROJECT, with a token in QUALITYGATE_API_TOKEN",
        )
    token = (
        Token("JOB-TOKEN", pipeline.job_token)
        if pipeline.job_token and api == pipeline.api
        else Token("PRIVATE-TOKEN", pipeline.api_token or Secret())
    )
    branches = [pipeline.default_branch, pipeline.merge_request.target_branch if pipeline.merge_request else ""]
    return GitlabStore(
        Server(api, token, surroundings.say, largest=LARGEST),
        project,
        tuple(dict.fromkeys(filter(None, branches))),
        surroundings.say,
    )


STORE = StoreKind(scheme="gitlab", open=open_gitlab)
