"""Rules are tried on real histories before they bite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workshop import Workshop, cobertura

if TYPE_CHECKING:
    from pathlib import Path

SIMPLE = "def f(a):\n    return a\n"
RULES = "version: 1\nrules: {complexity: {function: {max: 3}}, coverage: {new-code: {min: 80}}}\n"


def branching(count: int, name: str = "f") -> str:
    return f"def {name}(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(count))


@pytest.fixture
def history(workshop: Workshop) -> Workshop:
    """Six steps: simple code, too complex, moved, renamed, deleted, and complex again by a merge."""
    workshop.commit({"rules.yaml": RULES, "a.py": SIMPLE}, "start")
    workshop.commit({"a.py": branching(5)}, "too | complex")
    workshop.commit({"a.py": None, "b.py": branching(5)}, "rename")
    workshop.commit({"b.py": "x = 1\n" + branching(5)}, "a line above")
    workshop.commit({"b.py": "x = 1\n"}, "delete")
    workshop.git("checkout", "-q", "-b", "side")
    workshop.commit({"c.py": branching(4, "g")}, "side work")
    workshop.git("checkout", "-q", "main")
    workshop.git("merge", "-q", "--no-ff", "side", "-m", "merge side")
    return workshop


def test_only_what_degraded_is_red_and_renames_and_deletions_are_not(history: Workshop) -> None:
    ran = history.gate("rules", "backtest")
    assert ran.code == 0, ran.err
    reds = [line.split("  ")[2] for line in ran.out.splitlines() if line.startswith("2026-")]
    assert reds == ["too | complex", "merge side"]
    assert "a.py:1 `f` has complexity 6 (1 before)" in ran.out
    assert "rules.yaml: 2 of 6 changes would have failed, 2 a week" in ran.out
    assert "2 by module:complexity/function" in ran.out
    assert "6 could not be judged in full" in ran.out


def test_merges_alone_and_two_rule_files_side_by_side(history: Workshop, tmp_path: Path) -> None:
    history.write(
        {"lax.yaml": "version: 1\nextends: org.yaml\n", "org.yaml": "rules: {complexity: {function: {max: 5}}}\n"}
    )
    table, page = tmp_path / "t.md", tmp_path / "t.html"
    ran = history.gate(
        "rules", "backtest", "--rules", "rules.yaml", "--rules", "lax.yaml",
        "--output", f"markdown={table}", "--output", f"html={page}",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    text = table.read_text()
    assert "| would have failed | 2 | 1 |" in text
    assert "too \\| complex" in text
    assert "<td>too | complex</td>" in page.read_text()
    merges = history.gate("rules", "backtest", "--merges")
    assert "rules.yaml: 1 of 1 changes would have failed" in merges.out


def test_coverage_is_judged_where_it_was_measured(history: Workshop) -> None:
    history.gate("rules", "backtest")
    for lines in ({1: 1, 2: 1}, {1: 1, 2: 1, 3: 0, 4: 0}):
        content = "".join(f"x{n} = {n}\n" for n in lines)
        history.commit({"d.py": content}, f"d of {len(lines)}")
        history.write({"coverage.xml": cobertura({"d.py": lines})})
        assert history.gate("baseline", "save").code == 0
    ran = history.gate("rules", "backtest", "--limit", "1")
    assert "module:coverage/new-code" in ran.out
    assert "d.py:3 " in ran.out


def test_a_run_that_was_stopped_goes_on_and_other_rules_start_anew(history: Workshop) -> None:
    first = history.gate("rules", "backtest")
    (journal,) = (history.root / ".git" / "qualitygate").glob("backtest-*.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    assert len(lines) == 6
    journal.write_bytes(b"".join(lines[:3]) + lines[3][:20])
    again = history.gate("rules", "backtest")
    assert again.out == first.out
    assert len(journal.read_bytes().splitlines()) >= 6
    history.write({"rules.yaml": RULES.replace("max: 3", "max: 9")})
    assert "0 of 6 changes would have failed" in history.gate("rules", "backtest").out


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        pytest.param(("--since", "2999-01-01"), "no-history", id="nothing-since-then"),
        pytest.param(("--output", "pdf=x"), "unknown-output", id="an-unknown-form"),
        pytest.param(("--output", "html"), "unknown-output", id="no-path"),
        pytest.param(("--rules", "none.yaml"), "no-such-rules", id="no-rules"),
    ],
)
def test_what_cannot_be_replayed_is_told(history: Workshop, words: tuple[str, ...], slug: str) -> None:
    ran = history.gate("rules", "backtest", *words)
    assert ran.code == 2
    assert slug in ran.err
