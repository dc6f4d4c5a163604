"""qualitygate verify: whether a verdict file lets a commit through; image and deploy jobs ask it themselves."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import click

from qualitygate.cli.keys import key_of
from qualitygate.model.errors import CannotMeasureError
from qualitygate.model.pipeline import pipeline_of
from qualitygate.model.verdict import Status
from qualitygate.report.wire import read_verdict

_GREEN = (Status.PASS, Status.WARN)


@click.command("verify")
@click.argument("verdict", default="verdict.json", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--commit", metavar="SHA", help="The commit it must be about (default: the pipeline's, else HEAD).")
@click.option("--component", "components", multiple=True, metavar="NAME", help="A component it must have judged.")
def command(verdict: Path, commit: str | None, components: tuple[str, ...]) -> int:
    """Exit 0 only if VERDICT is green, about this very commit, and signed where QUALITYGATE_PUBLIC_KEY is set.

    A gate that was skipped, cancelled or allowed to fail left no such file, or one that says so.
    """
    digest = verified(verdict, commit or wanted_commit(), components)
    click.echo(f"sha256:{digest}")
    return 0


def wanted_commit() -> str:
    """Give the commit of the pipeline, else the one that is checked out."""
    told = pipeline_of(os.environ).commit
    if told:
        return told
    from qualitygate.repository.repository import Repository  # noqa: PLC0415 - git only where no pipeline tells

    with Repository.discover(Path.cwd()) as repository:
        return repository.head_commit


def verified(verdict: Path, commit: str, components: tuple[str, ...] = ()) -> str:
    """Give the digest of a verdict file that lets a commit through; CannotMeasureError or exit 1 for any other."""
    if not verdict.is_file():
        raise _refused(verdict, "there is no verdict: the gate was skipped, cancelled, or its artifact is not here")
    data = verdict.read_bytes()
    read = read_verdict(data, str(verdict))
    if read.head != commit:
        raise _refused(verdict, f"it is about {read.head[:12]}, and not about {commit[:12]}")
    if read.status not in _GREEN:
        failed = [result.id for result in read.conditions if result.status is Status.FAIL]
        told = f": {', '.join(failed[:5])}" if failed else ""
        raise _NotGreenError(
            slug="verdict-not-green",
            where=str(verdict),
            what=f"the verdict is {read.status.value}{told}",
            remedy="make the gate green first; nothing is built or deployed without it",
        )
    judged = {result.component for result in read.conditions}
    for name in components:
        if name not in judged:
            raise _refused(verdict, f"it says nothing of the component {name}; it judged {', '.join(sorted(judged))}")
    key = key_of("QUALITYGATE_PUBLIC_KEY")
    if key is not None:
        from qualitygate.trust.dsse import check  # noqa: PLC0415 - cryptography is heavy

        envelope = verdict.with_name(f"{verdict.name}.dsse")
        if not envelope.is_file():
            raise _refused(envelope, "the verdict is not signed, and a public key is set")
        check(envelope.read_bytes(), data, commit, key, str(envelope))
    return hashlib.sha256(data).hexdigest()


class _NotGreenError(CannotMeasureError):
    """A verdict that is read and is not green (exit code 1)."""

    exit_code = 1


def _refused(verdict: Path, what: str) -> CannotMeasureError:
    return CannotMeasureError(
        slug="verdict-not-believed", where=str(verdict), what=what, remedy="run the gate again for this commit"
    )
