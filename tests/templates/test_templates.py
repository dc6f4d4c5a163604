"""The templates as text: linted, documented, at the package's version, and every command they call exists."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest
import yaml

from qualitygate.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "gitlab-ci-templates"
TEMPLATES = sorted(PLACE.glob("*.yml"))
NAMES = {"module", "quality-gate", "baseline", "test-python", "test-java-maven", "test-node", "test-go", "sonarqube",
         "image", "deploy", "monorepo"}  # fmt: skip


def linter() -> Path:
    place = ROOT.parent / "shared" / "gitlab" / "lint_templates.py"
    if not place.exists():
        if os.environ.get("CI"):
            pytest.fail("../shared/gitlab is missing, and CI must have it")
        pytest.skip("../shared/gitlab is not beside this checkout")
    return place


def test_every_template_that_is_promised_is_there() -> None:
    assert {path.stem for path in TEMPLATES} == NAMES | {"common"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_passes_the_linter(path: Path) -> None:
    done = subprocess.run([sys.executable, linter(), path], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("template", "given", "told"),
    [
        ("image", {"builder": "docker"}, "not in options"),
        ("test-python", {"failing": "nobody"}, "not in options"),
        ("deploy", {"branches": "main"}, "does not match"),
    ],
    ids=["a-builder-that-is-none", "a-judge-that-is-none", "a-branch-pattern-that-is-no-whole-one"],
)
def test_a_wrong_input_is_refused(template: str, given: dict[str, str], told: str) -> None:
    spec = importlib.util.spec_from_file_location("lint_templates", linter())
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    problems = module.check(PLACE / f"{template}.yml", given)
    assert any(told in problem for problem in problems), problems


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_command_that_a_template_calls_exists(path: Path) -> None:
    context = click.Context(main)
    for name in re.findall(
        r"\bqualitygate ([a-z][a-z-]+)", re.sub(r"#.*|description:.*", "", path.read_text(encoding="utf-8"))
    ):
        command = main.get_command(context, name)
        assert command is not None, name
    for name, option in re.findall(r"\bqualitygate (\w+)[^\n|&;]*? (--[a-z-]+)", path.read_text(encoding="utf-8")):
        command = main.get_command(context, name)
        if isinstance(command, click.Group) or command is None or name == "for":
            continue
        known = {each for parameter in command.params for each in (*parameter.opts, *parameter.secondary_opts)}
        assert option in known, f"{name} {option}"


def test_the_templates_are_at_the_version_of_the_package() -> None:
    common = yaml.safe_load((PLACE / "common.yml").read_text(encoding="utf-8").replace("!reference", ""))
    assert common["variables"]["QUALITYGATE_VERSION"] == version("qualitygate")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_catalogue_s_copy_is_the_template(path: Path) -> None:
    """GitLab finds components in `templates/` only, and follows no link there."""
    assert (ROOT / "templates" / path.name).read_bytes() == path.read_bytes(), "run docs/generate.py"


def test_the_example_includes_what_the_readme_shows() -> None:
    text = (ROOT / "examples/module/.gitlab-ci.yml").read_text(encoding="utf-8")
    indented = "\n".join(f"{line}" for line in text.strip().splitlines())
    assert indented in (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.strip().splitlines()) == 4, "`include:` and three lines"
