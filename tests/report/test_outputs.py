"""Every output on the same verdicts, against golden files."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from qualitygate.model.discovery import modules
from qualitygate.model.errors import UsageError
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.model.verdict import (
    BaseKind,
    Baseline,
    ConditionResult,
    Evidence,
    Level,
    On,
    Proposal,
    Status,
    Verdict,
)
from qualitygate.report.output import Material, Output, output_of
from qualitygate.report.wire import read_verdict

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
LINES = {("back/app.py", 41): "    raise ValueError(value)", ("back/app.py", 7): "def pay(a, b): # `x` | <b>"}


def line(path: str, number: int) -> str:
    return LINES.get((path, number), "")


def result(status: Status, metric: str = "coverage", on: On = On.NEW_CODE, **settings: object) -> ConditionResult:
    made = ConditionResult(
        id=f"back:{metric}/{on.value}",
        component="back",
        metric=metric,
        on=on,
        level=Level.FAIL,
        status=status,
        value=Fraction(175, 3),
        baseline=None,
        threshold=Fraction(80),
        unit="%",
        explanation="58.33 % of new code is covered",
    )
    return replace(made, **settings)  # type: ignore[arg-type]


RED = Verdict(
    Status.FAIL,
    "a" * 40,
    Baseline("b" * 40, BaseKind.ANCESTOR, 2, "c" * 40),
    (
        result(
            Status.FAIL,
            remedy="cover 3 more of the lines and branches named here",
            evidence=(
                Evidence("back/app.py", 41, 43, "uncovered", "not covered"),
                Evidence("back/odd\x1b[31m\nname.py", 0, 0, "unmeasured", "no report speaks of this new file"),
            ),
        ),
        result(
            Status.WARN,
            "complexity",
            On.FUNCTION,
            level=Level.WARN,
            unit="",
            value=Fraction(12),
            baseline=Fraction(9),
            threshold=Fraction(10),
            explanation="1 function above 10, the highest at 12",
            remedy="bring it to 10 or below",
            evidence=(Evidence("back/app.py", 7, 30, "complexity", "`pay` has complexity 12 (9 before)"),),
        ),
        result(
            Status.WAIVED,
            "function_length",
            On.FUNCTION,
            unit="lines",
            value=Fraction(90),
            threshold=Fraction(60),
            explanation="1 function above 60 lines",
            waiver="rewritten in 2.4 (until 2027-03-31)",
        ),
        result(
            Status.UNKNOWN,
            "coverage",
            On.OVERALL,
            value=None,
            threshold=None,
            explanation="the base was never measured",
            unknown=Unknown(Reason.NO_BASELINE, "the base was never measured"),
            remedy="measure the base once",
        ),
        result(
            Status.PASS,
            "tests",
            On.OVERALL,
            unit="tests",
            value=Fraction(1),
            baseline=Fraction(1),
            threshold=None,
            explanation="1 test, 1 test before",
        ),
    ),
    "rules.yaml of the base bbbbbbbbbbbb",
    ("coverage.xml names files that are not tracked here, such as ../<x>.py",),
    Proposal(Status.PASS, (result(Status.PASS),)),
)
GREEN = Verdict(
    Status.PASS,
    "a" * 40,
    Baseline("b" * 40, BaseKind.EXACT, 0, "b" * 40),
    (
        result(
            Status.PASS,
            value=Fraction(9_999_999, 100_000),
            threshold=Fraction(80),
            component="module",
            id="module:coverage/new-code",
        ),
    ),
    "rules.yaml of the base bbbbbbbbbbbb",
)
MATERIAL = Material(line)
FIRST = Verdict(Status.UNKNOWN, "a" * 40, Baseline("", BaseKind.NONE), (), "rules.yaml of the head")
VERDICTS = {"red": RED, "green": GREEN, "first": FIRST}


def outputs() -> list[Output]:
    return [module.OUTPUT for module in modules("qualitygate.report.outputs")]


@pytest.mark.parametrize("output", outputs(), ids=lambda output: output.name)
@pytest.mark.parametrize("name", VERDICTS)
def test_an_output_writes_what_its_golden_file_holds(output: Output, name: str, request: pytest.FixtureRequest) -> None:
    text = output.render(VERDICTS[name], MATERIAL)
    golden = GOLDEN / f"{name}.{output.name}"
    if request.config.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert output.render(VERDICTS[name], MATERIAL) == text


@pytest.mark.parametrize("output", outputs(), ids=lambda output: output.name)
def test_no_output_lets_a_file_name_steer_a_terminal(output: Output) -> None:
    text = output.render(RED, MATERIAL)
    assert "\x1b" not in text
    assert "\nname.py" not in text
    assert output_of(output.name) is output


@pytest.mark.parametrize("name", VERDICTS)
def test_a_saved_verdict_gives_the_same_outputs_again(name: str) -> None:
    saved = output_of("json").render(VERDICTS[name], MATERIAL)
    again = read_verdict(saved.encode(), "verdict.json")
    for other in ("console", "markdown", "json"):
        assert output_of(other).render(again, MATERIAL) == output_of(other).render(VERDICTS[name], MATERIAL)


def test_json_keeps_to_the_contract() -> None:
    verdict = json.loads(output_of("json").render(RED, MATERIAL))
    assert verdict["schema"] == "qualitygate/verdict/1"
    assert verdict["verdict"] == "fail"
    assert verdict["head"] == {"commit": "a" * 40}
    assert {"commit", "kind", "distance"} <= set(verdict["base"])
    keys = {
        "id",
        "component",
        "metric",
        "on",
        "level",
        "status",
        "value",
        "baseline",
        "threshold",
        "unit",
        "explanation",
        "remedy",
        "evidence",
    }
    for condition in verdict["conditions"]:
        assert keys <= set(condition)
    assert set(verdict["conditions"][0]["evidence"][0]) == {"path", "line", "end_line", "kind", "message"}
    unknown = verdict["conditions"][3]
    assert (unknown["value"], unknown["unknown"]) == (None, "no-baseline")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"schema": "other/1"}'])
def test_what_is_no_saved_verdict_is_a_usage_error(data: bytes) -> None:
    with pytest.raises(UsageError) as told:
        read_verdict(data, "x.json")
    assert told.value.slug == "no-verdict"


def test_an_unknown_output_is_a_usage_error() -> None:
    with pytest.raises(UsageError) as told:
        output_of("jason")
    assert "console" in told.value.remedy
