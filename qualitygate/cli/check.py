"""qualitygate check: the main job."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from qualitygate.cli.keys import key_of
from qualitygate.cli.main import show_error
from qualitygate.cli.outputs import EXIT_CODES, lines_at, parse_outputs, write_verdict, write_whole
from qualitygate.cli.session import opened_gate, server_figures
from qualitygate.model.errors import GateError
from qualitygate.model.record import GateRecord
from qualitygate.model.verdict import Status
from qualitygate.report.output import Material

if TYPE_CHECKING:
    from pathlib import Path

    from qualitygate.model.verdict import Verdict
    from qualitygate.report.output import Output
    from qualitygate.snapshot.store import BaselineStore


@click.command("check")
@click.option("--base", metavar="REF", help="Compare with the merge base with REF (default: the default branch).")
@click.option("--rules", metavar="FILE|REF:FILE", help="Judge by these rules (default: rules.yaml of the base).")
@click.option("--component", "components", multiple=True, metavar="NAME", help="Judge only this component; repeatable.")
@click.option(
    "--report", "reports", multiple=True, metavar="GLOB", help="Read these reports; repeatable (default: known paths)."
)
@click.option("--store", metavar="URL", help="Take the baseline from this store (default: beside the repository).")
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Write the verdict to a file, too; repeatable."
)
@click.option("--format", "format_name", default="console", show_default=True, help="Form on standard output.")
@click.option("--note/--no-note", default=True, help="Write the note of the merge request (default in its pipelines).")
@click.option(
    "--note-key", metavar="NAME", default="", help="Tell the notes of several gates of one project apart by NAME."
)
@click.option(
    "--threads", is_flag=True, envvar="QUALITYGATE_THREADS", help="Open threads on the lines that failed, too."
)
@click.option(
    "--commit-status", is_flag=True, envvar="QUALITYGATE_COMMIT_STATUS", help="Set a commit status a component."
)
def command(
    base: str | None,
    rules: str | None,
    components: tuple[str, ...],
    reports: tuple[str, ...],
    store: str | None,
    outputs: tuple[str, ...],
    format_name: str,
    note_key: str,
    *,
    note: bool,
    threads: bool,
    commit_status: bool,
) -> int:
    """Collect, find the base, compare, judge and report.

    Works with no arguments in a repository: it finds reports at their well-known paths, takes rules.yaml from the base,
    and judges the working tree with its uncommitted files (in a pipeline: the commit).
    """
    wanted = parse_outputs((*outputs, f"{format_name}=-"))[:-1]
    with opened_gate(base=base, rules=rules, components=components, reports=reports, store=store) as gate:
        gate.figures = server_figures(gate.request.pipeline.remote)
        started = time.monotonic()
        verdict = gate.check()
        milliseconds = round(1000 * (time.monotonic() - started))
        for fault in gate.faults:
            show_error(fault)
        material = Material(lines_at(gate.repository, verdict.head), gate.facts, gate.change, gate.request.pipeline)
        write_verdict(verdict, format_name, wanted, material)
        _sign(verdict, wanted, material)
        if gate.request.pipeline.remote:
            _remember(gate.store, verdict, milliseconds)
        if gate.request.pipeline.remote and note:
            _tell(verdict, material, note_key or ",".join(components), threads=threads, status=commit_status)
    return EXIT_CODES[verdict.status]


def _sign(verdict: Verdict, wanted: list[tuple[Output, Path]], material: Material) -> None:
    """Put a signed envelope beside each JSON verdict, where a key is given."""
    key = key_of("QUALITYGATE_SIGNING_KEY")
    for output, path in wanted:
        if key is not None and output.name == "json":
            from qualitygate.trust.dsse import sign  # noqa: PLC0415 - cryptography is heavy

            data = output.render(verdict, material).encode()
            write_whole(path.with_name(f"{path.name}.dsse"), sign(data, verdict.head, key))


def _remember(store: BaselineStore, verdict: Verdict, milliseconds: int) -> None:
    """Leave a record of the run; that it could not be kept changes nothing of the verdict."""
    record = GateRecord(
        tuple(dict.fromkeys(result.component for result in verdict.conditions)),
        verdict.head,
        verdict.status.value,
        milliseconds,
        tuple(result.id for result in verdict.conditions if result.status is Status.FAIL),
        datetime.now(UTC).isoformat(timespec="seconds"),
    )
    try:
        store.record(record)
    except GateError as error:
        click.echo(f"note: the record of this run could not be kept: {error.where}: {error.what}", err=True)


def _tell(verdict: Verdict, material: Material, key: str, *, threads: bool, status: bool) -> None:
    """Tell the merge request; what cannot be delivered is said, and the verdict stays what it is."""
    from qualitygate.remote.http import Server, Token  # noqa: PLC0415 - only pipelines pay for it
    from qualitygate.report.gitlab import NOBODY_MAY_WRITE, Wanted, tell  # noqa: PLC0415 - see above

    pipeline = material.pipeline
    if pipeline.merge_request is None and not status:
        return
    if not pipeline.api_token or not pipeline.api:
        click.echo(f"note: {NOBODY_MAY_WRITE}", err=True)
        return
    server = Server(pipeline.api, Token("PRIVATE-TOKEN", pipeline.api_token), lambda each: click.echo(each, err=True))
    try:
        for sentence in tell(server, verdict, material, Wanted(key, threads=threads, status=status)):
            click.echo(f"note: {sentence}", err=True)
    finally:
        server.close()
