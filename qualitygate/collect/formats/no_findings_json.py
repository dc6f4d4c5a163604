"""An empty JSON array: what a dozen linters write when they find nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes


def claims(head: bytes) -> bool:
    """Tell it by having nothing else in it."""
    return b"".join(head.split()) == b"[]"


def parse(_report: Bytes, _origin: str) -> Iterator[Record]:
    """Yield nothing: the report was read, and holds no finding."""
    yield from ()


FORMAT = Format(
    name="no-findings",
    family=Family.FINDINGS,
    tools=("ESLint", "ruff", "pylint", "ShellCheck", "oasdiff", "Spectral", "GitLab Code Quality"),
    well_known=("gl-code-quality-report.json",),
    claims=claims,
    parse=parse,
)
