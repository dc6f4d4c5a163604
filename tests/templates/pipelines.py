"""A module in a bare remote, its pipelines really run by gitlab-ci-local, its images in a registry on loopback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from tests.tools import tool
from tests.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.gitlab import GitlabServer

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "module"
USER, PASSWORD = "gate", "gate-pass"
_HTPASSWD = "gate:$2b$04$weB62P.O2GmQKJidrNC0YuCRr.Zh5Yzn3ZSuDHILOMdbmjIOiV0.."


@dataclass(frozen=True, slots=True)
class Registry:
    """Debian's docker-registry with one user."""

    address: str

    @classmethod
    @contextmanager
    def running(cls, place: Path) -> Iterator[Registry]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        place.mkdir(parents=True)
        (place / "htpasswd").write_text(_HTPASSWD + "\n")
        (place / "config.yml").write_text(
            f"version: 0.1\nlog: {{ level: error }}\nstorage:\n  filesystem: {{ rootdirectory: {place}/data }}\n"
            f"http: {{ addr: '127.0.0.1:{port}' }}\n"
            f"auth: {{ htpasswd: {{ realm: test, path: {place}/htpasswd }} }}\n"
        )
        with (place / "log").open("wb") as log:
            process = subprocess.Popen(
                [tool("docker-registry"), "serve", str(place / "config.yml")], stdout=log, stderr=log
            )
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield cls(f"127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(10)

    def get(self, path: str, accept: str = "application/json") -> dict[str, object]:
        import base64  # noqa: PLC0415

        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        request = Request(
            f"http://{self.address}/v2/{path}", headers={"Authorization": f"Basic {token}", "Accept": accept}
        )
        with urlopen(request, timeout=10) as answer:
            found = json.loads(answer.read())
        assert isinstance(found, dict)
        return found

    def tags(self) -> dict[str, set[str]]:
        """All images, by repository."""
        found = {}
        repositories = self.get("_catalog")["repositories"]
        assert isinstance(repositories, list)
        for name in repositories:
            tags = self.get(f"{name}/tags/list")["tags"]
            assert isinstance(tags, list)
            found[name] = set(tags)
        return found

    def labels(self, name: str, tag: str) -> dict[str, str]:
        kinds = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
        manifest = self.get(f"{name}/manifests/{tag}", kinds)
        config = manifest["config"]
        assert isinstance(config, dict)
        settings = self.get(f"{name}/blobs/{config['digest']}")["config"]
        assert isinstance(settings, dict)
        labels = settings["Labels"]
        assert isinstance(labels, dict)
        return labels


@dataclass(frozen=True, slots=True)
class Ran:
    """A pipeline that was run."""

    code: int
    log: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ModuleInCI:
    """The example module with the templates beside it, and everything that its pipelines speak with."""

    author: Workshop
    gitlab: GitlabServer
    registry: Registry
    base: str

    @classmethod
    def made(cls, place: Path, gitlab: GitlabServer, registry: Registry) -> ModuleInCI:
        author = Workshop.at(place)
        names = subprocess.run(
            ["git", "ls-files", "-z", "."], cwd=EXAMPLE, capture_output=True, check=True
        ).stdout.decode()
        for name in filter(None, names.split("\0")):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(EXAMPLE / name, place / name)
        shutil.copytree(ROOT / "gitlab-ci-templates", place / "gitlab-ci-templates")
        shutil.rmtree(place / "deploy")
        # The runner's own state is no part of the module: committed, it would be checked out over the next run's.
        (place / ".git" / "info" / "exclude").write_text(".gitlab-ci-local/\n")
        author.git("remote", "add", "origin", "git@gitlab.example:suite/module.git")
        base = author.commit({".gitlab-ci.yml": "include:\n  - local: /gitlab-ci-templates/module.yml\n"})
        author.git("update-ref", "refs/remotes/origin/main", base)
        author.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
        return cls(author, gitlab, registry, base)

    def push(self, files: Mapping[str, str | bytes | None], branch: str) -> str:
        """Commit on a branch that starts at the base, and stay there."""
        self.author.git("checkout", "-q", "-f", "-B", branch, self.base)
        return self.author.commit(files)

    def on_branch(self, **more: str) -> Ran:
        """Run the pipeline of a push to the default branch."""
        head = self.author.git("rev-parse", "HEAD")
        return self.run({**self.gitlab.variables(CI_COMMIT_SHA=head, **more)}, unset=())

    def on_merge_request(self, **more: str) -> Ran:
        """Run the pipeline of the merge request, detached."""
        head = self.author.git("rev-parse", "HEAD")
        variables = self.gitlab.merge_request(CI_COMMIT_SHA=head, CI_MERGE_REQUEST_DIFF_BASE_SHA=self.base, **more)
        del variables["CI_COMMIT_BRANCH"]
        return self.run(variables, unset=("CI_COMMIT_BRANCH",))

    def words(self, variables: dict[str, str], unset: tuple[str, ...]) -> list[str]:
        given = {
            "TEST_PREPARE": "true",
            "CI_REGISTRY": self.registry.address,
            "CI_REGISTRY_IMAGE": f"{self.registry.address}/suite/module",
            "CI_REGISTRY_USER": USER,
            "CI_REGISTRY_PASSWORD": PASSWORD,
            **variables,
        }
        words = [tool("gitlab-ci-local")]
        for name, value in given.items():
            words += ["--variable", f"{name}={value}"]
        for name in unset:
            words += ["--unset-variable", name]
        return [*words, "--ignore-predefined-vars", ",".join(sorted({"CI_PIPELINE_SOURCE", *given}))]

    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CI", "GITLAB", "COVERAGE"))}
        places = [str(Path(tool("gitlab-ci-local")).parent), str(Path(sys.executable).parent)]
        return {**clean, "PATH": os.pathsep.join([*places, clean["PATH"]]), "NO_COLOR": "1"}

    def run(self, variables: dict[str, str], unset: tuple[str, ...]) -> Ran:
        started = time.monotonic()
        words = [*self.words(variables, unset), "--force-shell-executor", "--shell-isolation", "--concurrency", "1"]
        done = subprocess.run(
            ["timeout", "-k", "2", "240", *words], capture_output=True, check=False, cwd=self.author.root, env=self.environment(),
        )  # fmt: skip
        log = (done.stdout + done.stderr).decode("utf-8", "replace")
        return Ran(done.returncode, log, time.monotonic() - started)

    def jobs(self, variables: dict[str, str], unset: tuple[str, ...] = ()) -> set[str]:
        """The jobs that a pipeline would run."""
        done = subprocess.run(
            ["timeout", "-k", "2", "60", *self.words(variables, unset), "--list-json"],
            capture_output=True, check=True, cwd=self.author.root, env=self.environment(),
        )  # fmt: skip
        text = done.stdout.decode()
        listed = json.loads(text[text.index("[") :])
        return {each["name"] for each in listed if each["when"] != "never"}
