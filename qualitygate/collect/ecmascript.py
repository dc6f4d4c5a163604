"""What JavaScript and TypeScript share: ESLint's rule `complexity` over their grammars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.collect.cognitive.tree import CognitiveRule
from qualitygate.collect.treesitter import ANONYMOUS, CountingRule, field_name, once, operator_is, text_of

if TYPE_CHECKING:
    from tree_sitter import Node


def _function(node: Node) -> str:
    """Name a function by itself, else by what it is assigned to."""
    name = node.child_by_field_name("name")
    if name is not None:
        return text_of(name)
    parent = node.parent
    named_by = {"variable_declarator": "name", "pair": "key", "assignment_expression": "left",
                "public_field_definition": "name", "field_definition": "property"}  # fmt: skip
    if parent is None or parent.type not in named_by:
        return ANONYMOUS
    return " ".join(text_of(parent.child_by_field_name(named_by[parent.type])).split())[:80]


def _method(node: Node) -> str | None:
    return field_name(node) if node.child_by_field_name("body") is not None else None


def _chained(node: Node) -> int:
    """Count an access or call that only happens where something is there (`a?.b`)."""
    return int(any(child.type == "optional_chain" for child in node.children))


def _default(node: Node) -> int:
    return int(node.child_by_field_name("value") is not None)


def _parameters(node: Node) -> int:
    if node.child_by_field_name("parameter") is not None:
        return 1
    listed = node.child_by_field_name("parameters")
    return 0 if listed is None else sum(each.type not in ("comment", "decorator") for each in listed.named_children)


def is_test(path: str) -> bool:
    """Tell a test by jest's, vitest's and mocha's conventions, and the configuration of tools."""
    *folders, name = path.split("/")
    words = name.split(".")
    return (
        any(word in ("test", "spec", "config", "stories") for word in words[1:-1])
        or name.startswith("test.")
        or any(folder in ("__tests__", "test", "tests", "__mocks__", "e2e", "cypress") for folder in folders)
    )


RULE = CountingRule(
    engine="ecmascript-eslint/2",
    functions={
        "function_declaration": _function,
        "function_expression": _function,
        "generator_function": _function,
        "generator_function_declaration": _function,
        "arrow_function": _function,
        "method_definition": _method,
    },
    scopes={"class_declaration": field_name, "class": field_name, "abstract_class_declaration": field_name},
    points={
        "if_statement": once,
        "for_statement": once,
        "for_in_statement": once,
        "while_statement": once,
        "do_statement": once,
        "catch_clause": once,
        "switch_case": once,
        "ternary_expression": once,
        "binary_expression": operator_is("&&", "||", "??"),
        "augmented_assignment_expression": operator_is("&&=", "||=", "??="),
        "assignment_pattern": once,
        "object_assignment_pattern": once,
        "required_parameter": _default,
        "optional_parameter": _default,
        "member_expression": _chained,
        "subscript_expression": _chained,
        "call_expression": _chained,
    },
    parameters=_parameters,
    statements=frozenset({"lexical_declaration", "variable_declaration"}),
    cognitive=CognitiveRule(
        nesting=frozenset(
            {
                "for_statement",
                "for_in_statement",
                "while_statement",
                "do_statement",
                "switch_statement",
                "catch_clause",
                "ternary_expression",
            }
        ),
        functions=frozenset(
            {
                "function_declaration",
                "function_expression",
                "generator_function",
                "generator_function_declaration",
                "arrow_function",
                "method_definition",
            }
        ),
        jumps=frozenset({"break_statement", "continue_statement"}),
        operators=frozenset({"&&", "||", "??"}),
    ),
)
"""1 for the function, and 1 for each if, for, while, do, catch, case, ?:, &&, ||, ??, &&=, ||=, ??=, default value and
optional chain; every function counts for itself. Source: ESLint 9, lib/rules/complexity.js, variant classic."""
