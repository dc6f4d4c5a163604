"""qualitygate deploy: apply manifests behind a green verdict, and return to the last good ones where that fails."""

from __future__ import annotations

from pathlib import Path

import click

from qualitygate.cli.manifests import manifests_in, validated
from qualitygate.cli.verify import verified, wanted_commit
from qualitygate.delivery.deploy import Deployment, Ended, Kubectl, deploy
from qualitygate.delivery.manifests import check_manifests
from qualitygate.model.finding import Severity


@click.command("deploy")
@click.argument("places", nargs=-1, required=True, metavar="FILE|DIR...")
@click.option("--verdict", default="verdict.json", show_default=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--last-good", required=True, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Where the manifests of the last success are kept, for the way back.")  # fmt: skip
@click.option("--namespace", default="", metavar="NAME", help="For objects that name none.")
@click.option("--timeout", "seconds", default=180, show_default=True, type=click.IntRange(1), help="Seconds a rollout.")
@click.option("--allow", multiple=True, metavar="RULE", help="Deploy in spite of this rule of manifests; repeatable.")
def command(
    places: tuple[str, ...], verdict: Path, last_good: Path, namespace: str, seconds: int, allow: tuple[str, ...]
) -> int:
    """Check, dry-run on the server, apply, wait for every rollout; return to the last good manifests if one fails.

    `${CI_…}` and `${QUALITYGATE_…}` in the manifests become the values of those variables. Exit codes: 0 deployed ·
    1 the verdict is not green · 10 refused, nothing changed · 11 failed and rolled back · 12 failed, and there was
    nothing to roll back to · 13 failed, and so did the way back.
    """
    verified(verdict, wanted_commit())
    manifests = manifests_in(places, filled=True)
    grave = [
        each
        for each in (*check_manifests(manifests), *validated(places_of(manifests)))
        if each.severity.rank >= Severity.CRITICAL.rank and each.rule not in allow
    ]
    for each in grave:
        click.echo(f"{each.path}:{each.line}: {each.severity.value}: {each.message} ({each.rule})", err=True)
    if grave:
        click.echo(f"refused: {len(grave)} findings say that the update would be felt; nothing was changed", err=True)
        return Ended.REFUSED.value
    deployment = Deployment(manifests, last_good, namespace, seconds)
    return deploy(deployment, Kubectl(lambda line: click.echo(line, err=True))).value


def places_of(manifests: dict[str, bytes]) -> list[str]:
    """Give the files whose content is what is in them: kubernetes-validate reads files, not what they become."""
    return [path for path, content in manifests.items() if Path(path).read_bytes() == content]
