"""The server and project that the environment names."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from qualitygate.model.errors import UsageError
from qualitygate.model.pipeline import Secret, pipeline_of
from qualitygate.remote.http import Server, Token
from qualitygate.remote.trouble import RemoteError, Trouble
from qualitygate.sonarqube.server import SonarQube

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qualitygate.model.pipeline import Pipeline


def say(message: str) -> None:
    """Tell progress on standard error."""
    click.echo(message, err=True)


@contextmanager
def opened_server() -> Iterator[SonarQube]:
    """Open the server that SONAR_HOST_URL names; UsageError where it or the token is not set."""
    address, token = os.environ.get("SONAR_HOST_URL", ""), os.environ.get("SONAR_TOKEN", "")
    for name, value in (("SONAR_HOST_URL", address), ("SONAR_TOKEN", token)):
        if not value:
            raise UsageError(
                slug="no-sonarqube",
                where=name,
                what="nobody says which SonarQube server is meant, or with which token",
                remedy=f"set {name} as a variable of the project (the token masked)",
            )
    server = SonarQube.at(address, Secret(token), os.environ.get("SONAR_ORGANIZATION", ""), say)
    try:
        yield server
    finally:
        server.close()


def project_key() -> str:
    """Give the key of the main project; UsageError where it is not set."""
    key = os.environ.get("SONAR_PROJECT_KEY", "")
    if not key:
        raise UsageError(
            slug="no-sonarqube",
            where="SONAR_PROJECT_KEY",
            what="nobody says which project of the server is this module's",
            remedy="set SONAR_PROJECT_KEY as a variable of the project",
        )
    return key


def is_open(pipeline: Pipeline) -> Callable[[str], bool | None]:
    """Give a question to GitLab whether a merge request is open; it answers None where it is not known."""

    def ask(iid: str) -> bool | None:
        if not pipeline.api or not (pipeline.job_token or pipeline.api_token):
            return None
        token = (
            Token("PRIVATE-TOKEN", pipeline.api_token) if pipeline.api_token else Token("JOB-TOKEN", pipeline.job_token)
        )
        server = Server(pipeline.api, token)
        try:
            answer = server.get(f"/projects/{pipeline.project_id}/merge_requests/{iid}").json()
        except RemoteError as error:
            return False if error.trouble is Trouble.MISSING else None
        finally:
            server.close()
        state = answer.get("state") if isinstance(answer, dict) else None
        return state == "opened" if isinstance(state, str) else None

    return ask


def pipeline() -> Pipeline:
    """Give the pipeline that this runs in."""
    return pipeline_of(os.environ)
