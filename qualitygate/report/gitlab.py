"""Telling a merge request in GitLab: one note, threads on the lines, the commit's status.

Nothing here changes the verdict: what cannot be delivered comes back as sentences.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualitygate.model.verdict import Status
from qualitygate.remote.trouble import RemoteError, Trouble
from qualitygate.report.links import diff_position
from qualitygate.report.marks import code, text
from qualitygate.report.note import marker, note
from qualitygate.report.words import title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qualitygate.model.verdict import ConditionResult, Evidence, Verdict
    from qualitygate.remote.http import Server
    from qualitygate.report.output import Material

NOBODY_MAY_WRITE = (
    "no note was written to the merge request: the job token may not; give a project access token with scope api as "
    "the masked variable QUALITYGATE_API_TOKEN"
)
_THREAD = "<!-- qualitygate:thread "
_MOST_THREADS = 30
_STATES = {
    Status.PASS: "success",
    Status.WARN: "success",
    Status.WAIVED: "success",
    Status.FAIL: "failed",
    Status.UNKNOWN: "failed",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is told beside the note.

    key:     tells the notes of several gates apart.
    threads: whether the lines get threads of their own, resolved when they are fixed.
    status:  whether the commit gets a status for each component.
    """

    key: str = ""
    threads: bool = False
    status: bool = False


def tell(server: Server, verdict: Verdict, material: Material, wanted: Wanted) -> list[str]:
    """Write note, threads and statuses; give a sentence for each that could not be delivered.

    server: the API, with a token of scope api; a job token may not write any of this.
    """
    pipeline = material.pipeline
    undelivered: list[str] = []
    merge_request = pipeline.merge_request
    if merge_request is not None:
        root = f"/projects/{merge_request.project_id}/merge_requests/{merge_request.iid}"
        body = note(verdict, material, key=wanted.key)
        _try("the note", undelivered, lambda: _write_note(server, root, marker(wanted.key), body))
        if wanted.threads:
            _try("the threads", undelivered, lambda: _write_threads(server, root, verdict, material, wanted.key))
    if wanted.status:
        _try("the commit status", undelivered, lambda: _write_statuses(server, verdict, material))
    return undelivered


def _try(what: str, undelivered: list[str], write: Callable[[], None]) -> None:
    try:
        write()
    except RemoteError as error:
        undelivered.append(f"{what} could not be delivered: {error.where}: {error.what}; {error.remedy}")


def _write_note(server: Server, root: str, mark: str, body: str) -> None:
    """Update the note of ours, or create it; of several that jobs created at once the first one stays.

    GitLab knows no unique notes. So whoever creates one looks again afterwards: the lowest number wins, and each
    writer deletes what it finds above it.
    """
    me = _author(server)
    mine = _own_notes(server, root, mark, me)
    if not mine:
        created = server.ask("POST", f"{root}/notes", data={"body": body}).json()
        number = _number(created)
        mine = _own_notes(server, root, mark, me)
        if [each for each, _ in mine] == [number]:
            return
    if not mine:
        return
    mine.sort()
    first, text_ = mine[0]
    if text_.rstrip() != body.rstrip():
        server.ask("PUT", f"{root}/notes/{first}", data={"body": body})
    for extra, _ in mine[1:]:
        try:
            server.ask("DELETE", f"{root}/notes/{extra}")
        except RemoteError as error:
            if error.trouble is not Trouble.MISSING:
                raise


def _author(server: Server) -> int:
    return _number(server.get("/user").json())


def _number(answer: object) -> int:
    number = answer.get("id") if isinstance(answer, dict) else None
    if not isinstance(number, int):
        raise RemoteError(where="GitLab", trouble=Trouble.GARBLED, told="the answer has no id")
    return number


def _own_notes(server: Server, root: str, mark: str, me: int) -> list[tuple[int, str]]:
    """Find the notes that this token's user wrote and that start with the mark; quoted marks do not count."""
    return [
        (_number(each), each["body"])
        for rows in server.pages(f"{root}/notes", sort="asc", order_by="created_at")
        for each in rows
        if isinstance(each, dict)
        and not each.get("system")
        and isinstance(each.get("author"), dict)
        and each["author"].get("id") == me
        and isinstance(each.get("body"), str)
        and each["body"].startswith(mark)
    ]


def _write_threads(server: Server, root: str, verdict: Verdict, material: Material, key: str) -> None:
    """Open a thread on each line of the change that failed, and resolve those of ours whose line is fixed."""
    me = _author(server)
    refs = _diff_refs(server, root)
    wanted = {mark: (result, evidence) for mark, result, evidence in _threads(verdict, material, key)}
    known: set[str] = set()
    for rows in server.pages(f"{root}/discussions"):
        for discussion in rows:
            first = _first_note(discussion)
            if first is None or not isinstance(discussion, dict):
                continue
            body, author, resolved = first
            mark = body.partition("\n")[0]
            if author != me or not mark.startswith(f"{_THREAD}{key}:"):
                continue
            known.add(mark)
            if (mark not in wanted) != resolved:
                server.ask("PUT", f"{root}/discussions/{discussion['id']}", query={
                    "resolved": "true" if mark not in wanted else "false"})  # fmt: skip
    for mark, (result, evidence) in list(wanted.items())[:_MOST_THREADS]:
        if mark in known or material.change is None:
            continue
        body = f"{mark}\n{text(title(result))}: {text(evidence.message)}"
        source = material.line(evidence.path, evidence.line).strip()
        body += f"\n\n{code(source[:200])}" if source else ""
        position = {**refs, "position_type": "text", "new_path": evidence.path, "new_line": evidence.line}
        touched = material.change.files[evidence.path]
        position["old_path"] = touched.base_path or evidence.path
        if evidence.line not in touched.added and touched.base_path is not None:
            position["old_line"] = diff_position(material.change, evidence.path, evidence.line)[0]
        server.ask("POST", f"{root}/discussions", data={"body": body, "position": position})


def _threads(verdict: Verdict, material: Material, key: str) -> Iterator[tuple[str, ConditionResult, Evidence]]:
    """Yield the failed places that stand in the diff, each with a mark that outlives moves of its line."""
    if material.change is None:
        return
    for result in verdict.conditions:
        if result.status is not Status.FAIL:
            continue
        for evidence in result.evidence:
            if evidence.line and evidence.path in material.change.files:
                source = material.line(evidence.path, evidence.line).strip() or str(evidence.line)
                name = f"{result.id}\0{evidence.path}\0{evidence.kind}\0{evidence.name}\0{source}"
                digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:24]
                yield f"{_THREAD}{key}:{digest} -->", result, evidence


def _first_note(discussion: object) -> tuple[str, int, bool] | None:
    notes = discussion.get("notes") if isinstance(discussion, dict) else None
    first = notes[0] if isinstance(notes, list) and notes else None
    if not isinstance(first, dict) or not isinstance(first.get("author"), dict):
        return None
    return str(first.get("body", "")), int(first["author"].get("id", 0)), bool(first.get("resolved"))


def _diff_refs(server: Server, root: str) -> dict[str, object]:
    answer = server.get(root)
    told = answer.json()
    refs = told.get("diff_refs") if isinstance(told, dict) else None
    if not isinstance(refs, dict):
        raise RemoteError(where=answer.where, trouble=Trouble.GARBLED, told="the merge request has no diff_refs yet")
    return {name: refs.get(name) for name in ("base_sha", "start_sha", "head_sha")}


def _write_statuses(server: Server, verdict: Verdict, material: Material) -> None:
    """Set a status a component, on the head of the source branch where the checked-out commit is a merge."""
    pipeline = material.pipeline
    merge_request = pipeline.merge_request
    commit = (merge_request.source_sha if merge_request else "") or pipeline.commit or verdict.head
    for component in dict.fromkeys(result.component for result in verdict.conditions):
        results = [result for result in verdict.conditions if result.component == component]
        failed = sum(result.status is Status.FAIL for result in results)
        state = "failed" if failed else _STATES[verdict.status] if verdict.status is Status.UNKNOWN else "success"
        told = f"{failed} of {len(results)} conditions are not met" if failed else f"{len(results)} conditions"
        data: dict[str, object] = {"state": state, "name": f"qualitygate/{component}", "description": told}
        if pipeline.job_url:
            data["target_url"] = pipeline.job_url
        if pipeline.pipeline_id and merge_request is None:
            data["pipeline_id"] = pipeline.pipeline_id
        server.ask("POST", f"/projects/{pipeline.project_id}/statuses/{commit}", again=True, data=data)
