"""Go, read by tree-sitter and counted as gocyclo counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.collect import treesitter
from qualitygate.collect.cognitive.tree import CognitiveRule
from qualitygate.collect.language import Language
from qualitygate.collect.treesitter import CountingRule, field_name, once, operator_is, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from qualitygate.model.source import SourceFacts
    from qualitygate.model.unknown import Unknown


def _method(node: Node) -> str:
    receiver = node.child_by_field_name("receiver")
    kind = next(
        (each for each in (receiver.named_children if receiver else ()) if each.type == "parameter_declaration"), None
    )
    owner = text_of(kind.child_by_field_name("type")) if kind is not None else ""
    return f"{owner.lstrip('*').partition('[')[0]}.{field_name(node)}"


def _literal(node: Node) -> str | None:
    """Name a function literal that a variable of the package holds; others belong to the function around them."""
    parent = node.parent
    spec = parent.parent if parent is not None and parent.type == "expression_list" else None
    declaration = spec.parent if spec is not None and spec.type == "var_spec" else None
    while declaration is not None and declaration.type in ("var_spec_list", "var_declaration"):
        declaration = declaration.parent
    if spec is None or declaration is None or declaration.type != "source_file":
        return None
    return text_of(spec.child_by_field_name("name"))


def _parameters(node: Node) -> int:
    listed = node.child_by_field_name("parameters")
    if listed is None:
        return 0
    kinds = ("parameter_declaration", "variadic_parameter_declaration")
    return sum(max(1, len(each.children_by_field_name("name"))) for each in listed.named_children if each.type in kinds)


RULE = CountingRule(
    engine="go-gocyclo-gocognit/1",
    functions={"function_declaration": field_name, "method_declaration": _method, "func_literal": _literal},
    scopes={},
    points={
        "if_statement": once,
        "for_statement": once,
        "expression_case": once,
        "type_case": once,
        "communication_case": once,
        "binary_expression": operator_is("&&", "||"),
    },
    parameters=_parameters,
    statements=frozenset({"short_var_declaration", "var_declaration", "expression_case", "communication_case"}),
    cognitive=CognitiveRule(
        nesting=frozenset(
            {"for_statement", "expression_switch_statement", "type_switch_statement", "select_statement"}
        ),
        functions=frozenset({"func_literal"}),
        jumps=frozenset({"break_statement", "continue_statement", "goto_statement"}),
        operators=frozenset({"&&", "||"}),
        recursion=True,
    ),
)
"""1 for the function, and 1 for each if, for, case, && and ||; default counts nothing, and function literals count for
the function around them. Source: gocyclo 0.6, complexity.go."""


def measure(source: bytes) -> SourceFacts | Unknown:
    """Measure functions and lines of one file."""
    import tree_sitter_go  # noqa: PLC0415 - only for Go

    return treesitter.measure(source, tree_sitter_go.language(), RULE)


def is_test(path: str) -> bool:
    """Tell a test file by go test's convention."""
    return path.endswith("_test.go") or "testdata" in path.split("/")[:-1]


LANGUAGE = Language(name="Go", engine=RULE.engine, suffixes=(".go",), is_test=is_test, measure=measure)
