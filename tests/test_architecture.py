"""The layout's promises: imports point down, --help imports little, modules stay small, errors are documented."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "qualitygate"
ROOT = PACKAGE.parent
FLOORS = [
    {"cli"},
    {"backtest"},
    {"gate"},
    {"gathering", "keeping"},
    {"collect", "snapshot", "report", "trust", "governing", "delivery", "sonarqube"},
    {"extended"},
    {"judge"},
    {"judging"},
    {"forward", "local", "noise"},
    {"compare", "repository", "rules", "carry", "remote"},
    {"pairing", "attribution"},
    {"metrics"},
    {"model"},
]


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


def area(name: str) -> str:
    return name.split(".")[1] if name.count(".") else ""


def floor(name: str) -> int:
    return next(index for index, names in enumerate(FLOORS) if area(name) in names)


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_imports_point_down(path: Path) -> None:
    here = dotted(path)
    for name in imported(path):
        if name.startswith("qualitygate."):
            same = area(name) == area(here)
            assert same or floor(name) > floor(here), f"{here} must not import {name}"


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source))
    assert len(source.splitlines()) <= 300
    assert not re.search(r"utils|helpers|managers", path.name)


def test_only_the_command_line_prints_and_exits() -> None:
    for path in modules():
        source = path.read_text(encoding="utf-8")
        if area(dotted(path)) != "cli":
            assert not re.search(r"^\s*(print|sys\.exit|click\.echo)\(", source, re.MULTILINE), path


@pytest.mark.parametrize("area_name", ["model", "metrics", "judging", "judge", "compare", "rules"])
def test_the_core_touches_no_clock_network_or_process(area_name: str) -> None:
    for path in modules():
        if area(dotted(path)) == area_name:
            forbidden = {"subprocess", "socket", "requests", "time", "tempfile", "shutil", "urllib.request"}
            assert not imported(path) & forbidden, path


def test_every_slug_of_an_error_has_its_heading() -> None:
    headings = set(
        re.findall(r"^## ([a-z-]+)$", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    slugs: set[str] = set()
    for path in modules():
        for line in re.findall(r"slug=(.*)", path.read_text(encoding="utf-8")):
            slugs.update(re.findall(r'"([a-z-]+)"', line))
    assert slugs - headings == set(), "add these to docs/errors.md"
    assert headings - slugs == set(), "docs/errors.md explains errors that do not exist"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from qualitygate.cli.main import main\n"
        "try: main(['--help'], standalone_mode=False)\n"
        "finally: print(' '.join(sorted(sys.modules)), file=sys.stderr)"
    )
    # Under `make gate` coverage.py itself would be loaded into every process.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, env=plain)
    loaded = set(done.stderr.split())
    assert not loaded & {"yaml", "msgspec", "sqlite3", "coverage", "ijson", "subprocess", "importlib.metadata"}
    assert "qualitygate.gate" not in loaded


def test_no_file_names_a_registry_or_a_machine() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    for raw in filter(None, tracked):
        path = ROOT / raw.decode()
        if "samples" in path.parts or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not re.search(r"--(extra-)?index-url|files\.pythonhosted|/work/" + r"main|/root/\.", text), path
