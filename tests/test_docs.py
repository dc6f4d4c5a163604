"""What the documents say holds."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def pages() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: page() for name, page in module.PAGES.items()}


@pytest.mark.parametrize("name", ["formats.md", "metrics.md", "templates.md"])
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == pages()[name], "run docs/generate.py"


def documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_rules_in_the_documents_are_valid(path: Path) -> None:
    from qualitygate.rules.load import load  # noqa: PLC0415

    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(version: 1\n.*?)```", text, re.DOTALL)
    blocks += [
        "\n".join(line[4:] for line in block.splitlines())
        for block in re.findall(r"(?:^    .*\n|^\n)+", text, re.MULTILINE)
        if block.lstrip().startswith("version: 1")
    ]
    for block in blocks:
        assert load(block, path.name).conditions


def test_the_readme_names_commands_and_options_that_exist() -> None:
    text = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from qualitygate.cli.main import run; run()", "check", "--help"],
        capture_output=True,
        check=True,
        text=True,
    )
    for option in re.findall(r"`(--[a-z]+)", text):
        assert option in done.stdout or option == "--help"
    for option in re.findall(r"(--[a-z]+) ", done.stdout):
        assert option in text or option == "--help"


def test_the_first_lines_of_the_readme_are_the_two_commands() -> None:
    head = (ROOT / "README.md").read_text(encoding="utf-8")[:600]
    assert "make gate" in head
    assert "make test" in head


def test_the_published_schema_is_what_the_code_writes() -> None:
    from qualitygate.report.wire import verdict_schema  # noqa: PLC0415

    assert (ROOT / "qualitygate" / "report" / "verdict.schema.json").read_bytes() == verdict_schema()
