"""Python, read by CPython's own parser and counted as radon 6 counts."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from typing import TypeAlias

from qualitygate.collect.cognitive.python import cognitive_complexity
from qualitygate.collect.language import Language
from qualitygate.model.lines import LineSet
from qualitygate.model.source import Function, SourceFacts, lines_in
from qualitygate.model.unknown import Reason, Unknown

ENGINE = "python-radon6-complexipy8/1"

_Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# What a kind of node means to the walk, as bits: one look-up a node instead of a chain of questions.
_DEFINES, _STATES, _COUNTS, _HOLDS_TEXT, _IS_EXPRESSION, _IS_ASSERT, _NOT_EXECUTED, _CALLS = (
    1 << bit for bit in range(8)
)


def measure(source: bytes) -> SourceFacts | Unknown:
    """Measure functions and lines of one file; Unknown where this interpreter's parser cannot read it.

    The complexity of a function is 1, plus 1 for each if, elif, conditional expression, assert, for, while and each
    `else` of a loop or try, each except handler, each boolean operator beyond its first operand, each comprehension
    and each of its conditions, and each case of a match but a wildcard. Nested functions and classes count for
    themselves; `except*` groups, lambdas and `with` count nothing. Source: radon 6.0, `radon.visitors`; unlike there,
    methods of nested classes and closures are listed too.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        return Unknown(Reason.SOURCE_UNREADABLE, f"Python's parser stops at line {error.lineno or 1}: {error.msg}")
    except ValueError as error:
        return Unknown(Reason.SOURCE_UNREADABLE, f"Python's parser does not read it: {error}")
    except (RecursionError, MemoryError):
        return Unknown(Reason.SOURCE_UNREADABLE, "its expressions are nested too deep for Python's parser")
    reading = _Reading()
    try:
        reading.body(tree.body, "", in_class=False)
    except RecursionError:
        return Unknown(Reason.SOURCE_UNREADABLE, "its functions are nested too deep to be read")
    code = _code_lines(source, LineSet(reading.documentation), LineSet(reading.text))
    functions = tuple(
        Function(
            name, node.lineno, end, complexity, parameters, len(code & LineSet.between(node.lineno, end)), cognitive
        )
        for name, node, end, complexity, parameters, cognitive in _named(reading.functions)
    )
    return SourceFacts(ENGINE, functions, code, LineSet.of(reading.statements), lines=lines_in(source))


_Found: TypeAlias = "tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, int, int, int, int]"


@dataclass(slots=True)
class _Reading:
    """What one walk over a tree finds.

    documentation, text: bits of the lines inside strings that stand alone, and inside other strings of several lines.
    """

    functions: list[_Found] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    documentation: int = 0
    text: int = 0

    def body(self, nodes: list[ast.stmt], prefix: str, *, in_class: bool) -> tuple[int, set[str]]:
        """Walk the statements of a module, class or function: decision points and called names, definitions apart."""
        points = 0
        called: set[str] = set()
        inner: list[_Definition] = []
        stack: list[ast.AST] = list(nodes)
        while stack:
            node = stack.pop()
            kind = node.__class__
            role = _ROLES.get(kind)
            if role is None:
                continue  # a None in a list of nodes, as in {**other}
            if role:
                if role & _DEFINES:
                    inner.append(node)  # type: ignore[arg-type]  # told by its role
                    continue
                if role & _STATES and not self._states(node, role):
                    continue
                if role & _COUNTS:
                    points += _points(node)
                if role & _CALLS and node.func.__class__ is ast.Name:  # type: ignore[attr-defined]  # told by its role
                    called.add(node.func.id)  # type: ignore[attr-defined]  # the same
                if role & _HOLDS_TEXT:
                    self.text |= _spans(node)  # type: ignore[arg-type]  # told by its role
            for name in _FIELDS[kind]:
                value = getattr(node, name)
                if value.__class__ is list:
                    stack.extend(value)
                elif value is not None:
                    stack.append(value)
        inner.sort(key=lambda definition: definition.lineno)
        for definition in inner:
            self._definition(definition, prefix, in_class=in_class)
        return points, called

    def _states(self, node: ast.AST, role: int) -> bool:
        """Note a statement; False where nothing inside it counts."""
        if role & _IS_EXPRESSION and self._stands_alone(node):
            return False
        if not role & _NOT_EXECUTED:
            self.statements.append(node.lineno)  # type: ignore[attr-defined]  # statements have one
        if role & _IS_ASSERT:
            self._text_within(node)
        return True

    def _definition(self, node: _Definition, prefix: str, *, in_class: bool) -> None:
        self.statements.append(node.lineno)
        name = f"{prefix}{node.name}"
        if isinstance(node, ast.ClassDef):
            self.body(node.body, f"{name}.", in_class=True)
            return
        place = len(self.functions)
        points, called = self.body(node.body, f"{name}.<locals>.", in_class=False)
        end = node.end_lineno or node.lineno
        cognitive = cognitive_complexity(node, called)
        self.functions.insert(place, (name, node, end, 1 + points, _parameters(node, in_class=in_class), cognitive))

    def _stands_alone(self, node: ast.AST) -> bool:
        """Tell whether a statement is a lone constant, and note where it stands if it is a string."""
        value = getattr(node, "value", None)
        if not isinstance(value, ast.Constant):
            return False
        if isinstance(value.value, str):
            self.documentation |= LineSet.between(value.lineno, value.end_lineno or value.lineno).bits
        return True

    def _text_within(self, node: ast.AST) -> None:
        for child in ast.walk(node):
            if isinstance(child, (ast.Constant, ast.JoinedStr)):
                self.text |= _spans(child)


def _spans(node: ast.expr) -> int:
    if node.end_lineno is None or node.end_lineno == node.lineno:
        return 0
    return LineSet.between(node.lineno, node.end_lineno).bits


_PLAIN = frozenset({
    "ctx", "op", "ops", "kind", "type_comment", "names", "id", "attr", "arg", "name", "rest", "kwd_attrs", "is_async",
    "simple", "conversion", "level", "module",
})  # fmt: skip
_LEAVES = frozenset({ast.Name, ast.Constant, ast.alias, ast.arg, ast.MatchSingleton})
# Fields that may hold nodes which matter, by kind of node; the walk spends its time on these.
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    kind: () if kind in _LEAVES or kind is ast.Assert else tuple(name for name in kind._fields if name not in _PLAIN)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def _points(node: ast.AST) -> int:
    """Give the decision points of one node, its children not counted."""
    match node:
        case ast.BoolOp():
            return len(node.values) - 1
        case ast.Try():
            return len(node.handlers) + bool(node.orelse)
        case ast.For() | ast.AsyncFor() | ast.While():
            return 1 + bool(node.orelse)
        case ast.comprehension():
            return 1 + len(node.ifs)
        case ast.Match():
            # Any pattern whose own `pattern` is empty counts as the wildcard, a bare capture too: as radon has it.
            wildcard = any(getattr(case.pattern, "pattern", False) is None for case in node.cases)
            return max(0, len(node.cases) - wildcard)
    return 1


_COUNTED = frozenset({
    ast.If, ast.IfExp, ast.Assert, ast.BoolOp, ast.Try, ast.For, ast.AsyncFor, ast.While, ast.comprehension, ast.Match,
})  # fmt: skip


def _role(kind: type[ast.AST]) -> int:
    return (
        _DEFINES * issubclass(kind, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        | _STATES * issubclass(kind, ast.stmt)
        | _COUNTS * (kind in _COUNTED)
        | _HOLDS_TEXT * (kind in (ast.Constant, ast.JoinedStr))
        | _IS_EXPRESSION * (kind is ast.Expr)
        | _IS_ASSERT * (kind is ast.Assert)
        | _NOT_EXECUTED * (kind in (ast.Global, ast.Nonlocal))
        | _CALLS * (kind is ast.Call)
    )


_ROLES = {kind: _role(kind) for kind in _FIELDS}


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, *, in_class: bool) -> int:
    arguments = node.args
    count = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
    count += (arguments.vararg is not None) + (arguments.kwarg is not None)
    static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in node.decorator_list)
    takes_receiver = in_class and not static and bool(arguments.posonlyargs or arguments.args)
    return count - takes_receiver


def _named(functions: list[_Found]) -> list[_Found]:
    """Make names unique: the second definition of a name (an overload, a setter) carries #2."""
    seen: dict[str, int] = {}
    named = []
    for name, node, end, complexity, parameters, cognitive in functions:
        seen[name] = seen.get(name, 0) + 1
        unique = name if seen[name] == 1 else f"{name}#{seen[name]}"
        named.append((unique, node, end, complexity, parameters, cognitive))
    return named


def _code_lines(source: bytes, documentation: LineSet, text: LineSet) -> LineSet:
    """Give the lines that hold code: not blank, not only comment, not inside a string that stands alone."""
    numbers = []
    for number, line in enumerate(source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), start=1):
        stripped = line.strip()
        if stripped and (not stripped.startswith(b"#") or number in text):
            numbers.append(number)
    return LineSet.of(numbers) - documentation


def is_test(path: str) -> bool:
    """Tell a test module by pytest's and unittest's conventions, and what only serves the project's own work."""
    *folders, name = path.split("/")
    return (
        name.startswith("test_")
        or name.endswith(("_test.py", "_tests.py"))
        or name in ("conftest.py", "setup.py", "noxfile.py", "tests.py")
        or any(folder in ("tests", "test", "testing", "docs", "examples") for folder in folders)
    )


LANGUAGE = Language(
    name="Python",
    engine=ENGINE,
    suffixes=(".py", ".pyi", ".pyw"),
    is_test=is_test,
    measure=measure,
)
