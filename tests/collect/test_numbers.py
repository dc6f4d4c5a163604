"""Custom metrics: the number that a file holds, or one message why it holds none."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest

from qualitygate.collect.numbers import number_in
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.metric import ON_WHOLE, CustomMetric, Direction, NumberSource

JSON = b'{"total": {"lines": {"pct": 97.35}}, "list": [1, {"a~b/c": 2e3}], "word": "12", "yes": true, "huge": 1e400}'
PROMETHEUS = (
    b'# HELP s Size.\n# TYPE s gauge\ns{image="back",tag="a b"} 12.5\ns{image="front",tag="x"} 7\nup 1\nbad NaN\n'
)
OPENMETRICS = b'# TYPE r counter\nr_total{code="200"} 3\n# EOF\n'
DOTENV = b"# sizes\nexport IMAGE_SIZE=12.5\nQUOTED='7'\nWORD=big\nEMPTY=\nREFERENCE=${HOME}\n"


def metric(source: NumberSource, selector: str) -> CustomMetric:
    return CustomMetric("size", "MB", Direction.LOWER, "", ON_WHOLE, "size.txt", source, selector, ("module",))


@pytest.mark.parametrize(
    ("content", "source", "selector", "expected"),
    [
        pytest.param(JSON, NumberSource.POINTER, "/total/lines/pct", Fraction("97.35"), id="json-exactly-as-written"),
        pytest.param(JSON, NumberSource.POINTER, "/list/0", Fraction(1), id="json-element-of-a-list"),
        pytest.param(JSON, NumberSource.POINTER, "/list/1/a~0b~1c", Fraction(2000), id="json-escaped-words"),
        pytest.param(b"\xef\xbb\xbf5", NumberSource.POINTER, "/", None, id="json-nothing-below-a-number"),
        pytest.param(PROMETHEUS, NumberSource.SAMPLE, "up", Fraction(1), id="prometheus-without-labels"),
        pytest.param(PROMETHEUS, NumberSource.SAMPLE, 's{image="back"}', Fraction("12.5"), id="prometheus-by-a-label"),
        pytest.param(
            PROMETHEUS,
            NumberSource.SAMPLE,
            's{image="back",tag="a b"}',
            Fraction("12.5"),
            id="prometheus-by-two-labels",
        ),
        pytest.param(OPENMETRICS, NumberSource.SAMPLE, 'r_total{code="200"}', Fraction(3), id="openmetrics"),
        pytest.param(DOTENV, NumberSource.VARIABLE, "IMAGE_SIZE", Fraction("12.5"), id="dotenv-exported"),
        pytest.param(DOTENV, NumberSource.VARIABLE, "QUOTED", Fraction(7), id="dotenv-quoted"),
        pytest.param(JSON, NumberSource.POINTER, "/total/none", None, id="nothing-at-the-pointer"),
        pytest.param(JSON, NumberSource.POINTER, "/list/9", None, id="no-such-element"),
        pytest.param(JSON, NumberSource.POINTER, "/word", None, id="a-number-in-quotes-is-a-word"),
        pytest.param(JSON, NumberSource.POINTER, "/yes", None, id="true-is-not-one"),
        pytest.param(JSON, NumberSource.POINTER, "/huge", None, id="a-number-that-arithmetic-would-choke-on"),
        pytest.param(b'{"n": 1' + b"0" * 5000 + b"}", NumberSource.POINTER, "/n", None, id="five-thousand-digits"),
        pytest.param(
            b'{"n": 1E' + b"5" * 40 + b"}", NumberSource.POINTER, "/n", None, id="an-exponent-of-forty-digits"
        ),
        pytest.param(b"{", NumberSource.POINTER, "/a", None, id="cut-json"),
        pytest.param(b"[" * 100_000, NumberSource.POINTER, "/a", None, id="deep-json"),
        pytest.param(b"\xff", NumberSource.POINTER, "/a", None, id="not-utf-8"),
        pytest.param(PROMETHEUS, NumberSource.SAMPLE, "s", None, id="two-samples-of-the-name"),
        pytest.param(PROMETHEUS, NumberSource.SAMPLE, "none", None, id="no-sample-of-the-name"),
        pytest.param(PROMETHEUS, NumberSource.SAMPLE, "bad", None, id="not-a-number"),
        pytest.param(PROMETHEUS, NumberSource.SAMPLE, "s{image=", None, id="a-selector-that-is-none"),
        pytest.param(b"}{ odd\n", NumberSource.SAMPLE, "s", None, id="no-prometheus-text"),
        pytest.param(DOTENV, NumberSource.VARIABLE, "WORD", None, id="a-word"),
        pytest.param(DOTENV, NumberSource.VARIABLE, "EMPTY", None, id="an-empty-value"),
        pytest.param(DOTENV, NumberSource.VARIABLE, "NONE", None, id="no-such-variable"),
        pytest.param(DOTENV, NumberSource.VARIABLE, "REFERENCE", None, id="the-environment-is-never-looked-at"),
        pytest.param(b"N=1e999999999", NumberSource.VARIABLE, "N", None, id="an-exponent-that-would-fill-memory"),
        pytest.param(b"N=1/3", NumberSource.VARIABLE, "N", None, id="a-quotient"),
        pytest.param(b"N=Infinity", NumberSource.VARIABLE, "N", None, id="infinity"),
    ],
)
def test_a_number_is_read_exactly_or_refused(
    content: bytes, source: NumberSource, selector: str, expected: Fraction | None
) -> None:
    if expected is not None:
        assert number_in(io.BytesIO(content), metric(source, selector)) == expected
        return
    with pytest.raises(UnreadableReportError) as error:
        number_in(io.BytesIO(content), metric(source, selector))
    assert error.value.slug == "no-number"
    assert error.value.where == "size.txt"
