r"""One line that the `coverage:` regular expression of a GitLab job finds: /^coverage: (\d+\.\d+) %/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.report.output import Material, Output
from qualitygate.report.share import share

if TYPE_CHECKING:
    from qualitygate.model.verdict import Verdict


def render(_verdict: Verdict, material: Material) -> str:
    """Write the line with two decimals at the least; without a number where it is unknown, so that nothing is found."""
    coverage = share(material)
    if coverage is None:
        return "coverage: unknown\n"
    return f"coverage: {coverage if '.' in coverage else f'{coverage}.0'} %\n"


OUTPUT = Output(name="coverage-line", render=render)
