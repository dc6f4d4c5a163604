"""The base of a change: which commit the head is compared with, and never a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from qualitygate.model.errors import CannotMeasureError, UsageError
from qualitygate.repository.git import GitFailedError

if TYPE_CHECKING:
    from qualitygate.repository.repository import Head, Repository

_DEEPEN_BY = (50, 500, 5000)
FETCH_SECONDS = 300


class Say(Protocol):
    """Told what takes long or changes the clone."""

    def __call__(self, message: str, /) -> None:
        """Tell one sentence."""


def find_base(repository: Repository, head: Head, reference: str | None, say: Say) -> str | None:
    """Give the base commit of what is judged; None where the head is the first commit.

    With a reference: the merge base with it. Without: the merge base with the default branch; where the head is part of
    that branch already, the head itself for uncommitted work, else its first parent. A clone that is too shallow to
    know is deepened; CannotMeasureError where that is not possible, UsageError where the reference means no commit.
    """
    if reference is not None:
        return _merge_base(repository, head.commit, resolve(repository, reference, say), reference, say)
    branch = default_branch(repository)
    if branch is not None:
        base = _merge_base(repository, head.commit, branch, branch, say)
        if base != head.commit:
            return base
    if head.dirty:
        return head.commit
    return first_parent(repository, head.commit, say)


def first_parent(repository: Repository, commit: str, say: Say) -> str | None:
    """Give the first parent of a commit, fetched if the clone stops before it; None for a root commit."""
    parent = repository.commit(f"{commit}^1")
    if parent is None and commit in shallow_boundary(repository):
        _deepen_until(repository, lambda: repository.commit(f"{commit}^1") is not None, f"{commit}^1", say)
        parent = repository.commit(f"{commit}^1")
    return parent


def default_branch(repository: Repository) -> str | None:
    """Find the branch that changes are merged into: the remote's default, else main or master; None without any."""
    remote = repository.git.maybe("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    for name in (remote, "refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main",
                 "refs/heads/master"):  # fmt: skip
        if name is not None and repository.commit(name) is not None:
            return name
    return None


def shallow_boundary(repository: Repository) -> frozenset[str]:
    """Give the commits whose parents this clone does not have; empty in a complete clone."""
    try:
        text = (repository.common_directory / "shallow").read_text(encoding="ascii")
    except FileNotFoundError:
        return frozenset()
    return frozenset(text.split())


def resolve(repository: Repository, reference: str, say: Say, *, fetch: bool = False) -> str:
    """Give the commit that a reference means; else UsageError.

    fetch: whether a branch that a complete clone lacks is fetched, too, as a shallow one always is: a runner's clone
           has the branch of the job and no other.
    """

    def found() -> str | None:
        return repository.commit(reference) or repository.commit(f"refs/remotes/origin/{reference}")

    commit = found()
    if commit is None and (fetch or shallow_boundary(repository)):
        depth = ("--depth=1",) if shallow_boundary(repository) else ()
        try:
            repository.git.run("fetch", "--quiet", "--no-tags", *depth, "origin",
                               f"+refs/heads/{reference}:refs/remotes/origin/{reference}",
                               timeout=FETCH_SECONDS)  # fmt: skip
        except GitFailedError:
            _deepen_until(repository, lambda: found() is not None, reference, say, required=False)
        commit = found()
    if commit is None:
        raise UsageError(
            slug="base-not-found",
            where=f"--base {reference}",
            what="no commit of this repository has that name",
            remedy="name a commit, tag or branch that `git rev-parse` knows; a remote branch may need `git fetch`",
        )
    return commit


def _merge_base(repository: Repository, head: str, other: str, name: str, say: Say) -> str:
    if shallow_boundary(repository):
        _deepen_until(repository, lambda: _certain_merge_base(repository, head, other) is not None, name, say)
    base = repository.git.maybe("merge-base", head, other)
    if base is None:
        raise CannotMeasureError(
            slug="no-common-ancestor",
            where=name,
            what="it has no commit in common with the head",
            remedy="name a base that the head descends from, with --base",
        )
    return base


def _certain_merge_base(repository: Repository, head: str, other: str) -> str | None:
    """Give the merge base if the clone holds enough to know it: no cut commit stands between it and the two ends.

    A shallow clone may show an older common ancestor than the true one, because the history that leads to the true one
    is cut off.
    """
    base = repository.git.maybe("merge-base", head, other)
    if base is None:
        return None
    between = repository.git.line("rev-list", head, other, f"^{base}").splitlines()
    return None if shallow_boundary(repository).intersection(between) else base


def _deepen_until(repository: Repository, known: _Check, name: str, say: Say, *, required: bool = True) -> None:
    steps = [(f"--deepen={count}",) for count in _DEEPEN_BY] + [("--unshallow",)]
    for step in steps:
        if known() or not shallow_boundary(repository):
            return
        say(f"this clone is shallow: fetching more history to find the base ({step[0]})")
        try:
            repository.git.run(
                "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *step, "origin", timeout=FETCH_SECONDS
            )
        except GitFailedError as error:
            if not required:
                return
            raise CannotMeasureError(
                slug="shallow-clone",
                where=name,
                what=f"this clone is too shallow to know the base, and fetching more failed: {error.message}",
                remedy="run `git fetch --unshallow origin`, or set GIT_DEPTH: 0 for the job",
            ) from None
    if required and not known() and shallow_boundary(repository):
        raise CannotMeasureError(
            slug="shallow-clone",
            where=name,
            what="this clone is too shallow to know the base",
            remedy="run `git fetch --unshallow origin`, or set GIT_DEPTH: 0 for the job",
        )


def deepen(repository: Repository, commit: str, count: int, say: Say) -> bool:
    """Fetch more of a commit's history into a shallow clone; False, and a sentence, where that fails."""
    say(f"this clone is shallow: fetching {count} more commits to find a baseline")
    words = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", f"--deepen={count}", "origin")
    for tail in ((commit,), ()):
        try:
            repository.git.run(*words, *tail, timeout=FETCH_SECONDS)
        except GitFailedError as error:
            message = error.message
        else:
            return True
    say(f"fetching more history failed: {message}")
    return False


class _Check(Protocol):
    def __call__(self) -> bool: ...
