"""qualitygate rules: everything around rules.yaml."""

from __future__ import annotations

from pathlib import Path

import click

from qualitygate.model.errors import UsageError
from qualitygate.rules.load import load


@click.group("rules")
def command() -> None:
    """Check rules.yaml."""


@command.command("validate")
@click.argument("file", required=False, default=Path("rules.yaml"), type=click.Path(path_type=Path))
def validate(file: Path) -> int:
    """Check FILE (rules.yaml by default); every fault is shown at once, with its line and column."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            slug="no-such-rules",
            where=str(file),
            what=(error.strerror or str(error)).lower(),
            remedy="name the rules file, or run where rules.yaml is",
        ) from None
    except UnicodeDecodeError as error:
        raise UsageError(
            slug="rules-invalid",
            where=str(file),
            what=f"it is not UTF-8 (byte {error.start + 1})",
            remedy="save the file as UTF-8",
        ) from None
    rules = load(text, str(file))
    conditions = sum(len(each) for each in rules.conditions.values())
    components = ", ".join(component.name for component in rules.components)
    click.echo(f"{file}: valid; {conditions} conditions for {components}, {len(rules.waivers)} waivers")
    return 0
