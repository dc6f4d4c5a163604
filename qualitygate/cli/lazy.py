"""Groups of commands that are imported only when they are called: --help must answer at once."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


class Commands(click.Group):
    """A group of commands by name.

    package: holds a module of that name for each, whose `command` it is.
    table:   name to what `--help` says of it.
    """

    def __init__(self, *, package: str, table: Mapping[str, str], **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]  # click's own settings, handed on
        self._package = package
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002, D102 - click's
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002, D102 - click's
        if cmd_name not in self._table:
            return None
        command = importlib.import_module(f"{self._package}.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002, D102 - click's
        with formatter.section("Commands"):
            formatter.write_dl(list(self._table.items()))
