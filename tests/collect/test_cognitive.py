"""Cognitive complexity: against complexipy and gocognit on real files, and by the examples of its definition."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from qualitygate.model.source import SourceFacts
from tests.collect.reading import SAMPLES, SOURCES
from tests.collect.test_languages import functions, language_of

# Written by gocognit 1.3.0 on the files of tests/samples/complexity/go: [line, complexity].
GOCOGNIT: dict[str, list[list[int]]] = json.loads((SAMPLES / "complexity" / "gocognit.json").read_text())
PACKAGE = Path(__file__).resolve().parents[2] / "qualitygate"


@pytest.mark.parametrize("root", [PACKAGE, SOURCES], ids=lambda root: root.name)
def test_python_has_the_values_of_complexipy_on_real_files(root: Path, tmp_path: Path) -> None:
    report = tmp_path / "cognitive.json"
    tool = Path(sys.executable).with_name("complexipy")
    subprocess.run(
        [tool, root, "--output-format", "json", "--output", report, "-q"], cwd=root, capture_output=True, check=False
    )
    told: dict[str, Counter[tuple[str, int]]] = {}
    for each in json.loads(report.read_text()):
        name = each["function_name"].replace("::", ".")
        told.setdefault(each["path"], Counter())[name, each["complexity"]] += 1
    assert sum(map(len, told.values())) > 30
    for name, expected in told.items():
        path = next(each for each in (root / name, root.parent / name, Path(name)) if each.is_file())
        found = language_of("Python").measure(path.read_bytes())
        assert isinstance(found, SourceFacts)
        own = Counter((each.name.partition("#")[0], each.cognitive) for each in found.functions)
        assert not expected - own, path


@pytest.mark.parametrize("name", sorted(GOCOGNIT))
def test_go_has_the_values_of_gocognit_on_real_files(name: str) -> None:
    found = {each.line: each.cognitive for each in functions("Go", (SAMPLES / "complexity" / "go" / name).read_bytes())}
    assert {line: found[line] for line, _ in GOCOGNIT[name]} == {each[0]: each[1] for each in GOCOGNIT[name]}


PRIMES = """class C {
  int sumOfPrimes(int max) {
    int total = 0;
    OUT: for (int i = 1; i <= max; ++i) {
      for (int j = 2; j < i; ++j) {
        if (i % j == 0) { continue OUT; }
      }
      total += i;
    }
    return total;
  }
}"""
WORDS = """class C {
  String getWords(int number) {
    switch (number) {
      case 1: return "one";
      case 2: return "a couple";
      default: return "lots";
    }
  }
}"""


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        pytest.param("Java", PRIMES, 7, id="java-sum-of-primes-of-the-definition"),
        pytest.param("Java", WORDS, 1, id="java-a-switch-costs-once"),
        pytest.param("Java", "class C { void f() { try { g(); } catch (A e) { if (x) h(); } } }", 3, id="java-catch"),
        pytest.param("Java", "class C { void f() { r(() -> { if (x) h(); }); } }", 2, id="java-a-lambda-nests"),
        pytest.param(
            "Java", "class C { boolean f() { return a && b && c || d && e; } }", 3, id="java-runs-of-operators"
        ),
        pytest.param("Java", "class C { boolean f() { return a && (b && c); } }", 1, id="java-parentheses-end-no-run"),
        pytest.param("Java", "class C { int f() { return a ? b ? 1 : 2 : 3; } }", 3, id="java-nested-conditionals"),
        pytest.param(
            "Java",
            "class C { void f() { if (a) {} else if (b) {} else if (c) {} else { if (d) {} } } }",
            6,
            id="java-else-if-pays-no-nesting-and-an-if-in-an-else-does",
        ),
        pytest.param("JavaScript", "function f() { if (a) {} else if (b) {} else {} }", 3, id="javascript-else-if"),
        pytest.param(
            "JavaScript", "function f() { for (const a of b) { while (c) { d ?? e } } }", 4, id="javascript-loops"
        ),
        pytest.param("JavaScript", "function f() { o: for (;;) { if (a) break o; break } }", 4, id="javascript-labels"),
        pytest.param(
            "JavaScript", "function f() { g(() => { if (a) b() }) }", 2, id="javascript-functions-within-nest"
        ),
        pytest.param("JavaScript", "function f() { return f() }", 0, id="javascript-recursion-is-free"),
        pytest.param("Go", "package p\nfunc f() int { return f() }", 1, id="go-recursion-costs"),
        pytest.param("Go", "package p\nfunc f() bool { return a && (b && c) }", 1, id="go-parentheses-end-no-run"),
        pytest.param("Go", "package p\nfunc f() { if a {} else if b {} else { if c {} } }", 5, id="go-else-if"),
        pytest.param("Go", "package p\nfunc f() { for { select { case <-c: if a {} } } }", 6, id="go-select-nests"),
    ],
)
def test_flow_that_breaks_is_counted_by_the_definition(language: str, source: str, expected: int) -> None:
    assert functions(language, source.encode())[0].cognitive == expected


def test_expressions_of_ten_thousand_operators_are_counted() -> None:
    chain = " && ".join(["a"] * 10_000)
    assert functions("JavaScript", f"function f() {{ return {chain} }}".encode())[0].cognitive == 1
