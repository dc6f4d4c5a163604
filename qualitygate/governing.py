"""Which rules judge a change: never those that the change itself brings, but at adoption."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from qualitygate.extended import RemoteRules
from qualitygate.model.errors import UsageError
from qualitygate.rules.addresses import is_remote
from qualitygate.rules.load import load, recommended

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qualitygate.model.pipeline import Pipeline
    from qualitygate.model.rules import Rules
    from qualitygate.repository.repository import Repository

RULES_FILE = "rules.yaml"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules with where they came from, in words; `proposed` are those that the change itself brings."""

    rules: Rules
    origin: str
    proposed: Rules | None = None
    notes: tuple[str, ...] = ()


def governing_rules(
    repository: Repository, base: str | None, tree: str, wanted: str | None, start: Path, remote: RemoteRules
) -> RuleSet:
    """Read the rules: those given, else the base's, else (adoption) the head's, else the recommended ones.

    remote: reads what they extend outside of the repository.
    """
    if wanted is not None:
        return _given_rules(repository, wanted, start, remote)
    theirs = repository.content(base, RULES_FILE) if base is not None else None
    ours = repository.content(tree, RULES_FILE)
    if theirs is None and ours is None:
        return RuleSet(recommended(), "qualitygate:recommended (there is no rules.yaml)")
    if theirs is None or base is None:
        text = (ours or b"").decode("utf-8", "replace")
        note = "the base has no rules.yaml yet, so this change is judged by the rules that it brings"
        rules = load(text, RULES_FILE, partial(_text, repository, remote, tree))
        if rules.waivers:
            rules = replace(rules, waivers=())
            note += "; its waivers count once they are merged"
        return RuleSet(rules, f"{RULES_FILE} of the head", notes=(note,))
    extended: dict[str, str | None] = {}

    def read(path: str) -> str | None:
        extended[path] = _text(repository, remote, base, path)
        return extended[path]

    rules = load(theirs.decode("utf-8", "replace"), f"{base[:12]}:{RULES_FILE}", read)
    origin = f"{RULES_FILE} of the base {base[:12]}"
    if ours == theirs:
        if all(_text(repository, remote, tree, path) == text for path, text in extended.items()):
            return RuleSet(rules, origin)
        # A change of a file that they extend is as good as one of rules.yaml itself.
        proposed = load(ours.decode("utf-8", "replace"), RULES_FILE, partial(_text, repository, remote, tree))
        if proposed == rules:
            return RuleSet(rules, origin)
    if ours is None:
        note = "this change deletes rules.yaml; the base's rules judge it"
        return RuleSet(rules, origin, recommended(), (note,))
    note = "this change edits rules.yaml; the base's rules judge it, and the new ones are shown beside"
    return RuleSet(
        rules,
        origin,
        load(ours.decode("utf-8", "replace"), RULES_FILE, partial(_text, repository, remote, tree)),
        (note,),
    )


def _given_rules(repository: Repository, where: str, start: Path, remote: RemoteRules) -> RuleSet:
    file = start / where
    if file.is_file():
        text = file.read_text(encoding="utf-8", errors="replace")
        return RuleSet(load(text, where, partial(text_beside, repository.root, remote)), where)
    reference, separator, path = where.partition(":")
    commit = repository.commit(reference) if separator else None
    content = repository.content(commit, path) if commit is not None else None
    if commit is None or content is None:
        raise UsageError(
            slug="no-such-rules",
            where=f"--rules {where}",
            what="neither a file nor REF:FILE of this repository",
            remedy="name a file, or a file at a commit such as main:rules.yaml",
        )
    return RuleSet(load(content.decode("utf-8", "replace"), where, partial(_text, repository, remote, commit)), where)


def _text(repository: Repository, remote: RemoteRules, tree: str, path: str) -> str | None:
    if is_remote(path):
        return remote(path)
    content = repository.content(tree, path)
    return None if content is None else content.decode("utf-8", "replace")


def text_beside(root: Path, remote: RemoteRules, path: str) -> str | None:
    """Read a file that rules of the working tree extend, or rules elsewhere; None where a file is not there."""
    if is_remote(path):
        return remote(path)
    file = root / path
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None


def remote_rules(repository: Repository, pipeline: Pipeline, say: Callable[[str], object]) -> RemoteRules:
    """Give a reader of rules elsewhere, with its cache under the git directory."""
    return RemoteRules(repository.common_directory / "qualitygate" / "extends", pipeline, say)
