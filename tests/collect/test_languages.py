"""Contract tests that find every language by itself, and how its values agree with its reference tool on real files."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from qualitygate.collect.language import Language, all_languages
from qualitygate.model.source import Function, SourceFacts
from qualitygate.model.unknown import Unknown
from tests.collect.reading import SAMPLES

COMPLEXITY = SAMPLES / "complexity"
# Written by the reference tools themselves: gocyclo 0.6, ESLint's complexity rule, lizard 1.24; [line, complexity].
EXPECTED: dict[str, list[list[int]]] = json.loads((COMPLEXITY / "expected.json").read_text())
SNIPPETS = {
    "Python": b"def f(a, b):\n    if a and b:\n        return 1\n",
    "Go": b"package p\n\nfunc f(a, b bool) int {\n\tif a && b {\n\t\treturn 1\n\t}\n\treturn 2\n}\n",
    "Java": b"class C {\n  int f(boolean a, boolean b) {\n    if (a && b) return 1;\n    return 2;\n  }\n}\n",
    "JavaScript": b"function f(a, b) {\n  if (a && b) return 1;\n}\n",
    "TypeScript": b"function f(a: boolean, b: boolean): number {\n  if (a && b) return 1;\n}\n",
    "TSX": b"function f(a: boolean, b: boolean) {\n  if (a && b) return <p/>;\n}\n",
    "Vue": b'<template><p/></template>\n<script setup lang="ts">\nfunction f(a: boolean, b: boolean) {\n  if (a && b) return 1;\n}\n</script>\n',
}
BROKEN = {
    "Python": b"def f(:\n",
    "Go": b"%%% nothing of this is Go\n",
    "Java": b"%%% nothing of this is Java\n",
    "JavaScript": b"%%% nothing of this is } JavaScript ((\n",
    "TypeScript": b"%%% nothing of this is } TypeScript ((\n",
    "TSX": b"%%% nothing of this is } TSX ((\n",
    "Vue": b"%%% nothing of this is Vue ((\n",
}


def language_of(name: str) -> Language:
    return next(language for language in all_languages() if language.name == name)


def functions(language: str, source: bytes) -> tuple[Function, ...]:
    found = language_of(language).measure(source)
    assert isinstance(found, SourceFacts)
    return found.functions


@pytest.mark.parametrize("language", all_languages(), ids=lambda language: language.name)
def test_a_language_measures_a_function_and_its_lines(language: Language) -> None:
    found = language.measure(SNIPPETS[language.name])
    assert isinstance(found, SourceFacts)
    (function,) = found.functions
    assert function.name in ("f", "C.f")
    assert (function.complexity, function.parameters, function.cognitive) == (3, 2, 2)
    assert found.lines == SNIPPETS[language.name].count(b"\n")
    assert function.length == len(found.code & function.lines)
    assert found.statements
    assert not found.unreadable
    assert found.engine == language.engine


@pytest.mark.parametrize("language", all_languages(), ids=lambda language: language.name)
def test_what_a_language_cannot_read_is_told_and_never_zero(language: Language) -> None:
    found = language.measure(BROKEN[language.name])
    if isinstance(found, Unknown):
        assert "line" in found.detail
    else:
        assert found.unreadable
        assert not found.functions


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_real_files_have_the_values_of_the_reference_tool(name: str) -> None:
    suffix = Path(name.removesuffix(".txt")).suffix
    language = next(each for each in all_languages() if suffix in each.suffixes)
    found = language.measure((COMPLEXITY / name).read_bytes())
    assert isinstance(found, SourceFacts)
    # lizard names the line of an annotation or of the name, the grammar the first line of the declaration.
    keep_line = language.name != "Java"
    theirs = Counter((line * keep_line, value) for line, value in EXPECTED[name])
    mine = Counter((function.line * keep_line, function.complexity) for function in found.functions)
    assert theirs - mine == Counter()


def test_the_rest_of_a_file_is_measured_around_what_the_grammar_does_not_understand() -> None:
    source = b"function good(a) { return a ? 1 : 2; }\nfunction bad(a) { return a ++ ++ ??? ; }\n"
    found = language_of("JavaScript").measure(source)
    assert isinstance(found, SourceFacts)
    assert [function.name for function in found.functions] == ["good"]
    assert 2 in found.unreadable
    assert 1 not in found.unreadable


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        pytest.param("Go", "package p\nfunc (t *T) M() {}\n", [("T.M", 1)], id="a-go-method-is-named-by-its-type"),
        pytest.param("Go", "package p\nvar v = func() { if a {} }\n", [("v", 2)], id="a-go-literal-of-the-package"),
        pytest.param(
            "Go", "package p\nfunc f() { g := func() { for {} }; switch { case a: default: } }\n", [("f", 3)],
            id="a-go-literal-counts-for-its-function",
        ),
        pytest.param(
            "Java", "class A { A() { } void m(); class B { int m() { return a ? 1 : 2; } } }", [("A.A", 1), ("A.B.m", 2)],
            id="java-methods-without-body-are-none",
        ),
        pytest.param(
            "Java", "class A { int m(int k) { switch (k) { case 1: case 2: return 1; default: return 2; } } }", [("A.m", 3)],
            id="java-labels-count-and-default-does-not",
        ),
        pytest.param(
            "JavaScript", "const a = (x = 1) => x?.y ?? 2; class C { m() { return () => b && c } }",
            [("a", 4), ("C.m", 1), ("C.m.<anonymous>", 2)], id="every-javascript-function-counts-for-itself",
        ),
        pytest.param("TypeScript", "const f = (a?: string, b = 2): void => { a ||= 'x' }", [("f", 3)], id="typescript-defaults"),
    ],
)  # fmt: skip
def test_names_and_points(language: str, source: str, expected: list[tuple[str, int]]) -> None:
    assert [(each.name, each.complexity) for each in functions(language, source.encode())] == expected


@pytest.mark.parametrize(
    ("language", "path", "expected"),
    [
        ("Go", "a/b_test.go", True), ("Go", "a/b.go", False), ("Java", "src/test/java/A.java", True),
        ("Java", "src/main/java/A.java", False), ("Java", "A/ATest.java", True), ("JavaScript", "src/a.test.js", True),
        ("JavaScript", "src/a.js", False), ("TypeScript", "__tests__/a.ts", True), ("TypeScript", "jest.config.ts", True),
    ],
)  # fmt: skip
def test_tests_are_told_by_the_conventions_of_the_language(language: str, path: str, expected: bool) -> None:
    assert language_of(language).is_test(path) is expected
