"""What an analysis came to: waiting for the compute engine, then measures, issues and hotspots."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.errors import CannotMeasureError
from qualitygate.model.finding import Finding, Severity
from qualitygate.model.metric import Direction, ServerMetric
from qualitygate.model.ratio import NOTHING, Ratio
from qualitygate.remote.trouble import RemoteError, Trouble
from qualitygate.sonarqube.server import MOST, total_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from qualitygate.sonarqube.server import SonarQube

TOOL = "sonarqube"
QUALITY_GATE = "quality_gate"
"""Key of the server's own verdict: how many of its conditions fail."""
_AT_ONCE = 75
_UNITS = {"PERCENT": "%", "MILLISEC": "ms", "WORK_DUR": "min"}
_NUMERIC = frozenset({"INT", "FLOAT", "PERCENT", "MILLISEC", "WORK_DUR", "RATING", "BOOL"})
_SEVERITIES = {severity.value.upper(): severity for severity in Severity}
_PROBABILITIES = {"HIGH": Severity.CRITICAL, "MEDIUM": Severity.MAJOR, "LOW": Severity.MINOR}
_COVERAGE = ("lines_to_cover", "uncovered_lines", "conditions_to_cover", "uncovered_conditions")


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about.

    project:      key of the project.
    pull_request: id of the analysed pull request; empty for the project's main branch.
    branch:       name of a branch; empty for the main one.
    """

    project: str
    pull_request: str = ""
    branch: str = ""

    @property
    def query(self) -> dict[str, str | int | None]:
        """The parameters that pick the analysis."""
        return {"pullRequest": self.pull_request or None, "branch": self.branch or None}


def task_id(report_task: bytes, origin: str) -> tuple[str, str]:
    """Read project key and task from the report-task.txt that a scanner leaves behind."""
    lines = (line.partition("=") for line in report_task.decode("utf-8", "replace").splitlines())
    found = {name.strip(): value.strip() for name, separator, value in lines if separator}
    if not found.get("ceTaskId") or not found.get("projectKey"):
        raise CannotMeasureError(
            slug="no-analysis",
            where=origin,
            what="it names no project or no task of the compute engine",
            remedy="let the scanner run to its end in this job, before its figures are collected",
        )
    return found["projectKey"], found["ceTaskId"]


def wait(
    server: SonarQube, task: str, *, seconds: float, say: Callable[[str], object], sleep: Callable[[float], object]
) -> None:
    """Wait until the compute engine is through with a task; CannotMeasureError where it failed or takes too long."""
    ends, pause, told = time.monotonic() + seconds, 0.25, ""
    while True:
        found = server.get("/api/ce/task", id=task).get("task")
        task_ = found if isinstance(found, dict) else {}
        status = str(task_.get("status", ""))
        if status == "SUCCESS":
            return
        if status in ("FAILED", "CANCELED"):
            reason = str(task_.get("errorMessage", "")) or "the server gives no reason"
            raise CannotMeasureError(
                slug="analysis-failed",
                where=f"SonarQube task {task}",
                what=f"the compute engine {'failed' if status == 'FAILED' else 'canceled the task'}: {reason}",
                remedy="read the task under Background Tasks of the project, and scan again",
            )
        if status != told:
            say(f"SonarQube: the analysis is {status.lower() or 'unknown'}")
            told = status
        if time.monotonic() + pause > ends:
            raise CannotMeasureError(
                slug="analysis-failed",
                where=f"SonarQube task {task}",
                what=f"it is {status.lower() or 'in no known state'} after {seconds:.0f} s",
                remedy="give it more time with --timeout, or look what holds the server's compute engine",
            )
        sleep(pause)
        pause = min(pause * 1.5, 5.0)


def server_metrics(server: SonarQube) -> dict[str, ServerMetric]:
    """Give direction and unit of every numeric metric of the server, by key."""
    found = {}
    for row in server.rows("/api/metrics/search", "metrics"):
        kind = str(row.get("type", ""))
        if kind in _NUMERIC and not row.get("hidden"):
            direction = Direction.HIGHER if row.get("direction") == 1 else Direction.LOWER
            found[str(row.get("key", ""))] = ServerMetric(direction, _UNITS.get(kind, ""))
    return found


def measures(server: SonarQube, component: str, target: Target, metrics: Sequence[str]) -> dict[str, Fraction]:
    """Give the figures of a project or directory; a metric without a value is absent, as in the answer."""
    found: dict[str, Fraction] = {}
    for start in range(0, len(metrics), _AT_ONCE):
        answer = server.get(
            "/api/measures/component",
            component=component,
            metricKeys=",".join(metrics[start : start + _AT_ONCE]),
            **target.query,
        )
        told = answer.get("component")
        for row in told.get("measures", []) if isinstance(told, dict) else []:
            key = str(row.get("metric", ""))
            period: object = row.get("period") or next(iter(row.get("periods") or []), {})
            number = _number(row.get("value", period.get("value") if isinstance(period, dict) else None))
            if number is not None:
                found[key] = number
    return found


def _number(value: object) -> Fraction | None:
    """Read a value: strings of numbers, true and false; None for text."""
    if value in ("true", "false"):
        return Fraction(int(value == "true"))
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None


def gate_failures(server: SonarQube, target: Target) -> Fraction | None:
    """Give how many conditions of the server's own gate fail; None where it has not judged."""
    told = server.get("/api/qualitygates/project_status", projectKey=target.project, **target.query)
    status = told.get("projectStatus")
    if not isinstance(status, dict) or status.get("status") in (None, "NONE"):
        return None
    conditions = status.get("conditions")
    failing = sum(
        isinstance(each, dict) and each.get("status") == "ERROR"
        for each in (conditions if isinstance(conditions, list) else [])
    )
    return Fraction(max(failing, int(status.get("status") == "ERROR")))


def findings(server: SonarQube, target: Target) -> Iterator[Finding]:
    """Yield all unresolved issues, then the hotspots to review, by paths from the top of the project."""
    name = "components" if server.version >= (10, 2) else "componentKeys"
    fixed: dict[str, str | int | None] = {"resolved": "false", **target.query}
    for query in _slices(server, name, target.project, fixed):
        for row in server.rows("/api/issues/search", "issues", **query):
            yield _issue(row, target.project)
    project = "project" if server.version >= (10,) else "projectKey"
    spots: dict[str, str | int | None] = {project: target.project, "status": "TO_REVIEW", **target.query}
    for row in server.rows("/api/hotspots/search", "hotspots", **spots):
        yield _hotspot(row, target.project)


def _slices(
    server: SonarQube, name: str, project: str, fixed: Mapping[str, str | int | None]
) -> Iterator[dict[str, str | int | None]]:
    """Split a search until each part is below what one search gives: by severity, then by files, then by rule."""
    whole = {name: project, **fixed}
    if _count(server, whole) <= MOST:
        yield whole
        return
    for severity in _SEVERITIES:
        part = {**whole, "severities": severity}
        if _count(server, part) <= MOST:
            yield part
        else:
            yield from _by_files(server, name, part, _files(server, project))


def _by_files(
    server: SonarQube, name: str, part: Mapping[str, str | int | None], files: Sequence[str]
) -> Iterator[dict[str, str | int | None]]:
    """Halve the files until their issues fit; one file with too many of one severity is told by rule."""
    query = {**part, name: ",".join(files)}
    small = len(files) <= _AT_ONCE
    if small and (not files or _count(server, query) <= MOST):
        yield query
    elif len(files) > 1:
        middle = len(files) // 2
        yield from _by_files(server, name, part, files[:middle])
        yield from _by_files(server, name, part, files[middle:])
    else:
        facet = server.get("/api/issues/search", **query, ps=1, facets="rules").get("facets")
        values = facet[0].get("values", []) if isinstance(facet, list) and facet else []
        for value in values:
            ruled = {**query, "rules": str(value.get("val", ""))}
            if _count(server, ruled) > MOST:
                raise RemoteError(
                    where="GET /api/issues/search",
                    trouble=Trouble.GARBLED,
                    told=f"over {MOST} issues of {ruled['rules']} in {files[0]}",
                    remedy="leave the file out of the analysis, or the rule out of the profile",
                )
            yield ruled


def _count(server: SonarQube, query: Mapping[str, str | int | None]) -> int:
    return total_of(server.get("/api/issues/search", **query, ps=1))


def _files(server: SonarQube, project: str) -> list[str]:
    rows = server.rows("/api/components/tree", "components", component=project, qualifiers="FIL,UTS")
    return [str(row.get("key", "")) for row in rows]


def file_coverage(server: SonarQube, target: Target) -> dict[str, Ratio]:
    """Give what the server says is covered of each file: lines and conditions together, as its `coverage` counts."""
    found = {}
    for row in server.rows(
        "/api/measures/component_tree", "components", component=target.project, metricKeys=",".join(_COVERAGE),
        qualifiers="FIL", **target.query,
    ):  # fmt: skip
        told = row.get("measures")
        values = {str(each.get("metric")): _number(each.get("value")) or Fraction(0)
                  for each in (told if isinstance(told, list) else [])}  # fmt: skip
        lines, missed, conditions, untaken = (int(values.get(key, 0)) for key in _COVERAGE)
        ratio = NOTHING + Ratio(lines - missed, lines) + Ratio(conditions - untaken, conditions)
        if ratio.whole:
            found[str(row.get("path", ""))] = ratio
    return found


def _issue(row: Mapping[str, object], project: str) -> Finding:
    place = row.get("textRange")
    first = int(str(row.get("line", 0)))
    last = int(place.get("endLine", first)) if isinstance(place, dict) else first
    severity = _SEVERITIES.get(str(row.get("severity", "")), Severity.MAJOR)
    return Finding(TOOL, str(row.get("rule", "")), severity, _path(row, project), first, max(first, last),
                   _line(row.get("message")))  # fmt: skip


def _hotspot(row: Mapping[str, object], project: str) -> Finding:
    first = int(str(row.get("line", 0)))
    rule = str(row.get("ruleKey") or row.get("securityCategory") or "hotspot")
    severity = _PROBABILITIES.get(str(row.get("vulnerabilityProbability", "")), Severity.MAJOR)
    return Finding(TOOL, rule, severity, _path(row, project), first, first, _line(row.get("message")))


def _path(row: Mapping[str, object], project: str) -> str:
    key = str(row.get("component", ""))
    return key.removeprefix(f"{project}:") if key != project else ""


def _line(text: object) -> str:
    return " ".join(str(text or "").split())[:500]
