"""qualitygate rules schema: what editors complete."""

from __future__ import annotations

import json

import click

from qualitygate.rules.schema import schema


@click.command("schema")
def command() -> int:
    """Print the JSON Schema of rules.yaml, for editors that complete and check it."""
    click.echo(json.dumps(schema(), indent=2))
    return 0
