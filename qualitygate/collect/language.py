"""What a language must offer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from qualitygate.model.discovery import modules, third_party

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.source import SourceFacts
    from qualitygate.model.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Language:
    """A language: one file in `languages`, whose constant LANGUAGE is one of these.

    name:     as shown to users.
    engine:   name and version of the counting rule; raised whenever a value could come out differently.
    suffixes: endings of its files, with the dot.
    is_test:  tells by its path whether a file holds tests; coverage reports need not speak of those.
    measure:  functions and lines of a file's content; Unknown where the parser cannot read it, never zeros.
    """

    name: str
    engine: str
    suffixes: tuple[str, ...]
    is_test: Callable[[str], bool]
    measure: Callable[[bytes], SourceFacts | Unknown]


@cache
def all_languages() -> tuple[Language, ...]:
    """Give every language of the package and of installed plug-ins, by name."""
    found = [module.LANGUAGE for module in modules("qualitygate.collect.languages")]
    found += [module.LANGUAGE for module in third_party("qualitygate.languages")]
    return tuple(found)


class Languages:
    """Finds the language of a file by the ending of its name."""

    def __init__(self, languages: tuple[Language, ...]) -> None:
        self.all = languages
        self._by_suffix = {suffix: language for language in languages for suffix in language.suffixes}

    @property
    def suffixes(self) -> tuple[str, ...]:
        """All endings of files that some language reads."""
        return tuple(self._by_suffix)

    def of(self, path: str) -> Language | None:
        """Give the language of a path; None for one that no language reads."""
        dot = path.rfind(".")
        return self._by_suffix.get(path[dot:]) if dot >= 0 else None
