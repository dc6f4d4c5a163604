"""qualitygate monorepo: the child pipeline of a repository of several modules, for those that a change touches."""

from __future__ import annotations

from pathlib import Path

import click
import yaml

from qualitygate.cli.outputs import write_whole
from qualitygate.cli.session import opened_gate
from qualitygate.model.errors import UsageError

CONFIGURATION = ".gitlab-ci.yml"


@click.command("monorepo")
@click.argument("modules", nargs=-1, required=True, metavar="FOLDER...")
@click.option("-o", "--output", "file", required=True, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--base", metavar="REF", help="Compare with the merge base with REF (default: as check finds it).")
def command(modules: tuple[str, ...], file: Path, base: str | None) -> int:
    """Write a child pipeline that includes FOLDER/.gitlab-ci.yml of each touched module.

    An untouched module gets a job that says so: every declared module reports, and a missing one is seen. A change of
    a file outside of all modules touches them all.
    """
    names = [module.strip("/") for module in modules]
    with opened_gate(base=base) as gate:
        head = gate.head()
        tracked = gate.repository.files(head.tree)
        for name in names:
            if f"{name}/{CONFIGURATION}" not in tracked:
                raise UsageError(
                    slug="unknown-module",
                    where=name,
                    what=f"there is no {name}/{CONFIGURATION}",
                    remedy="name the folders of modules, each with its own CI file",
                )
        commit = gate.base(head)
        change = gate.repository.change(commit or gate.repository.empty_tree, head.tree)
    paths = {*change.files, *change.gone, *change.removed}
    touched = [name for name in names if any(path.startswith(f"{name}/") for path in paths)]
    if any(not any(path.startswith(f"{name}/") for name in names) for path in paths):
        touched = names
    write_whole(file, pipeline(names, touched).encode())
    for name in names:
        click.echo(f"{name}: {'its pipeline runs' if name in touched else 'untouched'}")
    return 0


def pipeline(names: list[str], touched: list[str]) -> str:
    """Write the child pipeline; the jobs of untouched modules stand in the stage before all others."""
    content: dict[str, object] = {"include": [{"local": f"/{name}/{CONFIGURATION}"} for name in touched]}
    for name in names:
        if name not in touched:
            told = f"{name} is untouched by this change; what was measured of it before holds"
            content[f"{name}: untouched"] = {"stage": ".pre", "script": [f"echo '{told}'"]}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)
