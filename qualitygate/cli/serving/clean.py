"""qualitygate sonarqube clean: what cancelled jobs left behind."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from qualitygate.cli.serving.session import is_open, opened_server, pipeline, project_key
from qualitygate.sonarqube.throwaway import delete, leftovers


@click.command("clean")
def command() -> int:
    """Delete the projects `KEY:mr-…` whose merge request is not open any more.

    Where GitLab does not say, those that were analysed more than a day ago, or never.
    """
    project = project_key()
    with opened_server() as server:
        server.check_up()
        server.check_token()
        for key in list(leftovers(server, project, open_=is_open(pipeline()), now=datetime.now(UTC))):
            if delete(server, key):
                click.echo(key)
    return 0
