"""Merge requests on the Community Build: a project for each, made like the main one, and gone afterwards."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from qualitygate.remote.trouble import RemoteError, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qualitygate.sonarqube.server import SonarQube

_OLD = timedelta(hours=24)


def key_of(project: str, iid: str) -> str:
    """Name the project of a merge request."""
    return f"{project}:mr-{iid}"


def create(server: SonarQube, project: str, iid: str, say: Callable[[str], object]) -> str:
    """Create the project of a merge request with the main one's profiles, gate and settings; give its key.

    One that a cancelled job of the same merge request left behind is deleted first.
    """
    key = key_of(project, iid)
    delete(server, key)
    server.post("/api/projects/create", project=key, name=f"{project} !{iid}", visibility="private")
    try:
        _like(server, project, key, say)
    except BaseException:
        delete(server, key)
        raise
    return key


def _like(server: SonarQube, project: str, key: str, say: Callable[[str], object]) -> None:
    try:
        profiles = server.get("/api/qualityprofiles/search", project=project).get("profiles")
    except RemoteError as error:
        if error.trouble is not Trouble.MISSING:
            raise
        say(f"SonarQube: {project} was never analysed; its merge requests are scanned with the server's defaults")
        return
    for profile in profiles if isinstance(profiles, list) else []:
        if isinstance(profile, dict) and not profile.get("isBuiltIn") and not profile.get("isDefault"):
            server.post(
                "/api/qualityprofiles/add_project",
                language=str(profile["language"]), qualityProfile=str(profile["name"]), project=key,
            )  # fmt: skip
    gate = server.get("/api/qualitygates/get_by_project", project=project).get("qualityGate")
    if isinstance(gate, dict) and not gate.get("default"):
        server.post("/api/qualitygates/select", gateName=str(gate["name"]), projectKey=key)
    settings = server.get("/api/settings/values", component=project).get("settings")
    for setting in settings if isinstance(settings, list) else []:
        if isinstance(setting, dict) and not setting.get("inherited") and "fieldValues" not in setting:
            values = setting.get("values")
            if isinstance(values, list):
                _set(server, key, str(setting["key"]), [str(each) for each in values])
            elif "value" in setting:
                server.post("/api/settings/set", component=key, key=str(setting["key"]), value=str(setting["value"]))


def _set(server: SonarQube, component: str, key: str, values: list[str]) -> None:
    form = [("component", component), ("key", key), *(("values", value) for value in values)]
    from urllib.parse import urlencode  # noqa: PLC0415 - only lists need a key several times

    server.http.ask("POST", f"/api/settings/set?{urlencode(form)}", form={})


def delete(server: SonarQube, key: str) -> bool:
    """Delete a project; False where there is none."""
    try:
        server.post("/api/projects/delete", project=key)
    except RemoteError as error:
        if error.trouble is not Trouble.MISSING:
            raise
        return False
    return True


def leftovers(
    server: SonarQube, project: str, *, open_: Callable[[str], bool | None], now: datetime, but: str = ""
) -> Iterator[str]:
    """Yield the keys of projects whose merge request is not open any more, or that are old where nobody knows.

    open_: tells whether a merge request is open; None where that is not known.
    but:   number of the merge request whose project stays.
    """
    pattern = re.compile(re.escape(project) + r":mr-(\d+)")
    for row in server.rows("/api/components/search", "components", qualifiers="TRK", q=f"{project}:mr-"):
        key = str(row.get("key", ""))
        match = pattern.fullmatch(key)
        if match is None or match[1] == but:
            continue
        state = open_(match[1])
        if state is False or (state is None and _is_old(server, key, now)):
            yield key


def _is_old(server: SonarQube, key: str, now: datetime) -> bool:
    """Tell whether the last analysis is a day ago; a project that was never analysed was left by a killed job."""
    try:
        shown = server.get("/api/components/show", component=key).get("component")
    except RemoteError:
        return False
    date = shown.get("analysisDate") if isinstance(shown, dict) else None
    if not isinstance(date, str):
        return True
    try:
        return datetime.strptime(date, "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC) < now - _OLD
    except ValueError:
        return False
