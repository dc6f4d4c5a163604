"""Java, read by tree-sitter and counted as lizard counts (McCabe)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.collect import treesitter
from qualitygate.collect.cognitive.tree import CognitiveRule
from qualitygate.collect.language import Language
from qualitygate.collect.treesitter import CountingRule, field_name, once, operator_is

if TYPE_CHECKING:
    from tree_sitter import Node

    from qualitygate.model.source import SourceFacts
    from qualitygate.model.unknown import Unknown


def _with_body(node: Node) -> str | None:
    """Name a method that has a body; an abstract one has nothing to count."""
    return field_name(node) if node.child_by_field_name("body") is not None else None


def _labels(node: Node) -> int:
    """Count a case label once; `default` alone is none."""
    return int(bool(node.children) and node.children[0].type == "case")


def _parameters(node: Node) -> int:
    listed = node.child_by_field_name("parameters")
    kinds = ("formal_parameter", "spread_parameter")
    return 0 if listed is None else sum(each.type in kinds for each in listed.named_children)


RULE = CountingRule(
    engine="java-mccabe/2",
    functions={
        "method_declaration": _with_body,
        "constructor_declaration": _with_body,
        "compact_constructor_declaration": _with_body,
    },
    scopes={
        "class_declaration": field_name,
        "interface_declaration": field_name,
        "enum_declaration": field_name,
        "record_declaration": field_name,
        "annotation_type_declaration": field_name,
    },
    points={
        "if_statement": once,
        "for_statement": once,
        "enhanced_for_statement": once,
        "while_statement": once,
        "do_statement": once,
        "catch_clause": once,
        "switch_label": _labels,
        "ternary_expression": once,
        "binary_expression": operator_is("&&", "||"),
    },
    parameters=_parameters,
    statements=frozenset({"local_variable_declaration"}),
    cognitive=CognitiveRule(
        nesting=frozenset(
            {
                "for_statement",
                "enhanced_for_statement",
                "while_statement",
                "do_statement",
                "switch_expression",
                "catch_clause",
                "ternary_expression",
            }
        ),
        functions=frozenset({"lambda_expression", "method_declaration", "constructor_declaration"}),
        jumps=frozenset({"break_statement", "continue_statement"}),
        operators=frozenset({"&&", "||"}),
    ),
)
"""1 for the method, and 1 for each if, for, while, do, catch, case, ?:, && and ||; lambdas count for the method around
them, methods of inner and anonymous classes for themselves. Source: McCabe 1976; lizard 1.24, its Java reader."""


def measure(source: bytes) -> SourceFacts | Unknown:
    """Measure functions and lines of one file."""
    import tree_sitter_java  # noqa: PLC0415 - only for Java

    return treesitter.measure(source, tree_sitter_java.language(), RULE)


def is_test(path: str) -> bool:
    """Tell a test class by Maven's layout and Surefire's names."""
    *folders, name = path.split("/")
    return "test" in folders or name.endswith(("Test.java", "Tests.java", "IT.java", "TestCase.java"))


LANGUAGE = Language(name="Java", engine=RULE.engine, suffixes=(".java",), is_test=is_test, measure=measure)
