from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest
from radon.visitors import Class, ComplexityVisitor
from radon.visitors import Function as RadonFunction

from qualitygate.collect.languages.python import is_test, measure
from qualitygate.model.source import Function, SourceFacts
from qualitygate.model.unknown import Unknown
from tests.collect.reading import SOURCES


def facts(source: str) -> SourceFacts:
    found = measure(source.encode())
    assert isinstance(found, SourceFacts)
    return found


def only(source: str) -> Function:
    (function,) = facts(source).functions
    return function


@pytest.mark.parametrize(
    ("body", "complexity"),
    [
        pytest.param("pass", 1, id="a-straight-line"),
        pytest.param("if a: pass", 2, id="if"),
        pytest.param("if a: pass\n elif b: pass\n else: pass", 3, id="elif-counts-else-does-not"),
        pytest.param("return a if b else c", 2, id="a-conditional-expression"),
        pytest.param("return a and b and c or d", 4, id="each-operator-beyond-the-first-operand"),
        pytest.param("for x in y: pass", 2, id="for"),
        pytest.param("for x in y: pass\n else: pass", 3, id="for-else"),
        pytest.param("while a: pass\n else: pass", 3, id="while-else"),
        pytest.param(
            "try: pass\n except A: pass\n except B: pass\n else: pass\n finally: pass", 4, id="handlers-and-else"
        ),
        pytest.param("with a: pass", 1, id="with"),
        pytest.param("assert a and b", 2, id="assert-counts-once-whatever-it-holds"),
        pytest.param("return [x for x in y if x if z]", 4, id="a-comprehension-and-its-conditions"),
        pytest.param("return lambda: a if b else c", 2, id="a-lambda-itself-counts-nothing"),
        pytest.param("match a:\n  case 1: pass\n  case 2: pass\n  case _: pass", 3, id="match-without-its-wildcard"),
        pytest.param("match a:\n  case 1: pass\n  case 2: pass", 3, id="match"),
    ],
)
def test_complexity_counts_as_radon(body: str, complexity: int) -> None:
    source = f"def f(a, b):\n {body}\n"
    assert only(source).complexity == complexity
    assert ComplexityVisitor.from_code(source).functions[0].complexity == complexity


def test_closures_and_methods_of_nested_classes_are_functions_of_their_own() -> None:
    source = (
        "def outer():\n def inner(): return 1 if a else 2\n class C:\n  def m(self): pass\n return inner\n"
        "class D:\n class E:\n  def n(self):\n   if a: pass\n @property\n def p(self): pass\n @p.setter\n def p(self, v): pass\n"
    )
    assert [(each.name, each.complexity) for each in facts(source).functions] == [
        ("outer", 1),
        ("outer.<locals>.inner", 2),
        ("outer.<locals>.C.m", 1),
        ("D.E.n", 2),
        ("D.p", 1),
        ("D.p#2", 1),
    ]


@pytest.mark.parametrize(
    ("source", "count"),
    [
        pytest.param("def f(): pass", 0, id="none"),
        pytest.param("def f(a, /, b, *c, d, **e): pass", 5, id="of-every-kind"),
        pytest.param("class C:\n def f(self, a): pass", 1, id="the-receiver-is-not-counted"),
        pytest.param("class C:\n @staticmethod\n def f(a, b): pass", 2, id="a-static-method-has-no-receiver"),
        pytest.param("class C:\n def f(*args): pass", 1, id="a-receiver-among-the-rest"),
    ],
)
def test_parameters(source: str, count: int) -> None:
    assert only(source).parameters == count


def test_length_and_lines_of_code_leave_out_blanks_comments_and_docstrings() -> None:
    source = '''"""Module.

About.
"""
# comment

def f(a):
    """Doc
    string."""
    # why
    text = """one
# two

three"""

    return text  # end
'''
    found = facts(source)
    assert list(found.code) == [7, 11, 12, 14, 16]
    assert found.functions[0].length == 5
    assert (found.functions[0].line, found.functions[0].end_line) == (7, 16)
    assert list(found.statements) == [7, 11, 16]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"def f(:\n", id="a-syntax-error"),
        pytest.param(b"print 'x'\n", id="python-2"),
        pytest.param(b"x = '\0'\n", id="a-null-byte"),
        pytest.param(b"# coding: nonsense\n", id="an-unknown-encoding"),
        pytest.param(b"x = '\xff'\n", id="not-utf-8"),
        pytest.param(b"(" * 5000 + b")" * 5000, id="nested-beyond-the-parser"),
        pytest.param(b"x = " + b"-" * 200_000 + b"1\n", id="operators-beyond-the-parser"),
    ],
)
def test_what_the_parser_cannot_read_is_unknown_and_never_zero(source: bytes) -> None:
    found = measure(source)
    assert isinstance(found, Unknown)
    assert found.detail


def test_another_encoding_is_read() -> None:
    assert isinstance(measure("# coding: latin-1\ndef é(): pass\n".encode("latin-1")), SourceFacts)


def every_function(source: str) -> dict[tuple[str, int], int]:
    """List radon's functions, methods, closures and methods of inner classes by name and line."""
    visitor = ComplexityVisitor.from_code(source)
    found: dict[tuple[str, int], int] = {}

    def function(each: RadonFunction, prefix: str) -> None:
        found[prefix + each.name, each.lineno] = each.complexity
        for closure in each.closures:
            function(closure, f"{prefix}{each.name}.<locals>.")

    def class_(each: Class, prefix: str) -> None:
        for method in each.methods:
            function(method, f"{prefix}{each.name}.")
        for inner in each.inner_classes:
            class_(inner, f"{prefix}{each.name}.")

    for each in visitor.functions:
        function(each, "")
    for each in visitor.classes:
        class_(each, "")
    return found


def real_files() -> list[Path]:
    library = Path(sysconfig.get_paths()["stdlib"])
    names = (
        "argparse.py",
        "ast.py",
        "asyncio/base_events.py",
        "dataclasses.py",
        "difflib.py",
        "email/message.py",
        "http/client.py",
        "inspect.py",
        "json/decoder.py",
        "pathlib.py",
        "subprocess.py",
        "tarfile.py",
        "typing.py",
        "unittest/mock.py",
        "xml/etree/ElementTree.py",
        "zipfile.py",
        "pdb.py",
    )
    return [path for path in (library / name for name in names) if path.exists()] + sorted(SOURCES.rglob("*.py"))


@pytest.mark.parametrize("path", real_files(), ids=lambda path: path.name)
@pytest.mark.filterwarnings("ignore")
def test_real_code_has_radons_values(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    mine = {(each.name.partition("#")[0], each.line): each.complexity for each in facts(source).functions}
    theirs = every_function(source)
    assert {key: mine.get(key) for key in theirs} == theirs


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/test_a.py", True),
        ("src/a_test.py", True),
        ("conftest.py", True),
        ("docs/conf.py", True),
        ("src/testing_tools.py", False),
        ("src/contest.py", False),
        ("src/app.py", False),
    ],
)
def test_test_modules_are_told_by_convention(path: str, expected: bool) -> None:
    assert is_test(path) is expected
