"""Links on the job's page: GitLab's annotations report.

The format: https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsannotations
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qualitygate.model.verdict import Status
from qualitygate.report.links import blob
from qualitygate.report.output import Material, Output
from qualitygate.report.words import place, title

if TYPE_CHECKING:
    from qualitygate.model.verdict import Verdict

_MOST = 50


def render(verdict: Verdict, material: Material) -> str:
    """Write a link to each unmet place; none outside of a pipeline, where no address is known."""
    links = [
        {"external_link": {"label": f"{title(result)}: {place(evidence)}"[:250], "url": url}}
        for result in verdict.conditions
        if result.status in (Status.FAIL, Status.WARN)
        for evidence in result.evidence
        if evidence.path and (url := blob(verdict, material, evidence))
    ]
    return msgspec.json.format(msgspec.json.encode({"qualitygate": links[:_MOST]}), indent=2).decode() + "\n"


OUTPUT = Output(name="annotations", render=render)
