"""Addresses in GitLab of the places that evidence names."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from qualitygate.model.change import Change
    from qualitygate.model.verdict import Evidence, Verdict
    from qualitygate.report.output import Material


def blob(verdict: Verdict, material: Material, evidence: Evidence) -> str:
    """Give the address of the lines at the head; empty outside of a pipeline."""
    project = material.pipeline.project_url
    if not project or not evidence.path:
        return ""
    lines = f"#L{evidence.line}" if evidence.line else ""
    if lines and evidence.end_line > evidence.line:
        lines += f"-{evidence.end_line}"
    return f"{project}/-/blob/{verdict.head}/{quote(evidence.path, errors='surrogateescape')}{lines}"


def in_diff(verdict: Verdict, material: Material, evidence: Evidence) -> str:
    """Give the address of the line in the merge request's diff; of the file at the head where the diff has it not.

    GitLab names a line of a diff by the SHA-1 of the path and the line's numbers before and after
    (https://docs.gitlab.com/development/merge_request_concepts/diffs/development/).
    """
    merge_request, change = material.pipeline.merge_request, material.change
    if merge_request is None or not merge_request.project or change is None or evidence.path not in change.files:
        return blob(verdict, material, evidence)
    name = hashlib.sha1(evidence.path.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()
    line = ""
    if evidence.line:
        before, after = diff_position(change, evidence.path, evidence.line)
        line = f"_{before}_{after}"
    return f"{merge_request.project}/-/merge_requests/{merge_request.iid}/diffs#{name}{line}"


def diff_position(change: Change, path: str, line: int) -> tuple[int, int]:
    """Give the numbers that GitLab's diff counts at a line of the head: before and after the change.

    At a kept line they are the line's own. At an added one the first is where the next kept line stood: the diff shows
    the removed lines of a place before the added ones. A new file counts 0 before.
    """
    touched = change.files.get(path)
    if touched is None:
        return line, line
    if touched.base_path is None:
        return 0, line
    before = 1
    for piece in touched.pieces:
        if piece.base_path != touched.base_path:
            continue
        if line < piece.head_line:
            return piece.base_line, line
        if piece.length is None or line < piece.head_line + piece.length:
            return piece.base_line + line - piece.head_line, line
        before = piece.base_line + piece.length
    removed = change.removed.get(touched.base_path)
    last = max((each for each in removed if each >= before), default=before - 1) if removed is not None else before - 1
    return last + 1, line
