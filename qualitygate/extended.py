"""Rules that others keep: a file of another GitLab project, or an HTTPS address with a digest; cached offline."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from qualitygate.model.errors import CannotMeasureError
from qualitygate.remote.http import Server, Token
from qualitygate.remote.trouble import RemoteError
from qualitygate.rules.addresses import PINNED, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.pipeline import Pipeline

_LARGEST = 1 << 20


@dataclass(slots=True)
class RemoteRules:
    """Reads what `extends` names elsewhere.

    cache:    directory that keeps what was read, by its address.
    pipeline: with the address and tokens of GitLab.
    say:      told when the cache speaks for a server that does not answer.
    """

    cache: Path
    pipeline: Pipeline
    say: Callable[[str], object] = lambda _message: None
    read: dict[str, str] = field(default_factory=dict)

    def __call__(self, address: str) -> str:
        """Give the text behind an address; CannotMeasureError where neither the server nor the cache has it."""
        if address not in self.read:
            self.read[address] = self._text(address)
        return self.read[address]

    def _text(self, address: str) -> str:
        kept = self.cache / hashlib.sha256(address.encode()).hexdigest()
        pinned = PINNED.fullmatch(address)
        if pinned is not None and kept.is_file():
            content = kept.read_bytes()
            if hashlib.sha256(content).hexdigest() == pinned["digest"]:
                return content.decode("utf-8", "replace")
        try:
            content = self._fetched(address)
        except RemoteError as error:
            if pinned is not None or not kept.is_file():
                raise CannotMeasureError(
                    slug="rules-not-fetched",
                    where=f"extends: {address}",
                    what=f"the rules cannot be fetched, and none are cached: {error.where}: {error.what}",
                    remedy=error.remedy,
                ) from None
            self.say(f"extends {address}: {error.what}; judging by the copy that was fetched before")
            return kept.read_bytes().decode("utf-8", "replace")
        if pinned is not None and hashlib.sha256(content).hexdigest() != pinned["digest"]:
            raise CannotMeasureError(
                slug="rules-not-fetched",
                where=f"extends: {address}",
                what=f"the address gives other rules, with the digest {hashlib.sha256(content).hexdigest()}",
                remedy="look at what changed there, and write the new digest if it is right",
            )
        self._keep(kept, content)
        return content.decode("utf-8", "replace")

    def _fetched(self, address: str) -> bytes:
        pinned = PINNED.fullmatch(address)
        if pinned is not None:
            return self._get(Server(pinned["url"], largest=_LARGEST), "")
        found = PROJECT.fullmatch(address)
        if found is None or not self.pipeline.api:
            raise CannotMeasureError(
                slug="rules-not-fetched",
                where=f"extends: {address}",
                what="outside of a pipeline nobody knows which GitLab is meant",
                remedy="set CI_API_V4_URL and QUALITYGATE_API_TOKEN, as in https://gitlab.example/api/v4",
            )
        pipeline = self.pipeline
        token = Token("PRIVATE-TOKEN", pipeline.api_token)
        if pipeline.job_token:
            token = Token("JOB-TOKEN", pipeline.job_token)
        project, path = quote(found["project"], safe=""), quote(found["path"], safe="")
        server = Server(pipeline.api, token, largest=_LARGEST)
        return self._get(server, f"/projects/{project}/repository/files/{path}/raw?ref={quote(found['ref'], safe='')}")

    def _get(self, server: Server, path: str) -> bytes:
        try:
            return server.get(path).body
        finally:
            server.close()

    def _keep(self, place: Path, content: bytes) -> None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            descriptor, scratch = tempfile.mkstemp(dir=place.parent)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            Path(scratch).replace(place)
        except OSError:
            # The cache is a convenience: without it the next run asks again.
            return
