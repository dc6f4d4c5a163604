"""Measuring sources with tree-sitter: one walk for all languages, one counting rule a language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.collect.cognitive.tree import CognitiveRule, cognitive_complexity
from qualitygate.model.lines import LineSet
from qualitygate.model.source import Function, SourceFacts, lines_in
from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

ANONYMOUS = "<anonymous>"


@dataclass(frozen=True, slots=True)
class CountingRule:
    """How a language's functions are found and counted; node types are those of its grammar.

    engine:     name and version of the rule.
    functions:  types of nodes that define a function, with what gives their name; a name of None is no function here.
    scopes:     types of nodes that give names to what is inside (classes), with what gives their name.
    points:     types of nodes that are decision points, with how many they count.
    parameters: counts the parameters of a function's node.
    statements: types of nodes that start an executable line, besides all that end in `_statement`.
    cognitive:  what breaks the flow.
    """

    engine: str
    functions: Mapping[str, Callable[[Node], str | None]]
    scopes: Mapping[str, Callable[[Node], str | None]]
    points: Mapping[str, Callable[[Node], int]]
    parameters: Callable[[Node], int]
    statements: frozenset[str]
    cognitive: CognitiveRule


@dataclass(slots=True)
class _Open:
    """A function while the walk is inside it."""

    name: str
    node: Node
    points: int = 0
    broken: bool = False


@dataclass(slots=True)
class _Walk:
    rule: CountingRule
    names: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    done: list[_Open] = field(default_factory=list)
    code: list[int] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    unreadable: int = 0


def measure(source: bytes, grammar: object, rule: CountingRule) -> SourceFacts | Unknown:
    """Measure functions and lines of one file by a rule.

    Where the grammar does not understand the code, the functions that hold such places are left out and their lines
    are `unreadable`; the rest of the file is measured. Unknown where nothing of the file is understood.
    """
    from tree_sitter import Language, Parser  # noqa: PLC0415 - only for the languages that need it

    tree = Parser(Language(grammar)).parse(source)
    root = tree.root_node
    if root.type == "ERROR":
        line = root.start_point[0] + 1
        return Unknown(Reason.SOURCE_UNREADABLE, f"the grammar does not understand the file from line {line} on")
    walk = _Walk(rule)
    _visit(walk, root)
    code = LineSet.of(walk.code)
    functions = _functions(walk, code)
    statements = LineSet.of(walk.statements) & code
    return SourceFacts(rule.engine, functions, code, statements, LineSet(walk.unreadable), lines_in(source))


def _visit(walk: _Walk, root: Node) -> None:
    """Walk a tree without recursion: sources nest deeper than Python's stack."""
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            _leave(walk, node)
            continue
        if _enter(walk, node):
            stack.append((node, True))
        stack.extend((child, False) for child in reversed(node.children))


def _enter(walk: _Walk, node: Node) -> bool:
    """Take note of a node; True where leaving it matters, too."""
    kind, rule = node.type, walk.rule
    if node.is_error or node.is_missing:
        walk.unreadable |= LineSet.between(node.start_point[0] + 1, node.end_point[0] + 1).bits
        for function in walk.open:
            function.broken = True
    if not node.child_count and "comment" not in kind and node.end_byte > node.start_byte:
        walk.code.extend(range(node.start_point[0] + 1, node.end_point[0] + 2))
    if kind in rule.points and walk.open and node.is_named:
        walk.open[-1].points += rule.points[kind](node)
    if kind.endswith("_statement") or kind in rule.statements:
        walk.statements.append(node.start_point[0] + 1)
    for named, is_function in ((rule.functions, True), (rule.scopes, False)):
        if kind in named and node.is_named and (name := named[kind](node)) is not None:
            walk.names.append(name)
            if is_function:
                walk.open.append(_Open(".".join(walk.names), node))
            return True
    return False


def _leave(walk: _Walk, node: Node) -> None:
    walk.names.pop()
    if walk.open and walk.open[-1].node == node:
        walk.done.append(walk.open.pop())


def _functions(walk: _Walk, code: LineSet) -> tuple[Function, ...]:
    seen: dict[str, int] = {}
    functions = []
    for each in sorted(walk.done, key=lambda function: function.node.start_byte):
        first, last = each.node.start_point[0] + 1, each.node.end_point[0] + 1
        if each.broken:
            walk.unreadable |= LineSet.between(first, last).bits
            continue
        seen[each.name] = seen.get(each.name, 0) + 1
        name = each.name if seen[each.name] == 1 else f"{each.name}#{seen[each.name]}"
        length = len(code & LineSet.between(first, last))
        parameters, cognitive = walk.rule.parameters(each.node), cognitive_complexity(each.node, walk.rule.cognitive)
        functions.append(Function(name, first, last, 1 + each.points, parameters, length, cognitive))
    return tuple(functions)


def text_of(node: Node | None) -> str:
    """Give the source of a node; `<anonymous>` for none."""
    return ANONYMOUS if node is None or node.text is None else node.text.decode("utf-8", "replace")


def field_name(node: Node) -> str:
    """Give the name that a node has in its field `name`."""
    return text_of(node.child_by_field_name("name"))


def once(_node: Node) -> int:
    """Count one decision point."""
    return 1


def operator_is(*operators: str) -> Callable[[Node], int]:
    """Count one decision point where the operator is one of these."""

    def count(node: Node) -> int:
        operator = node.child_by_field_name("operator")
        return int(operator is not None and operator.type in operators)

    return count
