"""qualitygate history: how often images are renewed, and what the gate costs and stops."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from qualitygate.cli.session import opened_gate
from qualitygate.model.record import GateRecord, ImageRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qualitygate.model.record import Record


@click.command("history")
@click.option("--images", is_flag=True, help="Show every image: component, commit, digest, when.")
@click.option("--last", default=200, show_default=True, type=click.IntRange(1), help="Look at so many records.")
@click.option("--store", metavar="URL", help="Take the records from this store (default: as check does).")
def command(last: int, store: str | None, *, images: bool) -> int:
    """Show the rhythm of images by component, and of gate runs how many stopped what, and how long they took."""
    with opened_gate(store=store) as gate:
        records = list(gate.store.records(last))
    if not records:
        click.echo(
            "no record is kept yet: pipelines with the templates leave one for each image and gate run", err=True
        )
        return 0
    for line in _images(records, every=images):
        click.echo(line)
    for line in _runs(records):
        click.echo(line)
    return 0


def _images(records: Iterable[Record], *, every: bool) -> Iterator[str]:
    built: dict[str, list[ImageRecord]] = defaultdict(list)
    for record in records:
        if isinstance(record, ImageRecord):
            built[record.component].append(record)
    for component, found in sorted(built.items()):
        moments = sorted(datetime.fromisoformat(record.when) for record in found)
        days = max((moments[-1] - moments[0]).total_seconds() / 86400, 1.0)
        count = "1 image" if len(found) == 1 else f"{len(found)} images"
        rhythm = f", {len(found) / days:.1f} a day" if len(found) > 1 else ""
        yield f"{component}: {count}{rhythm}, the last of {found[-1].commit[:12]} at {found[-1].when}"
        if every:
            for record in found:
                yield f"  {record.when}  {record.commit[:12]}  {record.digest}"


def _runs(records: Iterable[Record]) -> Iterator[str]:
    runs = [record for record in records if isinstance(record, GateRecord)]
    if not runs:
        return
    verdicts = Counter(run.verdict for run in runs)
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
    times = sorted(run.milliseconds for run in runs)
    slow = times[min(len(times) - 1, len(times) * 95 // 100)]
    yield f"gate: {len(runs)} runs ({told}), median {statistics.median(times):.0f} ms, 95 % within {slow} ms"
    for condition, count in Counter(name for run in runs for name in run.failed).most_common():
        yield f"  stopped {count} by {condition}"
