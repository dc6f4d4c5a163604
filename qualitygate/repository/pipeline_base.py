"""The base of what a GitLab pipeline judges, by GitLab's own facts, checked against the commits at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from qualitygate.model.errors import CannotMeasureError
from qualitygate.model.pipeline import PipelineKind
from qualitygate.repository.base import (
    FETCH_SECONDS,
    deepen,
    find_base,
    first_parent,
    resolve,
    shallow_boundary,
)
from qualitygate.repository.git import GitFailedError, decoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.pipeline import MergeRequest, Pipeline
    from qualitygate.repository.base import Say
    from qualitygate.repository.repository import Head, Repository

ANCESTORS = 500
"""First-parent commits that are looked at for a baseline."""


def pipeline_base(
    repository: Repository, head: Head, pipeline: Pipeline, nearest: Callable[[list[str]], str | None], say: Say
) -> str | None:
    """Give the base commit of what a pipeline judges; None for a first commit.

    Merge request: the merge base that GitLab computed, fetched alone where a shallow clone lacks it. Merged results:
    the commit of the target branch that the result was built on, which must be a parent of the head. Merge train: the
    first parent, which holds the merge requests before this one. Default or protected branch, tag, schedule: the
    nearest first-parent ancestor with a baseline, else the first parent. Another branch: its merge base with the
    default branch. CannotMeasureError where GitLab's facts are absent or contradict the commits.
    """
    if pipeline.commit and pipeline.commit != head.commit:
        raise _contradicted(
            f"CI_COMMIT_SHA is {pipeline.commit[:12]} and {head.commit[:12]} is checked out",
            "run the gate on the commit of the pipeline, without checking out another one",
        )
    match pipeline.kind:
        case PipelineKind.MERGE_REQUEST | PipelineKind.MERGED_RESULT | PipelineKind.MERGE_TRAIN:
            if pipeline.merge_request is None:
                raise AssertionError("a pipeline is of a merge request by the merge request's variables")
            return _of_merge_request(repository, head.commit, pipeline.kind, pipeline.merge_request, say)
        case PipelineKind.BRANCH if not pipeline.protected and pipeline.branch != pipeline.default_branch:
            if not pipeline.default_branch:
                return find_base(repository, head, None, say)
            resolve(repository, pipeline.default_branch, say, fetch=True)
            return find_base(repository, head, f"refs/remotes/origin/{pipeline.default_branch}", say)
        case PipelineKind.BRANCH | PipelineKind.TAG | PipelineKind.SCHEDULE:
            parent = first_parent(repository, head.commit, say)
            if parent is None:
                return None
            found = nearest_measured(repository, parent, nearest, say)
            return found[0] if found is not None else parent
        case PipelineKind.LOCAL:
            return find_base(repository, head, None, say)
        case _:
            assert_never(pipeline.kind)


def _of_merge_request(
    repository: Repository, head: str, kind: PipelineKind, merge_request: MergeRequest, say: Say
) -> str:
    if kind is PipelineKind.MERGE_REQUEST:
        if not merge_request.diff_base:
            raise _contradicted("CI_MERGE_REQUEST_DIFF_BASE_SHA is empty", "name the base with --base")
        if merge_request.diff_base == head:
            raise _contradicted(
                "CI_MERGE_REQUEST_DIFF_BASE_SHA is the head itself, which would judge nothing",
                "remove the variable where it is set by hand, or push a commit",
            )
        base = _fetched(repository, merge_request.diff_base, say)
        history = repository.git.line("rev-list", head).splitlines()
        whole = not shallow_boundary(repository).intersection(history)
        if whole and base not in history:
            raise _contradicted(
                f"CI_MERGE_REQUEST_DIFF_BASE_SHA is {base[:12]}, which the head {head[:12]} does not descend from",
                "run a new pipeline for the merge request; its branch was rewritten since",
            )
        return base
    parents = _parents(repository, head)
    if kind is PipelineKind.MERGE_TRAIN and parents:
        return _fetched(repository, parents[0], say)
    target = merge_request.target_sha
    if not target:
        raise _contradicted("CI_MERGE_REQUEST_TARGET_BRANCH_SHA is empty", "name the base with --base")
    if target not in parents:
        raise _contradicted(
            f"CI_MERGE_REQUEST_TARGET_BRANCH_SHA is {target[:12]}, which is no parent of the merged result {head[:12]}",
            "run a new pipeline for the merge request; the target branch has moved",
        )
    return _fetched(repository, target, say)


def _parents(repository: Repository, commit: str) -> list[str]:
    """Give the parents that the commit itself names, those that a shallow clone does not have among them."""
    text = decoded(repository.git.run("cat-file", "commit", commit)).partition("\n\n")[0]
    return [line.removeprefix("parent ") for line in text.splitlines() if line.startswith("parent ")]


def _fetched(repository: Repository, commit: str, say: Say) -> str:
    """Make sure that a commit is at hand: fetch it alone into a shallow clone, with its history into a complete one."""
    if repository.commit(commit) is not None:
        return commit
    depth = ("--depth=1",) if shallow_boundary(repository) else ()
    say(f"fetching the base {commit[:12]}")
    try:
        repository.git.run(
            "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *depth, "origin", commit, timeout=FETCH_SECONDS
        )
    except GitFailedError as error:
        raise CannotMeasureError(
            slug="base-not-fetched",
            where=commit[:12],
            what=f"the base commit is not in this clone, and fetching it failed: {error.message}",
            remedy="check that the job may read the repository, or set GIT_DEPTH: 0",
        ) from None
    if repository.commit(commit) is None:
        raise CannotMeasureError(
            slug="base-not-fetched",
            where=commit[:12],
            what="the base commit is not in this clone, and the remote did not send it",
            remedy="set GIT_DEPTH: 0 for the job",
        )
    return commit


def nearest_measured(
    repository: Repository, commit: str, nearest: Callable[[list[str]], str | None], say: Say
) -> tuple[str, int] | None:
    """Find the commit itself or its nearest first-parent ancestor with a baseline, and how many steps it is away.

    A clone that is too shallow to show enough ancestors is deepened once; where that fails it is said.
    """
    for deepened in (False, True):
        ancestors = repository.ancestors(commit, most=ANCESTORS)
        found = nearest(ancestors)
        if found is not None:
            return found, ancestors.index(found)
        cut = len(ancestors) < ANCESTORS and ancestors[-1] in shallow_boundary(repository)
        if deepened or not cut or not deepen(repository, commit, ANCESTORS, say):
            return None
    return None


def _contradicted(what: str, remedy: str) -> CannotMeasureError:
    return CannotMeasureError(slug="base-uncertain", where="merge request", what=what, remedy=remedy)
