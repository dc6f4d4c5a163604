"""Cognitive complexity of a Python function, counted as complexipy counts it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def cognitive_complexity(function: _Function, called: Collection[str]) -> int:
    """Count what breaks the reading of a function from top to bottom, and more the deeper it is nested.

    1 and the nesting for each if, conditional expression, loop, except handler, match and `for` of a comprehension; 1
    for each elif, else of an if, condition of a comprehension, and/or, and for a function that calls itself by its
    name. Bodies of these, lambdas and functions within functions raise the nesting; a function whose body is nothing
    but a function and a return (a decorator) does not. 0 for a function that reads from top to bottom.

    called: bare names that the function calls itself, those that functions within it call left out.

    Source: G. Ann Campbell, Cognitive Complexity (SonarSource, 2018); complexipy 8.3, which looks for and/or and
    conditional expressions in values, positional arguments, comparisons and literals, and not in subscripts,
    arithmetic, keyword arguments, f-strings, operands of and/or and what is awaited or yielded.
    """
    return _body(function.body, 0) + (function.name in called)


def _body(body: list[ast.stmt], nesting: int) -> int:
    """Count the body of a function; functions that stand in it directly are nested one deeper."""
    if len(body) == 2 and isinstance(body[0], _FUNCTIONS) and isinstance(body[1], ast.Return):
        return _body(body[0].body, nesting) + _statement(body[1], nesting)
    return sum(
        _body(each.body, nesting + 1) if isinstance(each, _FUNCTIONS) else _statement(each, nesting) for each in body
    )


def _block(statements: list[ast.stmt], nesting: int) -> int:
    return sum(_statement(each, nesting) for each in statements)


def _statement(node: ast.stmt, nesting: int) -> int:
    count = _STATEMENTS.get(node.__class__)
    return 0 if count is None else count(node, nesting)


def _valued(node: ast.Return | ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign, nesting: int) -> int:
    return _value(node.value, nesting)


def _function(node: _Function, nesting: int) -> int:
    return _body(node.body, nesting)


def _class(node: ast.ClassDef, nesting: int) -> int:
    return _block(node.body, nesting)


def _chain(node: ast.If, nesting: int) -> int:
    return nesting + _if(node, nesting)


def _loop(node: ast.For | ast.AsyncFor | ast.While, nesting: int) -> int:
    tested = node.test if isinstance(node, ast.While) else node.iter
    return 1 + nesting + _value(tested, nesting) + _block(node.body, nesting + 1) + _block(node.orelse, nesting)


def _try(node: ast.Try | ast.TryStar, nesting: int) -> int:
    handlers = sum(1 + nesting + _block(each.body, nesting + 1) for each in node.handlers)
    return handlers + _block(node.body, nesting) + _block(node.orelse, nesting) + _block(node.finalbody, nesting)


def _with(node: ast.With | ast.AsyncWith, nesting: int) -> int:
    return sum(_value(item.context_expr, nesting) for item in node.items) + _block(node.body, nesting)


def _match(node: ast.Match, nesting: int) -> int:
    return 1 + nesting + sum(_block(case.body, nesting + 1) for case in node.cases)


def _raise(node: ast.Raise, nesting: int) -> int:
    return _value(node.exc, nesting) + _value(node.cause, nesting)


def _assert(node: ast.Assert, nesting: int) -> int:
    return _value(node.test, nesting) + _value(node.msg, nesting)


def _if(node: ast.If, nesting: int) -> int:
    """Count an if or elif with what follows it; only the first pays for its nesting, which is the caller's to add."""
    total = 0
    while True:
        total += 1 + _value(node.test, nesting) + _block(node.body, nesting + 1)
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If) and _is_elif(node, node.orelse[0]):
            node = node.orelse[0]
            continue
        return total + (1 + _block(node.orelse, nesting + 1) if node.orelse else 0)


def _is_elif(node: ast.If, inner: ast.If) -> bool:
    """Tell `elif` from an if that stands alone below `else:`, which is indented deeper; the tree has them alike."""
    return inner.col_offset == node.col_offset


def _value(node: ast.expr | None, nesting: int) -> int:
    count = _VALUES.get(node.__class__)
    return 0 if count is None else count(node, nesting)


def _boolean(node: ast.BoolOp, _nesting: int) -> int:
    return _operators(node)


def _not(node: ast.UnaryOp, _nesting: int) -> int:
    negated = isinstance(node.op, ast.Not) and isinstance(node.operand, ast.BoolOp)
    return _operators(node.operand) if negated else 0


def _conditional(node: ast.IfExp, nesting: int) -> int:
    parts = _value(node.body, nesting + 1) + _value(node.orelse, nesting + 1)
    return 1 + nesting + _value(node.test, nesting) + parts


def _comparison(node: ast.Compare, nesting: int) -> int:
    return _value(node.left, nesting) + _values(node.comparators, nesting)


def _call(node: ast.Call, nesting: int) -> int:
    return _values(node.args, nesting)


def _display(node: ast.List | ast.Tuple | ast.Set, nesting: int) -> int:
    return _values(node.elts, nesting)


def _dict(node: ast.Dict, nesting: int) -> int:
    return _values(node.values, nesting)


def _lambda(node: ast.Lambda, nesting: int) -> int:
    return _value(node.body, nesting + 1)


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, nesting: int) -> int:
    total = _value(node.value if isinstance(node, ast.DictComp) else node.elt, nesting + 1)
    for each in node.generators:
        total += 1 + nesting + _value(each.iter, nesting) + len(each.ifs) + _values(each.ifs, nesting + 1)
    return total


def _values(nodes: list[ast.expr], nesting: int) -> int:
    total = 0
    for node in nodes:
        count = _VALUES.get(node.__class__)
        if count is not None:
            total += count(node, nesting)
    return total


def _operators(node: ast.expr) -> int:
    """Count the and/or among the operands of another; nothing else of an operand counts."""
    match node:
        case ast.BoolOp():
            return 1 + sum(_operators(each) for each in node.values)
        case ast.UnaryOp(op=ast.Not()):
            return _operators(node.operand)
        case _:
            return 0


# By kind of node: asking each of them in turn what it is took a third of the whole engine's time.
_STATEMENTS: dict[type, Callable[..., int]] = {
    **dict.fromkeys((ast.Return, ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign), _valued),
    **dict.fromkeys(_FUNCTIONS, _function),
    **dict.fromkeys((ast.For, ast.AsyncFor, ast.While), _loop),
    **dict.fromkeys((ast.Try, ast.TryStar), _try),
    **dict.fromkeys((ast.With, ast.AsyncWith), _with),
    ast.ClassDef: _class,
    ast.If: _chain,
    ast.Match: _match,
    ast.Raise: _raise,
    ast.Assert: _assert,
}
_VALUES: dict[type, Callable[..., int]] = {
    **dict.fromkeys((ast.List, ast.Tuple, ast.Set), _display),
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp), _comprehension),
    ast.BoolOp: _boolean,
    ast.UnaryOp: _not,
    ast.IfExp: _conditional,
    ast.Compare: _comparison,
    ast.Call: _call,
    ast.Dict: _dict,
    ast.Lambda: _lambda,
}
