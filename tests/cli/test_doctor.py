"""doctor names what is missing or wrong, each with a remedy, and says where a verdict can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workshop import Workshop, cobertura, junit

if TYPE_CHECKING:
    from pathlib import Path

RULES = "version: 1\nrules: {coverage: {new-code: {min: 80}}}\n"


@pytest.fixture
def module(workshop: Workshop) -> Workshop:
    workshop.commit({"rules.yaml": RULES, "a.py": "x = 1\n", ".gitignore": "*.xml\n"})
    workshop.write({"coverage.xml": cobertura({"a.py": {1: 1}}), "junit.xml": junit(passed=1)})
    assert workshop.gate("baseline", "save").code == 0
    workshop.git("checkout", "-q", "-b", "feature")
    workshop.commit({"a.py": "x = 2\n"})
    workshop.write({"coverage.xml": cobertura({"a.py": {1: 1}})})
    return workshop


def test_all_is_well(module: Workshop) -> None:
    ran = module.gate("doctor")
    assert ran.code == 0, ran.out + ran.err
    lines = ran.out.splitlines()
    assert all(line.startswith("✓") for line in lines), ran.out
    assert any("the base was measured" in line for line in lines)
    assert any("coverage.xml (cobertura, 1 matched)" in line for line in lines)


@pytest.mark.parametrize(
    ("files", "words", "code", "told"),
    [
        pytest.param({"coverage.xml": None}, (), 0, "! module: coverage unknown", id="no-coverage-report"),
        pytest.param({"coverage.xml": "<coverage"}, (), 3, "✗ coverage.xml: ", id="a-cut-report"),
        pytest.param({}, ("--base", "nowhere"), 3, "✗ --base nowhere: no commit", id="no-such-base"),
        pytest.param({"r.yaml": "version: 2"}, ("--rules", "r.yaml"), 3, "✗ r.yaml: 1 fault", id="rules-with-a-fault"),
        pytest.param(
            {"r.yaml": RULES + "components: {b: b/**}"}, ("--rules", "r.yaml"), 3, "✗ b: its globs match no file",
            id="an-empty-component",
        ),
        pytest.param({}, ("--report", "none.xml"), 3, "✗ --report none.xml: no file", id="no-such-report"),
    ],
)  # fmt: skip
def test_what_is_in_the_way_is_told_with_a_remedy(
    module: Workshop, files: dict[str, str | bytes | None], words: tuple[str, ...], code: int, told: str
) -> None:
    module.write(files)
    ran = module.gate("doctor", *words)
    assert ran.code == code, ran.out + ran.err
    lines = ran.out.splitlines()
    place = next(index for index, line in enumerate(lines) if line.startswith(told))
    assert any(line.startswith("    → ") for line in lines[place + 1 :])


def test_a_module_without_rules_and_baseline_is_told_what_to_do_next(workshop: Workshop) -> None:
    workshop.commit({"a.py": "x = 1\n"})
    first = workshop.gate("doctor")
    assert "! this is the first commit" in first.out
    workshop.commit({"a.py": "x = 2\n"})
    ran = workshop.gate("doctor")
    assert ran.code == 0
    assert "! rules: qualitygate:recommended" in ran.out
    assert "! neither the base nor an ancestor was ever measured" in ran.out


def test_an_ancestor_and_a_shallow_clone_are_told(module: Workshop, tmp_path: Path) -> None:
    module.git("checkout", "-q", "main")
    module.commit({"a.py": "x = 3\n"})
    module.commit({"a.py": "x = 4\n"})
    assert "1 before it, speaks for it" in module.gate("doctor").out
    module.git("clone", "-q", "--depth", "1", f"file://{module.root}", str(tmp_path / "shallow"))
    shallow = Workshop(tmp_path / "shallow").gate("doctor")
    assert "! the clone is shallow" in shallow.out


def test_tokens_are_looked_at_in_pipelines_and_never_shown(module: Workshop) -> None:
    with_token = module.gate("doctor", GITLAB_CI="true", CI_JOB_TOKEN="secret-token")
    assert "with a job token" in with_token.out
    assert "secret-token" not in with_token.out + with_token.err
    assert "without CI_JOB_TOKEN" in module.gate("doctor", GITLAB_CI="true").out
