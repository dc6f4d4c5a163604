"""Cognitive complexity of a function's syntax tree, one walk for all languages of tree-sitter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class CognitiveRule:
    """What breaks the flow in a language; node types are those of its grammar.

    nesting:     cost 1 and their nesting, and nest what is in them (loops, switch, catch, conditional expression).
    functions:   functions within functions: cost nothing, and nest what is in them.
    jumps:       cost 1 where they name a label.
    operators:   logical operators; each run of the same one costs 1.
    recursion:   whether a function that calls itself costs 1 (gocognit) or nothing (SonarSource).
    """

    nesting: frozenset[str]
    functions: frozenset[str]
    jumps: frozenset[str]
    operators: frozenset[str]
    recursion: bool = False


_NOT_NESTED = frozenset({"condition", "value", "initializer", "init", "update", "increment", "left", "right"})


def cognitive_complexity(function: Node, rule: CognitiveRule) -> int:
    """Count what breaks the reading of a function, functions within it included; 0 where it reads top to bottom.

    1 and the nesting for each if and each of `rule.nesting`; 1 for each else, else if, jump to a label and run of
    logical operators. Source: G. Ann Campbell, Cognitive Complexity (SonarSource, 2018), appendix B.
    """
    total = 0
    stack = [(child, 0) for child in function.children]
    while stack:
        node, nesting = stack.pop()
        if node.type == "if_statement" and node.is_named:
            total += _if(node, nesting, stack)
        elif node.type in rule.nesting and node.is_named:
            total += 1 + nesting
            stack.extend(
                (child, nesting if node.field_name_for_child(index) in _NOT_NESTED else nesting + 1)
                for index, child in enumerate(node.children)
            )
        else:
            total += _flat(node, rule)
            deeper = nesting + 1 if node.type in rule.functions and node.is_named else nesting
            stack.extend((child, deeper) for child in node.children)
    return total + _calls_itself(function, rule)


def _flat(node: Node, rule: CognitiveRule) -> int:
    """Count what costs the same however deep it is nested: runs of operators and jumps to a label."""
    if node.type == "binary_expression" and not _continues(node, rule):
        return _runs(node, rule)
    return int(node.type in rule.jumps and node.named_child_count > 0)


def _calls_itself(function: Node, rule: CognitiveRule) -> bool:
    """Tell whether a function is called by its bare name inside."""
    name = function.child_by_field_name("name")
    if not rule.recursion or name is None or name.text is None or function.type != "function_declaration":
        return False
    stack = list(function.children)
    while stack:
        node = stack.pop()
        if _calls(node, name.text):
            return True
        stack.extend(node.children)
    return False


def _if(node: Node, nesting: int, stack: list[tuple[Node, int]]) -> int:
    """Count an if with its else; what is in them goes to the stack."""
    total = 0 if _follows_else(node) else 1 + nesting
    for index, child in enumerate(node.children):
        field = node.field_name_for_child(index)
        if field == "alternative":
            total += 1
            stack.append((child, nesting if _chains(child) else nesting + 1))
        else:
            stack.append((child, nesting + 1 if field == "consequence" else nesting))
    return total


def _follows_else(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    return parent.type == "else_clause" or (
        parent.type == "if_statement" and parent.child_by_field_name("alternative") == node
    )


def _chains(alternative: Node) -> bool:
    """Tell `else if` from an else with a block of its own."""
    if alternative.type == "else_clause":
        return any(each.type == "if_statement" for each in alternative.named_children)
    return alternative.type == "if_statement"


def _is_logical(node: Node, rule: CognitiveRule) -> bool:
    operator = node.child_by_field_name("operator") if node.type == "binary_expression" else None
    return operator is not None and operator.type in rule.operators


def _continues(node: Node, rule: CognitiveRule) -> bool:
    """Tell whether an operator is counted with the ones around it."""
    parent = node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        parent = parent.parent
    return parent is not None and _is_logical(parent, rule)


def _runs(node: Node, rule: CognitiveRule) -> int:
    """Count the runs of like operators in an expression, from left to right."""
    if not _is_logical(node, rule):
        return 0
    runs, last = 0, ""
    for operator in _operators(node, rule):
        runs += operator != last
        last = operator
    return runs


def _operators(root: Node, rule: CognitiveRule) -> Iterator[str]:
    """Yield the logical operators of an expression from left to right, without recursion: chains grow long."""
    stack: list[Node | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        while node.type == "parenthesized_expression" and node.named_children:
            node = node.named_children[0]
        operator = node.child_by_field_name("operator")
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if _is_logical(node, rule) and operator is not None and left is not None and right is not None:
            stack += [right, operator.type, left]


def _calls(node: Node, name: bytes) -> bool:
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    return called is not None and called.type == "identifier" and called.text == name
