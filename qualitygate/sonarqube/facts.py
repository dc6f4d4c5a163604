"""The facts that a SonarQube server adds to those of the reports, by component."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.component import owner
from qualitygate.model.metric import Direction, ServerMetric
from qualitygate.model.ratio import NOTHING, shown
from qualitygate.model.snapshot import ComponentFacts, ReportUse, Snapshot
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.remote.trouble import RemoteError, Trouble
from qualitygate.sonarqube.analysis import (
    QUALITY_GATE,
    file_coverage,
    findings,
    gate_failures,
    measures,
    server_metrics,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from qualitygate.model.component import Component
    from qualitygate.model.finding import Finding
    from qualitygate.model.ratio import Ratio
    from qualitygate.sonarqube.analysis import Target
    from qualitygate.sonarqube.server import SonarQube

PREFIX = "sonarqube."
_NOT_READ = Unknown(Reason.REPORT_MISSING, "the server's facts hold none")
_NAMED = 5


def collected(
    server: SonarQube,
    target: Target,
    own: Mapping[str, Target],
    components: Sequence[Component],
    reports: Snapshot,
    tracked: Collection[str],
) -> Snapshot:
    """Read everything about a module's components.

    target:  the project that components are directories of.
    own:     projects of components that have one.
    reports: what the gate's own reports say, for the figures side by side.
    tracked: paths of the commit; a finding elsewhere is left out, and said.
    """
    metrics = server_metrics(server)
    served = {f"{PREFIX}{key}": metric for key, metric in metrics.items()}
    served[f"{PREFIX}{QUALITY_GATE}"] = ServerMetric(Direction.LOWER, "")
    found: dict[str, ComponentFacts] = {}
    shared = [component for component in components if component.name not in own]
    projects = [*own.values(), *([target] if shared else [])]
    issues = {each: list(findings(server, each)) for each in dict.fromkeys(projects)}
    covered = {each: file_coverage(server, each) for each in dict.fromkeys(projects)}
    gates = {each: gate_failures(server, each) for each in dict.fromkeys(projects)}
    for component in components:
        asked = own.get(component.name, target)
        folder = "" if component.name in own else _folder(component)
        numbers: dict[str, Fraction | Unknown] = {}
        notes = []
        if folder is None:
            notes.append(f"{', '.join(component.paths)} is no directory of {asked.project}, so it has no figures there")
        else:
            figures = _measures(server, folder, asked, list(metrics))
            numbers = {f"{PREFIX}{name}": value for name, value in figures.items()}
        failures = gates[asked]
        if failures is not None:
            numbers[f"{PREFIX}{QUALITY_GATE}"] = failures
        paths = _paths(component, components, issues[asked], tracked)
        notes += _side_by_side(component, reports.components.get(component.name), covered[asked])
        use = ReportUse(f"SonarQube {asked.project}", "sonarqube", len({each.path for each in paths}), (), tuple(notes))
        known = {key: metric for key, metric in served.items() if key in numbers}
        found[component.name] = ComponentFacts(
            _NOT_READ, _NOT_READ, {}, (use,), tuple(paths), numbers=numbers, served=known
        )
    return Snapshot(reports.commit, found)


def known_figures(server: SonarQube, target: Target, components: Sequence[Component]) -> dict[str, ComponentFacts]:
    """Read only the figures of a project's main branch, by component, as the base of a local check."""
    metrics = server_metrics(server)
    found = {}
    for component in components:
        folder = _folder(component)
        if folder is not None:
            figures = _measures(server, folder, target, list(metrics))
            numbers = {f"{PREFIX}{name}": value for name, value in figures.items()}
            served = {name: metrics[name.removeprefix(PREFIX)] for name in numbers}
            found[component.name] = ComponentFacts(_NOT_READ, _NOT_READ, numbers=dict(numbers), served=served)
    return found


def _folder(component: Component) -> str | None:
    """Give the one directory that a component is; empty for the whole project, None where it is no single one."""
    folders = set(component.folders)
    return next(iter(folders)) if len(folders) == 1 and component.paths[0].endswith("**") else None


def _measures(server: SonarQube, folder: str, target: Target, metrics: list[str]) -> dict[str, Fraction]:
    """Give the figures of a directory; none where the server analysed no file in it."""
    if not folder:
        return measures(server, target.project, target, metrics)
    try:
        return measures(server, f"{target.project}:{folder}", target, metrics)
    except RemoteError as error:
        if error.trouble is not Trouble.MISSING:
            raise
    # The server joins a directory with its only child: `back` is `back/src/app` where nothing else is in between.
    rows = server.rows("/api/components/tree", "components", component=target.project, qualifiers="DIR", **target.query)
    inside = [path for row in rows if (path := str(row.get("path", ""))).startswith(f"{folder}/")]
    if not inside:
        return {}
    return measures(server, f"{target.project}:{min(inside, key=len)}", target, metrics)


def _paths(
    component: Component, components: Sequence[Component], issues: Sequence[Finding], tracked: Collection[str]
) -> list[Finding]:
    """Give the findings of a component's tracked files."""
    mine = [each for each in issues if each.path in tracked and owner(components, each.path) == component.name]
    return sorted(mine, key=lambda each: (each.path, each.line, each.rule, each.message))


def _side_by_side(component: Component, facts: ComponentFacts | None, theirs: Mapping[str, Ratio]) -> list[str]:
    """Say where the server's coverage and that of the reports differ, with the files that do."""
    if facts is None or isinstance(facts.coverage, Unknown):
        return []
    ours = {path: each.line_ratio() + each.branches.ratio() for path, each in facts.coverage.items()}
    held = {path: ratio for path, ratio in theirs.items() if component.holds(path)}
    if not held:
        return []
    mine, other = sum(ours.values(), NOTHING), sum(held.values(), NOTHING)
    if not mine.whole or not other.whole or mine.percent() == other.percent():
        return []
    apart = [
        f"{path} ({_counts(ours.get(path))} here, {_counts(held.get(path))} there)"
        for path in sorted({*ours, *held})
        if ours.get(path, NOTHING) != held.get(path, NOTHING)
    ]
    more = f" and {len(apart) - _NAMED} more" if len(apart) > _NAMED else ""
    return [
        (
            f"coverage of {component.name} is {_share(mine)} by the reports and {_share(other)} by SonarQube; "
            f"they differ in {', '.join(apart[:_NAMED])}{more}"
        )
    ]


def _share(ratio: Ratio) -> str:
    return f"{shown(ratio.percent(), full=Fraction(100))} %"


def _counts(ratio: Ratio | None) -> str:
    return "nothing" if ratio is None else f"{ratio.part} of {ratio.whole}"
