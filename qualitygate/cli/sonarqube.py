"""qualitygate sonarqube: figures and issues of a SonarQube server as facts for the gate."""

from __future__ import annotations

import click

from qualitygate.cli.lazy import Commands

COMMANDS = {
    "prepare": "Say what to scan as; on the Community Build make a merge request's own project.",
    "collect": "Wait for the analysis, and write its figures and issues for `check`.",
    "remove": "Delete the merge request's own project.",
    "clean": "Delete such projects that cancelled jobs left behind.",
}


@click.command(cls=Commands, package="qualitygate.cli.serving", table=COMMANDS)
def command() -> None:
    """Read a SonarQube server, and analyse merge requests on every edition.

    SONAR_HOST_URL, SONAR_TOKEN and SONAR_PROJECT_KEY name the server, the token and the main project;
    SONAR_ORGANIZATION the organisation on SonarQube Cloud.
    """
