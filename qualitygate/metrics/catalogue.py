"""All metrics, found by themselves."""

from __future__ import annotations

from functools import cache

from qualitygate.model.discovery import modules, third_party
from qualitygate.model.metric import Direction, Metric
from qualitygate.model.verdict import On


@cache
def own_metrics() -> dict[str, Metric]:
    """Give every metric of the package by its key, in the order of the keys."""
    found = [module.METRIC for module in modules("qualitygate.metrics") if hasattr(module, "METRIC")]
    return {metric.key: metric for metric in sorted(found, key=lambda metric: metric.key)}


@cache
def plugged_metrics() -> dict[str, Metric]:
    """Give every metric of installed plug-ins by its key."""
    return {module.METRIC.key: module.METRIC for module in third_party("qualitygate.metrics")}


_SERVER = "sonarqube."


def metric_of(key: str) -> Metric | None:
    """Give the metric of a key; None where nobody offers it.

    A key such as `sonarqube.bugs` is a figure of a SonarQube server; only the server knows its unit and direction.
    """
    if key.startswith(_SERVER) and len(key) > len(_SERVER):
        why = "the server's own figure, for those who watch it there"
        return Metric(key, "", Direction.LOWER, why, frozenset({On.OVERALL, On.NEW_CODE}))
    return own_metrics().get(key) or plugged_metrics().get(key)
