"""qualitygate image: build and push a component's image, if the verdict lets it through."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitygate.cli.session import opened_gate
from qualitygate.cli.verify import verified, wanted_commit
from qualitygate.delivery.image import Builder, Credentials, ImageRequest
from qualitygate.model.errors import GateError, UsageError
from qualitygate.model.record import ImageRecord

if TYPE_CHECKING:
    from qualitygate.gate import Gate
    from qualitygate.model.component import Component


@click.command("image")
@click.option("--component", required=True, metavar="NAME", help="The component, as rules.yaml declares it.")
@click.option("--context", metavar="DIR", help="Folder with its Containerfile (default: where its globs start).")
@click.option("--registry", metavar="NAME", envvar="CI_REGISTRY_IMAGE", help="Repository that images go below.")
@click.option("--tag", metavar="TAG", envvar="CI_COMMIT_REF_SLUG", default="", help="Tag beside the commit's.")
@click.option("--verdict", default="verdict.json", show_default=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--builder", type=click.Choice(["buildah", "buildkit"]), default="buildah", show_default=True)
@click.option("--anonymous", is_flag=True, help="The registry takes pushes without credentials.")
@click.option("--if-base-changed", is_flag=True, help="Build nothing while the base images are what they were.")
def command(
    component: str,
    context: str | None,
    registry: str | None,
    tag: str,
    verdict: Path,
    builder: str,
    *,
    anonymous: bool,
    if_base_changed: bool,
) -> int:
    """Build the image of a component and push it under the commit and the branch.

    Nothing is built unless `verify` lets the commit through. User and password are CI_REGISTRY_USER and
    CI_REGISTRY_PASSWORD, as GitLab sets them.
    """
    with opened_gate() as gate:
        commit = wanted_commit()
        found = _component(gate, component)
        digest = verified(verdict, commit, (component,))
        if not registry:
            raise UsageError(
                slug="no-registry",
                where="CI_REGISTRY_IMAGE",
                what="nobody says where images go: the project's container registry is off, or this is no pipeline",
                remedy="enable the registry in GitLab, or name one with --registry",
            )
        credentials = Credentials(os.environ.get("CI_REGISTRY_USER", ""), os.environ.get("CI_REGISTRY_PASSWORD", ""))
        if not credentials.password and not anonymous:
            raise UsageError(
                slug="no-registry-credential",
                where="CI_REGISTRY_PASSWORD",
                what=f"there is no password for {registry.partition('/')[0]}",
                remedy="set CI_REGISTRY_USER and CI_REGISTRY_PASSWORD, or pass --anonymous if it needs none",
            )
        folder = context if context is not None else next(iter(found.folders), "")
        request = ImageRequest(
            component, gate.repository.root / folder, f"{registry.lower()}/{component.lower()}", commit, tag,
            f"sha256:{digest}", gate.request.pipeline.project_url, builder,
        )  # fmt: skip
        pushed = Builder(credentials, gate.progress.say).build(request, only_if_base_changed=if_base_changed)
        if pushed is None:
            return 0
        click.echo(f"{request.name}:{commit} {pushed}")
        _remember(gate, component, commit, pushed)
    return 0


def _component(gate: Gate, name: str) -> Component:
    components = gate.rules(None, gate.head()).rules.components
    for each in components:
        if each.name == name:
            return each
    raise UsageError(
        slug="unknown-component",
        where=f"--component {name}",
        what="rules.yaml declares no such component",
        remedy=f"use one of {', '.join(each.name for each in components)}",
    )


def _remember(gate: Gate, component: str, commit: str, digest: str) -> None:
    """Leave a record; that it could not be kept changes nothing of what was pushed."""
    from datetime import UTC, datetime  # noqa: PLC0415 - only here a clock is read

    try:
        gate.store.record(ImageRecord(component, commit, digest, datetime.now(UTC).isoformat(timespec="seconds")))
    except GateError as error:
        gate.progress.say(f"the record of the image could not be kept: {error.where}: {error.what}")
