"""Writing a verdict where the user wants it."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitygate.model.errors import UsageError
from qualitygate.model.verdict import Status
from qualitygate.report.output import Material, Output, output_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qualitygate.model.verdict import Verdict
    from qualitygate.repository.repository import Repository

EXIT_CODES = {Status.PASS: 0, Status.WARN: 0, Status.WAIVED: 0, Status.FAIL: 1, Status.UNKNOWN: 3}
_COLOURS = {"✓": "green", "✗": "red", "!": "yellow", "?": "cyan", "~": "blue"}


def parse_outputs(specifications: tuple[str, ...]) -> list[tuple[Output, Path]]:
    """Read `--output FORMAT=PATH` options; UsageError before anything is measured."""
    found = []
    for specification in specifications:
        name, separator, path = specification.partition("=")
        if not separator or not path:
            raise UsageError(
                slug="unknown-output",
                where=f"--output {specification}",
                what="an output is FORMAT=PATH",
                remedy="write for example --output json=verdict.json",
            )
        found.append((output_of(name), Path(path)))
    return found


def write_verdict(verdict: Verdict, format_name: str, outputs: list[tuple[Output, Path]], material: Material) -> None:
    """Write the files first, then the chosen form to standard output; colours only on a terminal."""
    for output, path in outputs:
        write_whole(path, output.render(verdict, material).encode("utf-8"))
        for part, text in (output.more(verdict, material) if output.more is not None else {}).items():
            write_whole(path.with_name(f"{path.stem}{part}{path.suffix}"), text.encode("utf-8"))
    text = output_of(format_name).render(verdict, material)
    if format_name == "console" and sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        text = _coloured(text)
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "replace").decode(encoding), nl=False)


def _coloured(text: str) -> str:
    lines = text.split("\n")
    for index, each in enumerate(lines):
        if index == 0:
            lines[index] = click.style(each, bold=True, fg="red" if each.startswith("FAIL") else "green")
        elif each[:1] in _COLOURS and each[1:2] == " ":
            lines[index] = click.style(each, fg=_COLOURS[each[0]])
        elif each.lstrip().startswith("|"):
            lines[index] = click.style(each, dim=True)
        elif each.lstrip().startswith("→"):
            lines[index] = click.style(each, bold=True)
    return "\n".join(lines)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: beside it first, then in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise


def lines_at(repository: Repository, tree: str) -> Callable[[str, int], str]:
    """Give a reader of single lines of files at a commit or tree; empty for what is not there."""

    @lru_cache(maxsize=64)
    def lines(path: str) -> list[str]:
        content = repository.content(tree, path)
        return [] if content is None else content.decode("utf-8", "replace").splitlines()

    def line(path: str, number: int) -> str:
        text = lines(path)
        return text[number - 1] if 0 < number <= len(text) else ""

    return line
