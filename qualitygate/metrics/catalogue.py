"""All metrics, found by themselves."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from qualitygate.model.discovery import modules, third_party

if TYPE_CHECKING:
    from qualitygate.model.metric import Metric


@cache
def own_metrics() -> dict[str, Metric]:
    """Give every metric of the package by its key, in the order of the keys."""
    found = [module.METRIC for module in modules("qualitygate.metrics") if hasattr(module, "METRIC")]
    return {metric.key: metric for metric in sorted(found, key=lambda metric: metric.key)}


@cache
def plugged_metrics() -> dict[str, Metric]:
    """Give every metric of installed plug-ins by its key."""
    return {module.METRIC.key: module.METRIC for module in third_party("qualitygate.metrics")}


def metric_of(key: str) -> Metric | None:
    """Give the metric of a key; None where nobody offers it."""
    return own_metrics().get(key) or plugged_metrics().get(key)
