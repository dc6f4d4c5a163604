"""Vue single files: their scripts are read as JavaScript or TypeScript, with the lines of the whole file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qualitygate.collect import treesitter
from qualitygate.collect.ecmascript import RULE, is_test
from qualitygate.collect.language import Language
from qualitygate.model.lines import LineSet
from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from tree_sitter import Node

    from qualitygate.model.source import SourceFacts

ENGINE = f"vue-{RULE.engine}"


def measure(source: bytes) -> SourceFacts | Unknown:
    """Measure the functions of a file's scripts, and the lines of the whole file; Unknown where no part is understood.

    A file without script has no functions. Expressions of the template count nothing.
    """
    import tree_sitter_html  # noqa: PLC0415 - only for Vue
    import tree_sitter_typescript  # noqa: PLC0415 - only for Vue
    from tree_sitter import Language as Grammar  # noqa: PLC0415 - only for Vue
    from tree_sitter import Parser  # noqa: PLC0415 - only for Vue

    root = Parser(Grammar(tree_sitter_html.language())).parse(source).root_node
    scripts = [node for node in root.children if node.type == "script_element"]
    if not scripts and not any(node.type == "element" for node in root.children):
        return Unknown(Reason.SOURCE_UNREADABLE, "no template and no script is understood from line 1 on")
    blank = _scripts_alone(source, scripts)
    marked = any(b"tsx" in _opening(node) or b"jsx" in _opening(node) for node in scripts)
    grammar = tree_sitter_typescript.language_tsx() if marked else tree_sitter_typescript.language_typescript()
    facts = treesitter.measure(blank, grammar, RULE)
    if isinstance(facts, Unknown):
        return facts
    outside = LineSet.of(
        number
        for number, (line, script) in enumerate(zip(source.split(b"\n"), blank.split(b"\n"), strict=True), start=1)
        if line.strip() and not script.strip()
    )
    return replace(facts, engine=ENGINE, code=facts.code | outside)


def _scripts_alone(source: bytes, scripts: list[Node]) -> bytes:
    """Blank out all but the scripts, so that lines and columns stay those of the file."""
    blank = bytearray(byte if byte in b"\r\n" else 32 for byte in source)
    for node in scripts:
        for text in node.children:
            if text.type == "raw_text":
                blank[text.start_byte : text.end_byte] = source[text.start_byte : text.end_byte]
    return bytes(blank)


def _opening(script: Node) -> bytes:
    return (script.children[0].text or b"") if script.children else b""


LANGUAGE = Language(name="Vue", engine=ENGINE, suffixes=(".vue",), is_test=is_test, measure=measure)
