"""qualitygate report: other forms of a saved verdict."""

from __future__ import annotations

import os
from pathlib import Path

import click

from qualitygate.cli.outputs import lines_at, parse_outputs, write_verdict
from qualitygate.model.errors import GateError
from qualitygate.model.pipeline import pipeline_of
from qualitygate.report.output import Material
from qualitygate.report.wire import read_verdict
from qualitygate.repository.repository import Repository


@click.command("report")
@click.argument("verdict", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Write it to a file; repeatable.")
@click.option("--format", "format_name", default="console", show_default=True, help="Form on standard output.")
def command(verdict: Path, outputs: tuple[str, ...], format_name: str) -> int:
    """Write a verdict that `check --output json=FILE` saved in other forms; exits 0 whatever the verdict says.

    Inside the repository the source lines are shown, too.
    """
    wanted = parse_outputs((*outputs, f"{format_name}=-"))[:-1]
    read = read_verdict(verdict.read_bytes(), str(verdict))
    try:
        with Repository.discover(Path.cwd()) as repository:
            write_verdict(
                read, format_name, wanted, Material(lines_at(repository, read.head), pipeline=pipeline_of(os.environ))
            )
    except GateError:
        write_verdict(read, format_name, wanted, Material(pipeline=pipeline_of(os.environ)))
    return 0
