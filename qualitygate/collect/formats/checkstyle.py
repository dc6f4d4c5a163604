"""Checkstyle XML, as Checkstyle, ESLint, golangci-lint and ShellCheck write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Record
from qualitygate.collect.reading.findings import mapped, reported
from qualitygate.collect.reading.xml import MalformedError, elements
from qualitygate.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_ROOT = re.compile(rb"<checkstyle[\s>]")
_SEVERITIES = {
    "error": Severity.MAJOR, "warning": Severity.MINOR, "info": Severity.INFO, "style": Severity.INFO,
}  # fmt: skip


def claims(head: bytes) -> bool:
    """Tell it by its root element."""
    return head.lstrip()[:1] == b"<" and _ROOT.search(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield findings: error is major, warning minor, info and style info; the rule is the last word of `source`."""
    ready: list[Record] = []
    path: str | None = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal path
        if name == "file":
            path = attributes["name"]
        elif name == "error":
            if path is None:
                raise MalformedError("an error stands outside of any file")
            if attributes.get("severity") == "ignore":
                return
            ready.append(
                reported(
                    "checkstyle",
                    rule=attributes.get("source", "").rpartition(".")[2] or None,
                    severity=mapped(attributes.get("severity", "error"), _SEVERITIES),
                    path=path,
                    message=attributes["message"],
                    line=int(attributes.get("line", "0")),
                )
            )

    yield from elements(report, origin, start=start, end=lambda _name: None, ready=ready)


FORMAT = Format(
    name="checkstyle",
    family=Family.FINDINGS,
    tools=("Checkstyle", "ESLint", "golangci-lint", "ShellCheck"),
    well_known=("checkstyle-result.xml", "target/checkstyle-result.xml", "checkstyle.xml", "*.checkstyle.xml"),
    claims=claims,
    parse=parse,
)
