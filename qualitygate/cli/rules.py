"""qualitygate rules: everything around rules.yaml."""

from __future__ import annotations

import click

from qualitygate.cli.lazy import Commands

COMMANDS = {
    "validate": "Check a rules file; every fault is shown at once.",
    "explain": "Say where each rule comes from, what it asks for, and what it says now.",
    "backtest": "Replay history: which merged changes would have failed, and where.",
    "tighten": "Propose bounds as tight as what has been reached.",
    "schema": "Print the JSON Schema of rules.yaml.",
}


@click.command(cls=Commands, package="qualitygate.cli.ruling", table=COMMANDS)
def command() -> None:
    """Check and explain rules.yaml, and try it on history."""
