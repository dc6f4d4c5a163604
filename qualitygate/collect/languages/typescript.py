"""TypeScript, read by tree-sitter and counted as ESLint counts."""

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
    import tree_sitter_typescript  # noqa: PLC0415 - only for TypeScript

    return treesitter.measure(source, tree_sitter_typescript.language_typescript(), RULE)


LANGUAGE = Language(
    name="TypeScript", engine=RULE.engine, suffixes=(".ts", ".mts", ".cts"), is_test=is_test, measure=measure
)
