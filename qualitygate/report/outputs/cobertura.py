"""The coverage of the head as Cobertura XML with paths that GitLab finds, for the marks in the diff.

GitLab takes 10 MiB a report and names of files from the top of the repository; it skips others without a word
(https://docs.gitlab.com/ci/testing/code_coverage/cobertura/). What is larger becomes several files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from qualitygate.model.ratio import NOTHING, Ratio
from qualitygate.model.unknown import Unknown
from qualitygate.report.output import Material, Output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qualitygate.model.coverage import FileCoverage
    from qualitygate.model.verdict import Verdict

LARGEST = 9 << 20
"""Bytes of one file, with room below GitLab's 10 MiB."""


def render(_verdict: Verdict, material: Material) -> str:
    """Write the first file; without measured coverage it holds no class."""
    return next(_parts(material))


def more(_verdict: Verdict, material: Material) -> Mapping[str, str]:
    """Give the files after the first, as `-2`, `-3`, …."""
    return {f"-{number}": text for number, text in enumerate(_parts(material), start=1) if number > 1}


def _parts(material: Material) -> Iterator[str]:
    """Yield documents, each below the limit, each with the rates of what it holds."""
    classes: list[str] = []
    size, total = 0, (NOTHING, NOTHING)
    for path, coverage in _files(material):
        text = _class(path, coverage)
        if classes and size + len(text.encode()) > LARGEST:
            yield _document(classes, *total)
            classes, size, total = [], 0, (NOTHING, NOTHING)
        classes.append(text)
        size += len(text.encode())
        total = total[0] + coverage.line_ratio(), total[1] + coverage.branches.ratio()
    yield _document(classes, *total)


def _files(material: Material) -> Iterator[tuple[str, FileCoverage]]:
    for facts in material.facts.components.values() if material.facts is not None else ():
        if not isinstance(facts.coverage, Unknown):
            for path, coverage in sorted(facts.coverage.items()):
                # A name that is not UTF-8 cannot stand in XML, and GitLab would not find it.
                if path.isprintable():
                    yield path, coverage


def _class(path: str, coverage: FileCoverage) -> str:
    branches = {line: (taken, whole) for line, taken, whole in coverage.branches}
    name, rates = quoteattr(path), _rates(coverage.line_ratio(), coverage.branches.ratio())
    out = [f'<class name={name} filename={name} {rates} complexity="0"><methods/><lines>']
    for line in coverage.measured:
        condition = ""
        if line in branches:
            taken, whole = branches[line]
            condition = f' branch="true" condition-coverage="{100 * taken // whole}% ({taken}/{whole})"'
        out.append(f'<line number="{line}" hits="{int(line in coverage.covered)}"{condition}/>')
    out.append("</lines></class>")
    return "".join(out)


def _rates(lines: Ratio, branches: Ratio) -> str:
    return f'line-rate="{_rate(lines)}" branch-rate="{_rate(branches)}"'


def _rate(ratio: Ratio) -> str:
    return f"{ratio.part / ratio.whole:.4f}" if ratio.whole else "0"


def _document(classes: list[str], lines: Ratio, branches: Ratio) -> str:
    rates = _rates(lines, branches)
    counts = (
        f'lines-covered="{lines.part}" lines-valid="{lines.whole}" '
        f'branches-covered="{branches.part}" branches-valid="{branches.whole}"'
    )
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">',
            f'<coverage {rates} {counts} complexity="0" version="1" timestamp="0">',
            f'<sources/><packages><package name="" {rates} complexity="0"><classes>',
            *classes,
            "</classes></package></packages></coverage>",
            "",
        ]
    )


OUTPUT = Output(name="cobertura", render=render, more=more)
