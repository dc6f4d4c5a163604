"""The places behind unmet conditions as GitLab Code Quality JSON, for the widget and the diff.

The format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from qualitygate.model.verdict import Status
from qualitygate.report.output import Material, Output
from qualitygate.report.words import printable, title

if TYPE_CHECKING:
    from qualitygate.model.verdict import Verdict

_SEVERITIES = {Status.FAIL: "major", Status.WARN: "minor", Status.WAIVED: "info"}


def render(verdict: Verdict, material: Material) -> str:
    """Write an entry for each place; its fingerprint holds through moves of the line, so that GitLab knows it again."""
    seen: Counter[str] = Counter()
    entries = []
    for result in verdict.conditions:
        severity = _SEVERITIES.get(result.status)
        if severity is None:
            continue
        for evidence in result.evidence:
            path = printable(evidence.path) or "rules.yaml"
            text = material.line(evidence.path, evidence.line).strip() if evidence.line else ""
            key = "\0".join((result.id, path, evidence.kind, evidence.name, text or printable(evidence.message)))
            seen[key] += 1
            entries.append(
                {
                    "description": f"{title(result)}: {printable(evidence.message)}",
                    "check_name": f"qualitygate/{result.metric}/{result.on.value}",
                    "fingerprint": hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "replace")).hexdigest(),
                    "severity": severity,
                    "location": {"path": path, "lines": {"begin": max(evidence.line, 1)}},
                }
            )
    return msgspec.json.format(msgspec.json.encode(entries), indent=2).decode() + "\n"


OUTPUT = Output(name="codequality", render=render)
