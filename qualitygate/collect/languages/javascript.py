"""JavaScript and JSX, read by tree-sitter and counted as ESLint counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.collect import treesitter
from qualitygate.collect.ecmascript import RULE, is_test
from qualitygate.collect.language import Language

if TYPE_CHECKING:
    from qualitygate.model.source import SourceFacts
    from qualitygate.model.unknown import Unknown


def measure(source: bytes) -> SourceFacts | Unknown:
    """Measure functions and lines of one file."""
    import tree_sitter_javascript  # noqa: PLC0415 - only for JavaScript

    return treesitter.measure(source, tree_sitter_javascript.language(), RULE)


LANGUAGE = Language(
    name="JavaScript",
    engine=RULE.engine,
    suffixes=(".js", ".jsx", ".mjs", ".cjs"),
    is_test=is_test,
    measure=measure,
)
