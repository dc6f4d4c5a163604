"""Which source files a coverage report should speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from qualitygate.collect.language import Languages
    from qualitygate.model.component import Component


def is_expected(path: str, measured: Collection[str], component: Component, languages: Languages) -> bool:
    """Tell whether reports that speak of `measured` should speak of a new source file, too.

    They should where they speak of other files of its language in the same top folder of the component; of test code
    only where they speak of test code already.
    """
    language = languages.of(path)
    if language is None:
        return False
    alike = [other for other in measured if languages.of(other) is language]
    if language.is_test(path) and not any(language.is_test(other) for other in alike):
        return False
    return _top(path, component) in {_top(other, component) for other in alike}


def _top(path: str, component: Component) -> str:
    """Give the first folder of a path below the component's own; empty for a file right there."""
    prefixes = [f"{folder}/" for folder in component.folders if folder and path.startswith(f"{folder}/")]
    inner = path[len(max(prefixes, key=len, default="")) :]
    return inner.partition("/")[0] if "/" in inner else ""
