"""A component's image: built by buildah or BuildKit, labelled with commit and verdict, pushed under both names."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from qualitygate.model.errors import CannotMeasureError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COMMIT_LABEL = "org.opencontainers.image.revision"
VERDICT_LABEL = "fr.qualitygate.verdict"
BASES_LABEL = "fr.qualitygate.bases"
_FILES = ("Containerfile", "Dockerfile")
_FROM = re.compile(r"^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.MULTILINE)
_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """What is built and where it goes.

    component: name; its folder holds a Containerfile or Dockerfile.
    context:   that folder.
    name:      repository in the registry, such as registry.example/group/module/back.
    commit:    full name; the image is pushed under it.
    branch:    tag beside it, moved with every push; empty for none.
    verdict:   digest of the verdict file, as a label.
    source:    address of the project, as a label.
    builder:   buildah, or buildkit for a daemon that BUILDKIT_HOST names.
    """

    component: str
    context: Path
    name: str
    commit: str
    branch: str
    verdict: str
    source: str = ""
    builder: str = "buildah"


@dataclass(frozen=True, slots=True)
class Credentials:
    """User and password of the registry; both empty where it needs none."""

    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Credentials({self.user!r}, …)"


def containerfile(request: ImageRequest) -> Path:
    """Find how the image is made; UsageError where the folder does not say."""
    for name in _FILES:
        if (request.context / name).is_file():
            return request.context / name
    raise UsageError(
        slug="no-containerfile",
        where=str(request.context),
        what=f"the component {request.component} has no Containerfile or Dockerfile",
        remedy="add one, or leave the component out of the images",
    )


def bases(text: str) -> list[str]:
    """List the images that a Containerfile starts from; earlier stages of it and `scratch` are none."""
    stages: set[str] = set()
    found = []
    for name, stage in _FROM.findall(text):
        if name.lower() != "scratch" and name.lower() not in stages and "$" not in name:
            found.append(name)
        stages.add(stage.lower())
    return list(dict.fromkeys(found))


class Builder:
    """Runs the tools that build, inspect and push; their output goes to standard error as it comes."""

    def __init__(self, credentials: Credentials, say: Callable[[str], object]) -> None:
        self._credentials = credentials
        self._say = say

    def build(self, request: ImageRequest, *, only_if_base_changed: bool) -> str | None:
        """Build and push, and give the digest; None where no base image changed since the branch's image was built."""
        file = containerfile(request)
        with tempfile.TemporaryDirectory(prefix="qualitygate-image-") as scratch:
            auth = self._login(request, Path(scratch))
            now = self._bases(file, auth)
            if only_if_base_changed and request.branch:
                before = self._label(f"{request.name}:{request.branch}", BASES_LABEL, auth)
                if before is not None and before == now:
                    self._say(f"{request.component}: no base image changed, nothing is built")
                    return None
            labels = {COMMIT_LABEL: request.commit, VERDICT_LABEL: request.verdict, BASES_LABEL: now}
            if request.source:
                labels["org.opencontainers.image.source"] = request.source
            build = self._buildah if request.builder == "buildah" else self._buildkit
            return build(request, file, labels, auth, Path(scratch))

    def _login(self, request: ImageRequest, scratch: Path) -> Mapping[str, str]:
        """Write the credentials where the tools look, in a directory that is gone afterwards."""
        host = request.name.partition("/")[0]
        auth = scratch / "config.json"
        entries = {}
        if self._credentials.password:
            import base64  # noqa: PLC0415 - only here

            token = base64.b64encode(f"{self._credentials.user}:{self._credentials.password}".encode()).decode()
            entries[host] = {"auth": token}
        auth.touch(mode=0o600)
        auth.write_text(json.dumps({"auths": entries}), encoding="utf-8")
        return {"REGISTRY_AUTH_FILE": str(auth), "DOCKER_CONFIG": str(scratch)}

    def _bases(self, file: Path, auth: Mapping[str, str]) -> str:
        """Name the base images with their digests as the registry has them now, in a stable order."""
        found = []
        for name in bases(file.read_text(encoding="utf-8", errors="replace")):
            digest = self._inspected(name, "{{.Digest}}", auth)
            found.append(f"{name}@{digest}" if digest else name)
        return " ".join(sorted(found))

    def _label(self, name: str, label: str, auth: Mapping[str, str]) -> str | None:
        told = self._inspected(name, '{{index .Labels "' + label + '"}}', auth)
        return told if told and told != "<no value>" else None

    def _inspected(self, name: str, form: str, auth: Mapping[str, str]) -> str | None:
        if shutil.which("skopeo") is None:
            return None
        words = ["skopeo", "inspect", *_insecure(name, "--tls-verify=false"), "--format", form, f"docker://{name}"]
        done = subprocess.run(
            words, env={**os.environ, **auth}, capture_output=True, check=False, timeout=120, text=True
        )
        return done.stdout.strip() if done.returncode == 0 else None

    def _buildah(
        self, request: ImageRequest, file: Path, labels: Mapping[str, str], auth: Mapping[str, str], scratch: Path
    ) -> str:
        local = f"localhost/qualitygate-{request.component.lower()}:{request.commit}"
        marks = [word for name, value in labels.items() for word in ("--label", f"{name}={value}")]
        insecure = _insecure(request.name, "--tls-verify=false")
        self._run(["buildah", "build", *insecure, "--file", str(file), *marks, "--tag", local, str(request.context)],
                  auth, slug="build-failed", what=f"the image of {request.component} could not be built")  # fmt: skip
        digest = scratch / "digest"
        try:
            for tag in filter(None, (request.commit, request.branch)):
                target = f"docker://{request.name}:{tag}"
                self._run(["buildah", "push", "--quiet", *insecure, "--digestfile", str(digest), local, target],
                          auth, slug="push-failed", what=f"{request.name}:{tag} could not be pushed")  # fmt: skip
        finally:
            subprocess.run(["buildah", "rmi", "--force", local], capture_output=True, check=False, timeout=120)
        return digest.read_text(encoding="utf-8").strip()

    def _buildkit(
        self, request: ImageRequest, file: Path, labels: Mapping[str, str], auth: Mapping[str, str], scratch: Path
    ) -> str:
        names = ",".join(f"{request.name}:{tag}" for tag in (request.commit, request.branch) if tag)
        marks = [word for name, value in labels.items() for word in ("--opt", f"label:{name}={value}")]
        insecure = ",registry.insecure=true" if _insecure(request.name, "x") else ""
        metadata = scratch / "metadata.json"
        self._run(
            ["buildctl", "build", "--frontend", "dockerfile.v0", "--local", f"context={request.context}",
             "--local", f"dockerfile={file.parent}", "--opt", f"filename={file.name}", *marks,
             "--output", f'type=image,"name={names}",push=true{insecure}', "--metadata-file", str(metadata)],
            auth, slug="build-failed", what=f"the image of {request.component} could not be built or pushed",
        )  # fmt: skip
        return str(json.loads(metadata.read_text(encoding="utf-8"))["containerimage.digest"])

    def _run(self, words: list[str], auth: Mapping[str, str], *, slug: str, what: str) -> None:
        try:
            done = subprocess.run(
                words, env={**os.environ, **auth}, stdout=2, stderr=subprocess.PIPE, check=False, timeout=_SECONDS
            )
        except FileNotFoundError:
            raise CannotMeasureError(
                slug="tool-missing",
                where=words[0],
                what=f"{words[0]} is not installed in this job",
                remedy="use the image of the templates, or install it in before_script",
            ) from None
        except subprocess.TimeoutExpired:
            raise CannotMeasureError(
                slug=slug, where=words[0], what=f"{what} within an hour", remedy="make the build smaller"
            ) from None
        told = done.stderr.decode("utf-8", "replace")
        if done.returncode == 0:
            return
        last = [line for line in told.splitlines() if line.strip()][-3:]
        reason = " / ".join(last)[-500:]
        refused = any(word in told.lower() for word in ("unauthorized", "authentication required", "denied"))
        raise CannotMeasureError(
            slug="registry-refused" if refused else slug,
            where=words[0],
            what=f"{what}: {reason}",
            remedy="check CI_REGISTRY_USER and CI_REGISTRY_PASSWORD for this job"
            if refused
            else "read the lines above; the same command fails outside of the pipeline, too",
        )


def _insecure(name: str, option: str) -> list[str]:
    """Speak plain HTTP with a registry on this machine, and with no other."""
    host = urlsplit(f"//{name}").hostname
    return [option] if host in ("127.0.0.1", "localhost", "::1") else []
