"""qualitygate rules validate: are the rules well written?"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import click

from qualitygate.cli.ruling.text import text_of
from qualitygate.extended import RemoteRules
from qualitygate.governing import text_beside
from qualitygate.model.pipeline import pipeline_of
from qualitygate.rules.load import load


@click.command("validate")
@click.argument("file", required=False, default=Path("rules.yaml"), type=click.Path(path_type=Path))
def command(file: Path) -> int:
    """Check FILE (rules.yaml by default); every fault is shown at once, with its line and column."""
    text = text_of(file)
    # What rules elsewhere say was fetched by `check`; outside of a repository it is fetched each time.
    remote = RemoteRules(Path(".git") / "qualitygate" / "extends", pipeline_of(os.environ))
    rules = load(text, str(file), partial(text_beside, Path(), remote))
    conditions = sum(len(each) for each in rules.conditions.values())
    components = ", ".join(component.name for component in rules.components)
    click.echo(f"{file}: valid; {conditions} conditions for {components}, {len(rules.waivers)} waivers")
    return 0
