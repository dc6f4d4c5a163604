"""qualitygate sonarqube remove: the merge request's own project is gone."""

from __future__ import annotations

import click

from qualitygate.cli.serving.session import opened_server, pipeline, project_key, say
from qualitygate.sonarqube.throwaway import delete, key_of


@click.command("remove")
def command() -> int:
    """Delete the project `KEY:mr-IID` of this merge request, if there is one; the main project is never touched."""
    here = pipeline()
    if here.merge_request is None:
        say("SonarQube: this is no pipeline of a merge request; there is nothing to delete")
        return 0
    key = key_of(project_key(), here.merge_request.iid)
    with opened_server() as server:
        say(f"SonarQube: {key} {'is deleted' if delete(server, key) else 'is not there'}")
    return 0
