"""qualitygate sonarqube prepare: what the scanner is to scan as."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitygate.cli.outputs import write_whole
from qualitygate.cli.serving.session import is_open, opened_server, pipeline, project_key, say
from qualitygate.model.errors import GateError
from qualitygate.sonarqube.throwaway import create, delete, leftovers

if TYPE_CHECKING:
    from qualitygate.sonarqube.server import SonarQube


@click.command("prepare")
@click.option("-o", "--output", "file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write SONAR_SCAN_KEY=… there, as shell and dotenv read it.")  # fmt: skip
def command(file: Path | None) -> int:
    """Print the project key to scan under.

    That is SONAR_PROJECT_KEY, but for a merge request on the Community Build, which knows none: there it is a project
    `KEY:mr-IID` with the main one's profiles, gate and settings, deleted by `remove`. What cancelled jobs left behind
    is deleted here, too.
    """
    project, here = project_key(), pipeline()
    with opened_server() as server:
        server.check_up()
        server.check_token()
        key = project
        if here.merge_request is not None and not server.knows_merge_requests:
            _collect_leftovers(server, project, here.merge_request.iid)
            key = create(server, project, here.merge_request.iid, say)
            say(f"SonarQube: this edition knows no merge requests; scanning as {key}")
    text = f"SONAR_SCAN_KEY={key}\n"
    if file is not None:
        write_whole(file, text.encode())
    click.echo(text, nl=False)
    return 0


def _collect_leftovers(server: SonarQube, project: str, iid: str) -> None:
    """Delete what others left behind; that it does not work is no reason not to scan."""
    try:
        for key in list(leftovers(server, project, open_=is_open(pipeline()), now=datetime.now(UTC), but=iid)):
            if delete(server, key):
                say(f"SonarQube: deleted {key}, which a cancelled job left behind")
    except GateError as error:
        say(f"SonarQube: leftovers could not be looked for: {error.what}")
