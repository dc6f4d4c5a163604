"""qualitygate merge: partial facts of parallel jobs, made one file."""

from __future__ import annotations

from pathlib import Path

import click

from qualitygate.cli.outputs import write_whole
from qualitygate.snapshot.codec import decode, encode
from qualitygate.snapshot.unite import united


@click.command("merge")
@click.argument("shards", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", "file", required=True, metavar="FILE", help="Write the united facts there.",
              type=click.Path(dir_okay=False, path_type=Path))  # fmt: skip
def command(shards: tuple[Path, ...], file: Path) -> int:
    """Unite what `collect FILE` wrote in several jobs of one pipeline.

    `check` takes the result (and the single files, too) by --report, and finds *.snapshot at the top of the repository
    by itself.
    """
    snapshot = united([decode(shard.read_bytes(), str(shard)) for shard in shards])
    write_whole(file, encode(snapshot))
    for name, facts in sorted(snapshot.components.items()):
        click.echo(f"{snapshot.commit[:12]} {name}: {len(facts.reports)} reports")
    return 0
