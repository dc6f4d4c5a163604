"""init writes rules that are valid and green today, and never over others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qualitygate.cli.init import parts
from tests.workshop import cobertura

if TYPE_CHECKING:
    from tests.workshop import Workshop


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        pytest.param(
            ["back/pom.xml", "front/package.json", "docs/x.md"], ["back", "front"], id="folders-with-manifests"
        ),
        pytest.param(["back/a.py", "storage/1.sql", "README.md"], ["back", "storage"], id="customary-names"),
        pytest.param(["student-service/go.mod", "ui/x.ts"], ["student-service", "ui"], id="a-name-of-its-own"),
        pytest.param(["back/pom.xml", "docs/x.md"], ["module"], id="one-folder-is-no-reason-to-divide"),
        pytest.param(["src/a.py", "tests/b.py"], ["module"], id="a-plain-project"),
        pytest.param([], ["module"], id="nothing-at-all"),
    ],
)
def test_components_are_told_by_the_top_folders(paths: list[str], expected: list[str]) -> None:
    assert [component.name for component in parts(paths)] == expected


def test_what_it_writes_is_valid_green_and_explained(workshop: Workshop) -> None:
    complex_ = "def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(30))
    workshop.commit(
        {"back/app.py": complex_, "front/package.json": "{}", "front/app.ts": "const a = 1;\n", ".gitignore": "*.xml\n"}
    )
    workshop.write({"back/coverage.xml": cobertura({"back/app.py": {1: 1}})})
    ran = workshop.gate("init")
    assert ran.code == 0, ran.err
    assert "languages: Python (1 files), TypeScript (1 files)" in ran.out
    assert "components: back, front" in ran.out
    assert "reports: back/coverage.xml" in ran.out
    assert "front: no coverage report yet" in ran.out
    assert "of the work at hand it says: pass" in ran.out
    assert "  back:  back/**\n  front: front/**\n" in (workshop.root / "rules.yaml").read_text()
    assert workshop.gate("rules", "validate").code == 0
    assert workshop.check().code == 0
    again = workshop.gate("init")
    assert again.code == 2
    assert "rules-exist" in again.err


def test_work_that_is_not_merged_yet_may_fail_and_that_is_said(workshop: Workshop) -> None:
    workshop.commit({"app.py": "x = 1\n"})
    workshop.git("checkout", "-q", "-b", "feature")
    bad = "def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(30))
    workshop.commit({"app.py": bad})
    ran = workshop.gate("init", "--preset", "strict")
    assert ran.code == 0
    assert "what you have not merged yet fails module:" in ran.out
    assert "extends: qualitygate:strict" in (workshop.root / "rules.yaml").read_text()


def test_the_include_of_the_templates_is_written_once_and_names_what_has_images(workshop: Workshop) -> None:
    workshop.commit({"back/Dockerfile": "FROM scratch\n", "back/a.py": "x = 1\n", "web/package.json": "{}"})
    ran = workshop.gate("init", "--ci", "--templates", "org/gate")
    assert ran.code == 0, ran.err
    text = (workshop.root / ".gitlab-ci.yml").read_text()
    assert "  - project: org/gate\n" in text
    assert "components: [back]" in text
    (workshop.root / "rules.yaml").unlink()
    workshop.write({".gitlab-ci.yml": "test: {script: [a]}\n"})
    ran = workshop.gate("init", "--ci")
    assert "add to it" in ran.out
    assert (workshop.root / ".gitlab-ci.yml").read_text() == "test: {script: [a]}\n"
