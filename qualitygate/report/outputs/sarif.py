"""The places behind unmet conditions as SARIF 2.1.0.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from qualitygate.metrics.catalogue import metric_of
from qualitygate.model.verdict import Status
from qualitygate.report.output import Material, Output
from qualitygate.report.words import printable, title

if TYPE_CHECKING:
    from qualitygate.model.verdict import ConditionResult, Evidence, Verdict

_LEVELS = {Status.FAIL: "error", Status.WARN: "warning", Status.WAIVED: "note"}


def render(verdict: Verdict, _material: Material) -> str:
    """Write a rule a condition and a result a place; waived ones are suppressed, as SARIF calls it."""
    told = [result for result in verdict.conditions if result.status in _LEVELS]
    run = {
        "tool": {
            "driver": {
                "name": "qualitygate",
                "rules": [
                    {
                        "id": result.id,
                        "shortDescription": {"text": title(result)},
                        "fullDescription": {"text": _why(result)},
                        "help": {"text": printable(result.remedy) or "nothing to do"},
                    }
                    for result in told
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(index, result, evidence) for index, result in enumerate(told) for evidence in result.evidence
        ],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _why(result: ConditionResult) -> str:
    metric = metric_of(result.metric)
    return metric.why if metric is not None else printable(result.explanation)


def _result(index: int, result: ConditionResult, evidence: Evidence) -> dict[str, object]:
    found: dict[str, object] = {
        "ruleId": result.id,
        "ruleIndex": index,
        "level": _LEVELS[result.status],
        "message": {"text": printable(evidence.message)},
    }
    if evidence.path:
        place: dict[str, object] = {"artifactLocation": {"uri": quote(evidence.path, errors="surrogateescape")}}
        if evidence.line:
            place["region"] = {"startLine": evidence.line, "endLine": max(evidence.line, evidence.end_line)}
        found["locations"] = [{"physicalLocation": place}]
    if result.status is Status.WAIVED:
        found["suppressions"] = [{"kind": "external", "justification": printable(result.waiver)}]
    return found


OUTPUT = Output(name="sarif", render=render)
