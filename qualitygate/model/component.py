"""Parts of a module, by paths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WHOLE_MODULE = "module"
"""Name of the one component of a module that declares none."""


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a module (back, front, storage).

    name:  as rules.yaml gives it.
    paths: globs of tracked paths; `*` stays within a folder, `**` crosses folders, `dir/**` is all below dir.
    """

    name: str
    paths: tuple[str, ...] = ("**",)

    def holds(self, path: str) -> bool:
        """Tell whether a tracked path belongs to the component."""
        return any(glob_matches(pattern, path) for pattern in self.paths)

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that the globs start in, without their wildcards; empty for the top."""
        return tuple(
            "/".join(word for word in _fixed_words(pattern))
            for pattern in self.paths
        )  # fmt: skip


def _fixed_words(pattern: str) -> Iterable[str]:
    for word in pattern.split("/")[:-1]:
        if "*" in word or "?" in word or "[" in word:
            return
        yield word


def owner(components: Iterable[Component], path: str) -> str | None:
    """Give the name of the component that a path belongs to, the first declared one; None outside of all."""
    return next((component.name for component in components if component.holds(path)), None)


def glob_matches(pattern: str, path: str) -> bool:
    """Tell whether a tracked path matches a glob of the rules."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = []
    position = 0
    while position < len(pattern):
        if pattern.startswith("**/", position):
            pieces.append("(?:[^/]+/)*+")
            position += 3
        elif pattern.startswith("**", position):
            pieces.append(".*+" if position + 2 == len(pattern) else ".*")
            position += 2
        elif pattern[position] == "*":
            pieces.append("[^/]*")
            position += 1
        elif pattern[position] == "?":
            pieces.append("[^/]")
            position += 1
        else:
            pieces.append(re.escape(pattern[position]))
            position += 1
    return re.compile("".join(pieces), re.DOTALL)
