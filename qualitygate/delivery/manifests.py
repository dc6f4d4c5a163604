"""What an update without interruption needs of Kubernetes manifests, as findings.

Measured, not only read: without a readiness probe `rollout status` reports success while clients get errors, and
without a preStop pause requests reach containers that have ended already (docs/concept/deployment.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from qualitygate.model.errors import UsageError
from qualitygate.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOOL = "qualitygate"
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
_DEFAULT_GRACE = 30
_SLEEP = re.compile(r"\bsleep\s+(\d+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """A demand on manifests: its name, how bad its absence is, and why."""

    name: str
    severity: Severity
    why: str


RULES = {
    rule.name: rule
    for rule in (
        Rule("no-readiness-probe", Severity.BLOCKER, "clients reach a container that cannot answer yet"),
        Rule("recreate-strategy", Severity.BLOCKER, "all old containers end before the first new one answers"),
        Rule("invalid-manifest", Severity.BLOCKER, "the API server will not take it"),
        Rule("no-pre-stop", Severity.CRITICAL, "requests still arrive when the container has ended"),
        Rule("grace-period-too-short", Severity.CRITICAL, "the container is killed while it still answers"),
        Rule("max-unavailable", Severity.CRITICAL, "an old container ends before its successor answers"),
        Rule("single-replica", Severity.CRITICAL, "while the only container moves, nobody answers"),
        Rule("latest-tag", Severity.CRITICAL, "nobody knows which version runs, and none can be returned to"),
        Rule("no-min-ready-seconds", Severity.MINOR, "a container that dies after a second counts as updated"),
    )
}


@dataclass(frozen=True, slots=True)
class Workload:
    """An object whose rollout is waited for."""

    kind: str
    name: str
    namespace: str


@dataclass(frozen=True, slots=True)
class _Object:
    """A manifest with the places of its values."""

    path: str
    kind: str
    name: str
    node: yaml.MappingNode

    def finding(self, rule: str, at: yaml.Node, message: str) -> Finding:
        line = at.start_mark.line + 1
        return Finding(TOOL, rule, RULES[rule].severity, self.path, line, line, f"{self.kind} {self.name}: {message}")


def check_manifests(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Check manifests, by path; UsageError for one that is no YAML."""
    objects = [each for path, content in files.items() for each in _objects(path, content)]
    scaled = {
        _text(_at(each.node, "spec", "scaleTargetRef", "name"))
        for each in objects
        if each.kind == "HorizontalPodAutoscaler" and (_number(_at(each.node, "spec", "minReplicas")) or 1) >= 2
    }
    found = [finding for each in objects if each.kind in WORKLOADS for finding in _of_workload(each, scaled)]
    return tuple(sorted(found, key=lambda each: (each.path, each.line, each.rule)))


def workloads(files: Mapping[str, bytes]) -> list[Workload]:
    """List the objects whose rollout is waited for, in the order of the files."""
    return [
        Workload(each.kind, each.name, _text(_at(each.node, "metadata", "namespace")))
        for path, content in files.items()
        for each in _objects(path, content)
        if each.kind in WORKLOADS
    ]


def _objects(path: str, content: bytes) -> Iterator[_Object]:
    try:
        for node in yaml.compose_all(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(node, yaml.MappingNode):
                yield _Object(path, _text(_at(node, "kind")), _text(_at(node, "metadata", "name")), node)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            slug="manifest-unreadable",
            where=path,
            what=f"this is no YAML: {' '.join(str(error).split())[:200]}",
            remedy="correct the file, and template it before it is checked",
        ) from None


def _of_workload(workload: _Object, scaled: set[str]) -> Iterator[Finding]:
    spec = _at(workload.node, "spec")
    if spec is None:
        yield workload.finding("invalid-manifest", workload.node, "it has no spec")
        return
    if workload.kind == "Deployment":
        yield from _of_strategy(workload, spec)
    if workload.kind != "DaemonSet" and workload.name not in scaled:
        replicas = _at(spec, "replicas")
        if (_number(replicas) if replicas is not None else 1) in (0, 1, None):
            yield workload.finding("single-replica", replicas or spec, "it has fewer than two replicas")
    if workload.kind != "StatefulSet" and not _number(_at(spec, "minReadySeconds")):
        yield workload.finding("no-min-ready-seconds", spec, "minReadySeconds is not set")
    pod = _at(spec, "template", "spec")
    for container in _items(_at(pod, "containers")):
        yield from _of_container(workload, pod, container)


def _of_strategy(workload: _Object, spec: yaml.Node) -> Iterator[Finding]:
    strategy = _at(spec, "strategy")
    if _text(_at(strategy, "type")) == "Recreate":
        yield workload.finding("recreate-strategy", strategy or spec, "its strategy is Recreate")
        return
    unavailable = _at(strategy, "rollingUpdate", "maxUnavailable")
    if _text(unavailable) not in ("0", "0%"):
        told = _text(unavailable) or "25% by default"
        yield workload.finding("max-unavailable", unavailable or strategy or spec, f"maxUnavailable is {told}, not 0")


def _of_container(workload: _Object, pod: yaml.Node | None, container: yaml.Node) -> Iterator[Finding]:
    name = _text(_at(container, "name"))
    image = _at(container, "image")
    tag = _text(image).rpartition("/")[2].partition(":")[2]
    if "@" not in _text(image) and tag in ("", "latest"):
        yield workload.finding(
            "latest-tag", image or container, f"container {name} runs {_text(image)} without a version"
        )
    if _at(container, "ports") is None and len(_items(_at(pod, "containers"))) > 1:
        return
    if _at(container, "readinessProbe") is None:
        yield workload.finding("no-readiness-probe", container, f"container {name} has no readinessProbe")
    stop = _at(container, "lifecycle", "preStop")
    if stop is None:
        yield workload.finding("no-pre-stop", container, f"container {name} has no preStop pause")
        return
    pause = _number(_at(stop, "sleep", "seconds"))
    if pause is None:
        words = " ".join(_text(each) for each in _items(_at(stop, "exec", "command")))
        slept = _SLEEP.search(words)
        pause = int(slept[1]) if slept else 0
    period = _at(pod, "terminationGracePeriodSeconds")
    grace = _number(period) if period is not None else _DEFAULT_GRACE
    if grace is not None and grace <= pause:
        yield workload.finding(
            "grace-period-too-short", period or stop,
            f"container {name} pauses {pause} s before it stops, and is killed after {grace} s",
        )  # fmt: skip


def _at(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    return node


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _text(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _number(node: yaml.Node | None) -> int | None:
    text = _text(node)
    return int(text) if text.isdigit() else None
