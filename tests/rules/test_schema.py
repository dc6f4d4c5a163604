"""The published schema accepts what the loader accepts, and refuses what it refuses."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from qualitygate.model.errors import RulesError
from qualitygate.rules.load import PRESETS, load
from qualitygate.rules.schema import schema

if TYPE_CHECKING:
    from tests.workshop import Workshop

ROOT = Path(__file__).resolve().parents[2]
VALIDATOR = jsonschema.Draft202012Validator(schema())


def accepted(text: str) -> bool:
    try:
        load(text, "rules.yaml", lambda _path: "version: 1")
    except RulesError:
        return False
    return True


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("version: 1", id="nothing-but-the-version"),
        pytest.param("extends: x.yaml", id="no-version"),
        pytest.param("version: 2", id="another-version"),
        pytest.param("version: 1\nextends: [qualitygate:strict, org.yaml]", id="several-extends"),
        pytest.param("version: 1\nextend: x", id="a-misspelt-key"),
        pytest.param("version: 1\ncomponents: {back: back/**, front: [front/**, ui/**]}", id="components"),
        pytest.param("version: 1\ncomponents: {back end: back/**}", id="a-component-with-a-space"),
        pytest.param("version: 1\nrules: {coverage: {overall: {not-worse: true, tolerance: 0.1}}}", id="a-tolerance"),
        pytest.param("version: 1\nrules: {coverage: {overall: {min: 80 %}}}", id="a-percentage-with-its-unit"),
        pytest.param("version: 1\nrules: {coverage: {overall: {min: 101}}}", id="more-than-all"),
        pytest.param("version: 1\nrules: {coverage: {overall: {min: -1}}}", id="less-than-nothing"),
        pytest.param("version: 1\nrules: {coverage: {overall: {min: many}}}", id="no-number"),
        pytest.param("version: 1\nrules: {coverage: {overall: {min: 5 lines}}}", id="another-unit"),
        pytest.param("version: 1\nrules: {coverage: {new-code: {ignore-below: 20 lines}}}", id="lines-with-their-unit"),
        pytest.param("version: 1\nrules: {coverage: {new-code: {ignore-below: 1.5}}}", id="half-a-line"),
        pytest.param("version: 1\nrules: {coverage: {function: {max: 5}}}", id="a-scope-that-the-metric-lacks"),
        pytest.param("version: 1\nrules: {coverage: {new-code: {not-worse: true}}}", id="not-worse-of-new-code"),
        pytest.param(
            "version: 1\nrules: {complexity: {function: {max: 5, unmeasured: warn}}}", id="unmeasured-of-functions"
        ),
        pytest.param(
            "version: 1\nrules: {complexity: {function: {max: 5, level: warn, locked: true}}}", id="levels-and-locks"
        ),
        pytest.param("version: 1\nrules: {complexity: {function: {level: error}}}", id="an-unknown-level"),
        pytest.param("version: 1\nrules: {findings: {new-code: {max: 0, where: {severity: [blocker]}}}}", id="where"),
        pytest.param("version: 1\nrules: {findings: {new-code: {max: 0, where: {severity: bad}}}}", id="no-severity"),
        pytest.param("version: 1\nrules: {sonarqube.bugs: {overall: {not-worse: true}}}", id="a-metric-of-a-server"),
        pytest.param("version: 1\noverrides: [{components: module, rules: {}}]", id="an-override"),
        pytest.param("version: 1\noverrides: [{components: module}]", id="an-override-without-rules"),
        pytest.param("version: 1\nwaivers: [{rule: crap, reason: x, until: 2027-01-31}]", id="a-waiver"),
        pytest.param("version: 1\nwaivers: [{rule: crap, until: 2027-01-31}]", id="a-waiver-without-reason"),
        pytest.param("version: 1\nwaivers: [{rule: crap, reason: x, until: soon}]", id="a-waiver-without-end"),
        pytest.param("version: 1\nmetrics: {size: {file: a, pointer: /a, direction: lower}}", id="a-custom-metric"),
        pytest.param("version: 1\nmetrics: {size: {file: a, pointer: /a}}", id="a-custom-metric-without-direction"),
    ],
)
def test_schema_and_loader_agree(text: str) -> None:
    # An editor sees what YAML makes of the text, a day as a day in quotes.
    value = json.loads(json.dumps(yaml.safe_load(text), default=str))
    assert VALIDATOR.is_valid(value) == accepted(text)


def test_the_schema_is_one_itself_and_holds_for_the_rules_of_the_project_and_the_presets() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    texts = [(ROOT / "rules.yaml").read_text()]
    presets = files("qualitygate.rules.presets")
    texts += ["version: 1\n" + presets.joinpath(f"{name}.yaml").read_text() for name in PRESETS]
    for text in texts:
        VALIDATOR.validate(json.loads(json.dumps(yaml.safe_load(text), default=str)))


def test_the_published_schema_is_the_one_of_the_code(workshop: Workshop) -> None:
    published = json.loads(files("qualitygate.rules").joinpath("rules.schema.json").read_text())
    assert published == schema(), "run python docs/generate.py"
    assert json.loads(workshop.gate("rules", "schema").out) == schema()
