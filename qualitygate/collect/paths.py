"""From the names in a report to tracked files."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

_DRIVE = re.compile(r"^(?:[A-Za-z]:|//[^/]+)(?=/)")


@dataclass(frozen=True, slots=True)
class Found:
    """The tracked file that a name means.

    sure: False where only one word of the path speaks for it, and the rest of the name for another place: other names
          of the same report must agree with the prefix.
    prefix: what the name has in front of the tracked path; empty where it has nothing.
    """

    path: str
    sure: bool
    prefix: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """A name that means no tracked file, or several: it is named, never guessed."""

    name: str
    candidates: tuple[str, ...] = ()


class TrackedPaths:
    """Finds the tracked file that a report means, by the longest matching end of the path."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._by_name: dict[str, list[str]] | None = None

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def find(self, name: str, roots: Iterable[str] = ()) -> Found | NotFound:
        """Resolve a name as a report writes it; `roots` are the directories that the report says it is relative to.

        Accepted are the tracked path itself, a root with the name behind it, a longer name that ends in a tracked path
        (an absolute path of another machine), and a shorter one that exactly one tracked path ends in. Names that
        climb (`../..`) are resolved by words alone; no file is looked at.
        """
        cleaned = clean(name)
        if cleaned in self._paths:
            return Found(cleaned, sure=True, prefix="")
        joined = [clean(f"{root}/{name}") for root in roots if root] if not _absolute(name) else []
        for whole in [*joined, cleaned]:
            if whole in self._paths:
                return Found(whole, sure=True, prefix="")
            ends = self._ends_of(whole)
            if ends is not None:
                return ends
        longer = self._longer_than(cleaned)
        if len(longer) == 1:
            return Found(longer[0], sure=True, prefix="")
        return NotFound(name, tuple(longer))

    def _named(self, name: str) -> list[str]:
        if self._by_name is None:
            index: dict[str, list[str]] = defaultdict(list)
            for path in self._paths:
                index[path.rpartition("/")[2]].append(path)
            self._by_name = index
        return self._by_name.get(name, [])

    def _ends_of(self, whole: str) -> Found | None:
        """Find the longest tracked path that the name ends in."""
        best = max(
            (path for path in self._named(whole.rpartition("/")[2]) if whole.endswith(f"/{path}")),
            key=len,
            default=None,
        )
        if best is None:
            return None
        prefix = whole[: -len(best) - 1]
        return Found(best, sure="/" in best, prefix=prefix or "/")

    def _longer_than(self, name: str) -> list[str]:
        """Find the tracked paths that end in the name."""
        return sorted(path for path in self._named(name.rpartition("/")[2]) if path.endswith(f"/{name}"))


def _absolute(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith(("/", "file:")) or _DRIVE.match(plain) is not None


def clean(name: str) -> str:
    """Write a name with forward slashes, without drive, file URL, `.`, and with `..` taken out by words."""
    plain = name
    if plain.startswith("file:"):
        plain = unquote(re.sub(r"^file:/*", "/", plain))
    plain = _DRIVE.sub("", plain.replace("\\", "/"))
    words: list[str] = []
    for word in plain.split("/"):
        if word in ("", "."):
            continue
        if word == ".." and words and words[-1] != "..":
            words.pop()
        elif word != "..":
            words.append(word)
    lead = "/" if plain.startswith("/") else ""
    return lead + "/".join(words)
