"""What every command needs: the repository, the store, and somewhere to tell progress."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitygate.gate import Gate, Request
from qualitygate.model.errors import CannotMeasureError, GateError
from qualitygate.model.pipeline import Secret, pipeline_of
from qualitygate.repository.repository import Repository
from qualitygate.snapshot.store import Surroundings, open_store
from qualitygate.snapshot.stores.sqlite import SqliteStore, default_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from qualitygate.model.component import Component
    from qualitygate.model.snapshot import ComponentFacts

_PATIENCE = 1.0
_EVERY = 0.2


class Terminal:
    """Tells progress on standard error, and only of what takes more than a second."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._told = 0.0
        self._open = False

    def say(self, message: str) -> None:
        """Tell one sentence."""
        self._end_line()
        click.echo(message, err=True)

    def step(self, done: int, of: int) -> None:
        """Tell how many contents of how many are measured, in place on a terminal, now and then elsewhere."""
        now = time.monotonic()
        if now - self._started < _PATIENCE:
            return
        if sys.stderr.isatty():
            if now - self._told >= _EVERY or done == of:
                self._told, self._open = now, True
                click.echo(f"\rmeasuring sources: {done} of {of}", err=True, nl=False)
        elif now - self._told >= 10:
            self._told = now
            click.echo(f"measuring sources: {done} of {of}", err=True)
        if done == of:
            self._end_line()

    def _end_line(self) -> None:
        if self._open:
            click.echo("", err=True)
            self._open = False


def today() -> date:
    """Give the day by UTC, the same for everybody in a distributed team."""
    return datetime.now(UTC).date()


@contextmanager
def opened_gate(
    *,
    directory: Path | None = None,
    base: str | None = None,
    rules: str | None = None,
    components: tuple[str, ...] = (),
    reports: tuple[str, ...] = (),
    store: str | None = None,
    working_tree: bool = True,
) -> Iterator[Gate]:
    """Open the repository around a directory (the current one by default) and its store for one run."""
    start = Path.cwd() if directory is None else directory
    with Repository.discover(start) as repository:
        pipeline = pipeline_of(os.environ)
        terminal = Terminal()
        store = store or os.environ.get("QUALITYGATE_STORE") or None
        surroundings = Surroundings(repository.common_directory, pipeline, terminal.say)
        baselines = open_store(store, surroundings)
        memory = None
        try:
            memory = _memory(baselines if store is None else None, repository)
            request = Request(
                start=start,
                today=today(),
                pipeline=pipeline,
                base=base,
                rules=rules,
                components=components,
                reports=reports,
                working_tree=working_tree and not pipeline.remote,
                fresh=working_tree and "CI" not in os.environ and not pipeline.remote,
            )
            yield Gate(repository, baselines, memory, request, terminal)
        finally:
            baselines.close()
            if memory is not None and memory is not baselines:
                memory.close()


def server_figures(remote: bool) -> Callable[[Sequence[Component]], Mapping[str, ComponentFacts]] | None:
    """Give a question to the SonarQube server that the environment names; None in pipelines and without one.

    A server that cannot be asked is no reason not to judge the rest: it is said, and nothing is known of the base.
    """
    told = [os.environ.get(name, "") for name in ("SONAR_HOST_URL", "SONAR_TOKEN", "SONAR_PROJECT_KEY")]
    if remote or not all(told):
        return None

    def ask(components: Sequence[Component]) -> Mapping[str, ComponentFacts]:
        from qualitygate.sonarqube.analysis import Target  # noqa: PLC0415 - only with a server
        from qualitygate.sonarqube.facts import known_figures  # noqa: PLC0415 - see above
        from qualitygate.sonarqube.server import SonarQube  # noqa: PLC0415 - see above

        address, token, key = told
        server = SonarQube.at(address, Secret(token), os.environ.get("SONAR_ORGANIZATION", ""))
        try:
            return known_figures(server, Target(key), components)
        except GateError as error:
            click.echo(f"note: SonarQube was not asked for the base: {error.where}: {error.what}", err=True)
            return {}
        finally:
            server.close()

    return ask


def _memory(baselines: object, repository: Repository) -> SqliteStore | None:
    """Give the place where source facts are remembered: always beside the repository, wherever baselines are."""
    if isinstance(baselines, SqliteStore):
        return baselines
    try:
        return SqliteStore(default_path(repository.common_directory))
    except CannotMeasureError:
        return None
