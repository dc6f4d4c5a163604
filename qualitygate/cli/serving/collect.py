"""qualitygate sonarqube collect: the figures and issues of an analysis, as facts for the gate."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitygate.cli.outputs import write_whole
from qualitygate.cli.serving.session import opened_server, pipeline, project_key, say
from qualitygate.cli.session import opened_gate
from qualitygate.model.errors import CannotMeasureError, UsageError
from qualitygate.snapshot.codec import SUFFIX, encode
from qualitygate.sonarqube.analysis import Target, task_id, wait
from qualitygate.sonarqube.facts import collected

if TYPE_CHECKING:
    from qualitygate.sonarqube.server import SonarQube

_PLACES = (".scannerwork", "target/sonar", "build/sonar")
_TASK = "report-task.txt"


@click.command("collect")
@click.option("-o", "--output", "file", default=f"sonarqube{SUFFIX}", show_default=True, metavar="FILE",
              type=click.Path(dir_okay=False, path_type=Path), help="Write the facts there for `check`.")  # fmt: skip
@click.option("--task", "place", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="The scanner's report-task.txt (default: where the scanners put it).")  # fmt: skip
@click.option("--project", "projects", multiple=True, metavar="COMPONENT=KEY",
              help="A component with a project of its own; repeatable.")  # fmt: skip
@click.option(
    "--timeout", default=300, show_default=True, type=click.IntRange(1), help="Seconds to wait for the server."
)
def command(file: Path, place: Path | None, projects: tuple[str, ...], timeout: int) -> int:
    """Wait for the compute engine, then read measures, issues, hotspots and the server's own gate, by component."""
    own = dict(_pair(each) for each in projects)
    here = pipeline()
    with opened_server() as server, opened_gate() as gate:
        server.check_up()
        server.check_token()
        found = place if place is not None else _task(gate.repository.root)
        if found is None and not own:
            raise CannotMeasureError(
                slug="no-analysis",
                where=_TASK,
                what=f"no scanner left one in {', '.join(_PLACES)}",
                remedy="let the scanner run before this, or name its file with --task",
            )
        key = project_key()
        if found is not None:
            key, task = task_id(found.read_bytes(), str(found))
            wait(server, task, seconds=timeout, say=say, sleep=time.sleep)
        started = time.monotonic()
        number = here.merge_request.iid if here.merge_request is not None and server.knows_merge_requests else ""
        head = gate.head()
        rules = gate.rules(None, head).rules
        _declared(own, [component.name for component in rules.components])
        tracked = gate.repository.files(head.tree)
        reports, _ = gate.collect(rules, head, tracked)
        targets = {name: Target(each, number) for name, each in own.items()}
        snapshot = collected(server, Target(key, number), targets, rules.components, reports, tracked.keys())
        write_whole(file, encode(snapshot))
        _tell(server, key, len(snapshot.components), time.monotonic() - started)
    return 0


def _task(root: Path) -> Path | None:
    found = [root / place / _TASK for place in _PLACES if (root / place / _TASK).is_file()]
    return found[0] if found else None


def _pair(text: str) -> tuple[str, str]:
    name, separator, key = text.partition("=")
    if not separator or not name or not key:
        raise UsageError(
            slug="no-sonarqube",
            where=f"--project {text}",
            what="it is no COMPONENT=KEY",
            remedy="write for example --project back=suite-back",
        )
    return name, key


def _declared(own: dict[str, str], names: list[str]) -> None:
    for name in own:
        if name not in names:
            raise UsageError(
                slug="unknown-component",
                where=f"--project {name}",
                what="rules.yaml declares no such component",
                remedy=f"use one of {', '.join(names)}",
            )


def _tell(server: SonarQube, key: str, components: int, seconds: float) -> None:
    version = ".".join(str(part) for part in server.version)
    say(
        f"SonarQube {version}: read {key} for {components} components in {seconds:.1f} s after the analysis was through"
    )
