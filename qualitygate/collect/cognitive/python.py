"""Cognitive complexity of a Python function, counted as complexipy counts it."""

from __future__ import annotations

import ast
from typing import TypeAlias

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def cognitive_complexity(function: _Function) -> int:
    """Count what breaks the reading of a function from top to bottom, and more the deeper it is nested.

    1 and the nesting for each if, conditional expression, loop, except handler, match and `for` of a comprehension; 1
    for each elif, else of an if, condition of a comprehension, and/or, and for a function that calls itself by its
    name. Bodies of these, lambdas and functions within functions raise the nesting; a function whose body is nothing
    but a function and a return (a decorator) does not. 0 for a function that reads from top to bottom.

    Source: G. Ann Campbell, Cognitive Complexity (SonarSource, 2018); complexipy 8.3, which looks for and/or and
    conditional expressions in values, positional arguments, comparisons and literals, and not in subscripts,
    arithmetic, keyword arguments, f-strings, operands of and/or and what is awaited or yielded.
    """
    return _body(function.body, 0) + _calls(function.body, function.name)


def _calls(body: list[ast.stmt], name: str) -> bool:
    """Tell whether a function is called by its bare name, functions within left out."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            return True
        if not isinstance(node, _FUNCTIONS):
            stack.extend(ast.iter_child_nodes(node))
    return False


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
    total = 0
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            total = _body(node.body, nesting)
        case ast.ClassDef():
            total = _block(node.body, nesting)
        case ast.If():
            total = nesting + _if(node, nesting)
        case ast.For() | ast.AsyncFor() | ast.While():
            tested = node.test if isinstance(node, ast.While) else node.iter
            total = 1 + nesting + _value(tested, nesting)
            total += _block(node.body, nesting + 1) + _block(node.orelse, nesting)
        case ast.Try() | ast.TryStar():
            total = sum(1 + nesting + _block(each.body, nesting + 1) for each in node.handlers)
            total += _block(node.body, nesting) + _block(node.orelse, nesting) + _block(node.finalbody, nesting)
        case ast.With() | ast.AsyncWith():
            total = sum(_value(item.context_expr, nesting) for item in node.items) + _block(node.body, nesting)
        case ast.Match():
            total = 1 + nesting + sum(_block(case.body, nesting + 1) for case in node.cases)
        case ast.Raise():
            total = _value(node.exc, nesting) + _value(node.cause, nesting)
        case ast.Assert():
            total = _value(node.test, nesting) + _value(node.msg, nesting)
        case ast.Return() | ast.Expr() | ast.Assign() | ast.AugAssign() | ast.AnnAssign():
            total = _value(node.value, nesting)
    return total


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
    total = 0
    match node:
        case ast.BoolOp():
            total = 1 + sum(_operators(each) for each in node.values)
        case ast.UnaryOp(op=ast.Not(), operand=ast.BoolOp()):
            total = _value(node.operand, nesting)
        case ast.IfExp():
            total = 1 + nesting + _value(node.test, nesting)
            total += _value(node.body, nesting + 1) + _value(node.orelse, nesting + 1)
        case ast.Compare():
            total = _value(node.left, nesting) + sum(_value(each, nesting) for each in node.comparators)
        case ast.Call():
            total = sum(_value(each, nesting) for each in node.args)
        case ast.List() | ast.Tuple() | ast.Set():
            total = sum(_value(each, nesting) for each in node.elts)
        case ast.Dict():
            total = sum(_value(each, nesting) for each in node.values)
        case ast.Lambda():
            total = _value(node.body, nesting + 1)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            element = node.value if isinstance(node, ast.DictComp) else node.elt
            total = _value(element, nesting + 1)
            for each in node.generators:
                total += 1 + nesting + _value(each.iter, nesting)
                total += sum(1 + _value(condition, nesting + 1) for condition in each.ifs)
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
