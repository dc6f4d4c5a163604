"""The one note in a merge request: short when green; when red what failed, where, and what would turn it green."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.verdict import Status
from qualitygate.report.links import in_diff
from qualitygate.report.marks import HEADLINES, SIGNS, TABLE, code, row, text
from qualitygate.report.share import share
from qualitygate.report.words import compared, ordered, place, title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qualitygate.model.verdict import ConditionResult, Verdict
    from qualitygate.report.output import Material

LIMIT = 900_000
"""Characters of a note, below the million that GitLab takes."""
_PLACES = 15
_FOLDED = 200


def marker(key: str) -> str:
    """Give the hidden first line by which the note is found again.

    key: tells the notes of several gates in one project apart, such as of the modules of a monorepo.
    """
    return f"<!-- qualitygate:note {key.replace('--', '- -')} -->"


def note(verdict: Verdict, material: Material, *, key: str = "", limit: int = LIMIT) -> str:
    """Write the note; what does not fit under the limit is cut at a line, with a link to the whole."""
    head = [marker(key), f"### {SIGNS[verdict.status]} {HEADLINES[verdict.status]}{_count(verdict, material)}", ""]
    head += [f"{text(compared(verdict))}{_job(material)}", ""]
    unmet = _of(verdict, Status.FAIL, Status.WARN)
    out = head
    if unmet:
        out += [*TABLE, *(row(result) for result in unmet), ""]
        for result in unmet:
            out += _unmet(result, verdict, material)
    for status, words in ((Status.UNKNOWN, "Could not be judged"), (Status.WAIVED, "Waived")):
        results = _of(verdict, status)
        if results and (unmet or status is Status.WAIVED or verdict.status is Status.UNKNOWN):
            out += [f"**{words}**", ""]
            out += [
                f"- {SIGNS[status]} {text(title(each))}: {text(each.waiver or each.explanation)}" for each in results
            ]
            out.append("")
    out += _proposed(verdict)
    out += _folded("All conditions", [*TABLE, *(row(result) for result in ordered(verdict)), "",
                                      f"Rules: {text(verdict.rules)}"])  # fmt: skip
    if verdict.notes:
        out += _folded(f"Notes ({len(verdict.notes)})", [f"- {text(each)}" for each in verdict.notes])
    return _cut("\n".join(out).rstrip() + "\n", material, limit)


def _count(verdict: Verdict, material: Material) -> str:
    failed, whole = len(_of(verdict, Status.FAIL)), len(verdict.conditions)
    if failed:
        return f": {failed} of {whole} conditions"
    coverage = share(material)
    return f" · coverage {coverage} %" if coverage is not None and not _of(verdict, Status.WARN) else ""


def _of(verdict: Verdict, *statuses: Status) -> list[ConditionResult]:
    return [result for result in ordered(verdict) if result.status in statuses]


def _job(material: Material) -> str:
    url = material.pipeline.job_url
    return f" · [job]({url})" if url else ""


def _unmet(result: ConditionResult, verdict: Verdict, material: Material) -> list[str]:
    out = [f"**{text(title(result))}** — {text(result.explanation)}", ""]
    places = []
    for evidence in result.evidence:
        if not evidence.path:
            places.append(f"- {text(evidence.message)}")
            continue
        url = in_diff(verdict, material, evidence)
        where = f"[{code(place(evidence))}]({url})" if url else code(place(evidence))
        source = material.line(evidence.path, evidence.line).strip()[:100] if evidence.line else ""
        places.append(f"- {where} {text(evidence.message)}" + (f"<br>{code(source)}" if source else ""))
    out += places[:_PLACES]
    if places[_PLACES:]:
        hidden = places[_PLACES : _PLACES + _FOLDED]
        more = len(places) - _PLACES - len(hidden)
        out += _folded(f"{len(places) - _PLACES} more places", [*hidden, *([f"- and {more} more"] if more else [])])
    if result.remedy:
        out += ["", f":arrow_right: **To turn it green:** {text(result.remedy)}."]
    return [*out, ""]


def _proposed(verdict: Verdict) -> list[str]:
    if verdict.proposed is None:
        return []
    unmet = [each for each in verdict.proposed.conditions if each.status in (Status.FAIL, Status.WARN)]
    return [
        f"The new `rules.yaml` would say **{verdict.proposed.status.value}**; it judges once it is merged.",
        "",
        *(f"- {SIGNS[each.status]} {text(title(each))}: {text(each.explanation)}" for each in unmet),
        "",
    ]


def _folded(summary: str, lines: Iterable[str]) -> list[str]:
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>", ""]


def _cut(body: str, material: Material, limit: int) -> str:
    if len(body) <= limit:
        return body
    url = material.pipeline.job_url
    where = f"[the job's artifacts]({url}/artifacts/browse)" if url else "the job's artifacts"
    tail = f"\n\n… the note would be too long for GitLab; the rest is in {where}.\n"
    kept = body[: limit - len(tail) - len("\n</details>")].rpartition("\n")[0]
    opened = kept.count("<details>") - kept.count("</details>")
    return kept + "\n</details>" * opened + tail
