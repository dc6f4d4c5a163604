"""qualitygate check: the main job."""

from __future__ import annotations

import click

from qualitygate.cli.main import show_error
from qualitygate.cli.outputs import EXIT_CODES, lines_at, parse_outputs, write_verdict
from qualitygate.cli.session import opened_gate


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
def command(
    base: str | None,
    rules: str | None,
    components: tuple[str, ...],
    reports: tuple[str, ...],
    store: str | None,
    outputs: tuple[str, ...],
    format_name: str,
) -> int:
    """Collect, find the base, compare, judge and report.

    Works with no arguments in a repository: it finds reports at their well-known paths, takes rules.yaml from the base,
    and judges the working tree with its uncommitted files (in a pipeline: the commit).
    """
    wanted = parse_outputs((*outputs, f"{format_name}=-"))[:-1]
    with opened_gate(base=base, rules=rules, components=components, reports=reports, store=store) as gate:
        verdict = gate.check()
        for fault in gate.faults:
            show_error(fault)
        write_verdict(verdict, format_name, wanted, lines_at(gate.repository, verdict.head))
    return EXIT_CODES[verdict.status]
