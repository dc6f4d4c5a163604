"""Custom metrics: one number out of a file that some tool wrote."""

from __future__ import annotations

import io
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.metric import CustomMetric, NumberSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_LARGEST = 64 << 20
_LONGEST_NUMBER = 40
_FURTHEST = 30
"""Powers of ten: what is larger or smaller is no figure of a module, and exact arithmetic would pay for it."""


def number_in(report: Bytes, metric: CustomMetric) -> Fraction:
    """Read the number of a metric out of its file, exactly as it is written there.

    UnreadableReportError where the file is not of the kind that the metric names, lacks the number, or has NaN,
    infinity or several numbers in its place.
    """
    content = report.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise _refused(metric, f"the file is larger than {_LARGEST >> 20} MiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(metric, f"it is not UTF-8: {error}") from None
    match metric.source:
        case NumberSource.POINTER:
            found = _pointed(text, metric)
        case NumberSource.SAMPLE:
            found = _sampled(text, metric)
        case NumberSource.VARIABLE:
            found = _variable(text, metric)
    try:
        number = Decimal(found) if len(found) <= _LONGEST_NUMBER else Decimal("NaN")
        if not number.is_finite() or abs(number.adjusted()) > _FURTHEST:
            raise InvalidOperation
        return Fraction(number)
    except InvalidOperation:
        raise _refused(metric, f"{metric.selector} is `{found[:_LONGEST_NUMBER]}`, which is no number") from None


def _refused(metric: CustomMetric, what: str) -> UnreadableReportError:
    return UnreadableReportError(
        slug="no-number",
        where=metric.file,
        what=what,
        remedy=f"check what writes it, and `metrics: {metric.key}` in rules.yaml",
    )


def _pointed(text: str, metric: CustomMetric) -> str:
    """Follow a JSON pointer. Source: RFC 6901."""
    try:
        value: object = msgspec.json.Decoder(float_hook=Decimal).decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _refused(metric, f"it is not JSON: {error}") from None
    except InvalidOperation:
        raise _refused(metric, "it holds a number that is beyond all bounds") from None
    for word in metric.selector.split("/")[1:]:
        key = word.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and len(key) < 9 and int(key) < len(value):
            value = value[int(key)]
        else:
            raise _refused(metric, f"nothing stands at {metric.selector}")
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise _refused(metric, f"at {metric.selector} stands no number")
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER * 4:
        raise _refused(metric, f"at {metric.selector} stands a number beyond all bounds")
    return str(value)


def _sampled(text: str, metric: CustomMetric) -> str:
    """Find the one sample of a name whose labels are among those of the selector's."""
    from prometheus_client.openmetrics.parser import (  # noqa: PLC0415 - only where such a metric is declared
        text_fd_to_metric_families as openmetrics,
    )
    from prometheus_client.parser import text_fd_to_metric_families as prometheus  # noqa: PLC0415 - the same

    name, _, labels = metric.selector.partition("{")
    wanted = dict(_labels(f"x{{{labels}" if labels else "x{}", metric))
    parse = openmetrics if text.rstrip().endswith("# EOF") else prometheus
    try:
        values = [
            sample.value
            for family in parse(io.StringIO(text))
            for sample in family.samples
            if sample.name == name and all(sample.labels.get(key) == value for key, value in wanted.items())
        ]
    except (ValueError, KeyError, IndexError) as error:
        raise _refused(metric, f"it is neither OpenMetrics nor Prometheus text: {error}") from None
    if len(values) != 1:
        raise _refused(metric, f"it holds {len(values)} samples of {metric.selector}, and one is wanted")
    return str(values[0])


def _labels(sample: str, metric: CustomMetric) -> Iterator[tuple[str, str]]:
    from prometheus_client.parser import text_string_to_metric_families  # noqa: PLC0415 - only where declared

    try:
        for family in text_string_to_metric_families(f"{sample} 1\n"):
            for each in family.samples:
                yield from each.labels.items()
    except (ValueError, KeyError, IndexError):
        raise _refused(metric, f'`{metric.selector}` names no sample; write it as name{{label="value"}}') from None


def _variable(text: str, metric: CustomMetric) -> str:
    from dotenv import dotenv_values  # noqa: PLC0415 - only where such a metric is declared

    found = dotenv_values(stream=io.StringIO(text), interpolate=False).get(metric.selector)
    if found is None:
        raise _refused(metric, f"it sets no {metric.selector}")
    return found.strip()
