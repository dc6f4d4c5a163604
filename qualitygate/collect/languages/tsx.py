"""TSX, read by tree-sitter and counted as ESLint counts."""

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
    import tree_sitter_typescript  # noqa: PLC0415 - only for TSX

    return treesitter.measure(source, tree_sitter_typescript.language_tsx(), RULE)


LANGUAGE = Language(name="TSX", engine=RULE.engine, suffixes=(".tsx",), is_test=is_test, measure=measure)
