from __future__ import annotations

from datetime import date
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest

from qualitygate.model.component import Component, glob_matches, owner
from qualitygate.model.errors import RulesError
from qualitygate.model.rules import Condition, Unmeasured, Waiver
from qualitygate.model.verdict import Level, On
from qualitygate.rules.load import PRESETS, load, recommended

HEAD = "version: 1\n"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        pytest.param("rules: {}", ["1:1: `version: 1` is missing"], id="no-version"),
        pytest.param("version: 2", ["1:10: version is 1; this gate knows no other"], id="another-version"),
        pytest.param(
            "- a",
            ["1:1: `version: 1` is missing", "1:1: rules.yaml is a mapping of keys to values, not a list"],
            id="a-list",
        ),
        pytest.param(
            "version: 1\n\tx: 1",
            ["2:1: this is not YAML: found a tab character that violates indentation"],
            id="no-yaml",
        ),
        pytest.param(
            HEAD + "extend: x", ["2:1: `extend` is no key of rules.yaml; did you mean `extends`?"], id="a-misspelt-key"
        ),
        pytest.param(
            HEAD + "extends: acme:hard",
            [
                "2:10: extends names qualitygate:recommended, qualitygate:strict, qualitygate:lenient, a YAML file of this repository, gitlab:PROJECT@REF:FILE or https://…#sha256=…, not `acme:hard`"
            ],
            id="an-unknown-preset",
        ),
        pytest.param(
            HEAD + "rules:\n  coverge:\n    overall: {min: 80}",
            ["3:3: `coverge` is no key of rules: there is no such metric; did you mean `coverage`?"],
            id="a-misspelt-metric",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    new_code: {min: 80}",
            ["4:5: `new_code` is no key of coverage; did you mean `new-code`?"],
            id="a-misspelt-scope",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    overall: {minimum: 80}",
            ["4:15: `minimum` is no key of coverage/overall; did you mean `min`?"],
            id="a-misspelt-setting",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    overall: {min: 80}\n    overall: {min: 90}",
            ["5:5: `overall` stands here a second time; YAML would silently keep only one"],
            id="a-doubled-key",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    overall: {not-worse: yes}",
            ["4:26: `not-worse` of coverage/overall is true or false, not `yes`; write true or false"],
            id="norway",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    overall: {min: 080}",
            ["4:20: `min` of coverage/overall is a number, not `080`; YAML may read a leading zero as octal"],
            id="octal",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    overall: {min: 1:20}",
            ["4:20: `min` of coverage/overall is a number, not `1:20`"],
            id="sexagesimal",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    overall: {min: .nan}",
            ["4:20: `min` of coverage/overall is a number, not `.nan`"],
            id="not-a-number",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    overall: {min: 101}",
            ["4:20: `min` of coverage/overall is a percentage, at most 100"],
            id="more-than-all",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    overall: {min: -1}",
            ["4:20: `min` of coverage/overall is not negative"],
            id="less-than-none",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    new-code: {min: 80, ignore-below: 20 files}",
            ["4:39: `ignore-below` of coverage/new-code: `files` does not fit; the unit here is lines"],
            id="another-unit",
        ),
        pytest.param(
            HEAD + "rules:\n  coverage:\n    new-code: {min: 80, tolerance: 1}",
            ["4:25: `tolerance` belongs to overall; new-code has min and max"],
            id="a-setting-of-another-scope",
        ),
        pytest.param(
            HEAD + "rules:\n  complexity:\n    function: {max: 10, level: error}",
            ["4:32: `level` of complexity/function is one of fail, warn, not `error`"],
            id="an-unknown-level",
        ),
        pytest.param(
            HEAD + "rules: &a\n  coverage: {overall: {<<: *a}}",
            ["3:23: anchors and aliases unfold to more than a person writes; write the values out"],
            id="an-anchor-into-itself",
        ),
        pytest.param(
            HEAD
            + "x0: &x0 [1, 1]\n"
            + "".join(f"x{n + 1}: &x{n + 1} [{', '.join([f'*x{n}'] * 9)}]\n" for n in range(9)),
            ["anchors and aliases unfold to more than a person writes; write the values out"],
            id="anchors-that-explode",
        ),
        pytest.param(
            HEAD + "components: {no: back/**}",
            ["2:14: YAML reads no as true or false; write it in quotes: 'no'"],
            id="a-component-called-no",
        ),
        pytest.param(
            HEAD + "components: {back: /back/**}",
            ["2:20: paths start at the top of the repository: `/back/**` leads out of it"],
            id="a-path-from-the-root",
        ),
        pytest.param(
            HEAD + "components: {back: back/**}\noverrides:\n  - components: [bakc]\n    rules: {}",
            ["4:17: there is no component `bakc`; declared are back"],
            id="an-override-of-nothing",
        ),
        pytest.param(
            HEAD + "waivers:\n  - {rule: complexity/function}",
            ["3:5: a waiver needs `reason`", "3:5: a waiver needs `until`"],
            id="a-waiver-without-end",
        ),
        pytest.param(
            HEAD + "waivers:\n  - {rule: a/b, reason: x, until: 2027-02-30}",
            [
                "3:12: `a/b` names no rule; write it as complexity/function",
                "3:35: `until` is a day such as 2027-03-31, not `2027-02-30`",
            ],
            id="a-waiver-until-no-day",
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_column(text: str, faults: list[str]) -> None:
    with pytest.raises(RulesError) as error:
        load(text, "rules.yaml")
    assert error.value.exit_code == 2
    told = [fault.removeprefix("rules.yaml:").partition(" (`")[0] for fault in error.value.faults]
    if len(faults) == 1 and not faults[0][0].isdigit():
        assert [fault.partition(": ")[2] for fault in told] == faults
    else:
        assert told == faults


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = "version: 1\nruls: {}\ncomponents: {a: ../x}\nrules:\n  coverage: {overall: {min: x}}\nwaivers: {}\n"
    with pytest.raises(RulesError) as error:
        load(text, "rules.yaml")
    assert [fault.split(":")[1] for fault in error.value.faults] == ["2", "3", "5", "6"]
    assert error.value.what.startswith("4 faults")


FULL = """
version: 1
extends: qualitygate:strict
components:
  back: back/**
  front: [front/**, shared/ui/**]
rules:
  coverage:
    overall:  { not-worse: true, tolerance: 0.1 %, required: true }
    new-code: { min: 80 %, ignore-below: 20 lines, unmeasured: warn, level: warn }
  ncloc:
    file: { max: 300 lines }
overrides:
  - components: [front]
    rules: { coverage: { new-code: { min: 60.5 } } }
waivers:
  - rule: complexity/function
    paths: [back/legacy/**]
    components: back
    until: 2027-03-31
    reason: rewritten in 2.4
"""


def test_everything_the_rules_can_say_is_read_exactly() -> None:
    rules = load(FULL, "rules.yaml")
    assert rules.components == (Component("back", ("back/**",)), Component("front", ("front/**", "shared/ui/**")))
    back = {condition.rule: condition for condition in rules.conditions["back"]}
    front = {condition.rule: condition for condition in rules.conditions["front"]}
    assert back["coverage/overall"] == Condition(
        "coverage", On.OVERALL, not_worse=True, tolerance=Fraction(1, 10), required=True
    )
    assert back["coverage/new-code"] == Condition(
        "coverage", On.NEW_CODE, Level.WARN, minimum=Fraction(80), ignore_below=20, unmeasured=Unmeasured.WARN
    )
    assert front["coverage/new-code"].minimum == Fraction(121, 2)
    assert front["coverage/new-code"].ignore_below == 20
    assert back["ncloc/file"].maximum == 300
    assert back["parameters/function"].maximum == 7, "from the preset"
    assert rules.waivers == (
        Waiver("complexity/function", date(2027, 3, 31), "rewritten in 2.4", ("back/legacy/**",), ("back",)),
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_valid_and_judges(preset: str) -> None:
    rules = load(f"version: 1\nextends: qualitygate:{preset}\n", "rules.yaml")
    assert {condition.rule for condition in rules.conditions["module"]} >= {"coverage/overall", "coverage/new-code"}
    assert files("qualitygate.rules.presets").joinpath(f"{preset}.yaml").is_file()


def test_no_text_is_the_recommended_preset() -> None:
    assert load("# nothing yet\n", "rules.yaml") == recommended()


DESIGN = """
version: 1
extends: qualitygate:recommended
components:
  back:    back/**
  front:   front/**
  storage: storage/**
rules:
  coverage:
    overall:  { not-worse: true, tolerance: 0.1 }
    new-code: { min: 80, ignore-below: 20 lines }
  complexity:
    function: { max: 10 }
  findings:
    new-code: { max: 0, where: { severity: [blocker, critical] } }
  sonarqube.bugs:
    overall:  { not-worse: true }
overrides:
  - components: [front]
    rules: { coverage: { new-code: { min: 60 } } }
waivers:
  - rule: complexity/function
    paths: [back/legacy/**]
    until: 2027-03-31
    reason: rewritten in 2.4
"""


def test_the_example_of_the_design_is_valid() -> None:
    rules = load(DESIGN, "rules.yaml")
    assert {condition.rule for condition in rules.conditions["back"]} >= {"findings/new-code", "sonarqube.bugs/overall"}


def test_the_projects_own_rules_are_valid() -> None:
    text = (Path(__file__).resolve().parents[2] / "rules.yaml").read_text()
    assert load(text, "rules.yaml").conditions


def test_an_override_can_switch_a_bound_to_not_worse_off() -> None:
    text = (
        HEAD + "rules: {coverage: {overall: {not-worse: true}}}\n"
        "overrides: [{components: [module], rules: {coverage: {overall: {not-worse: false, min: 50}}}}]\n"
    )
    (condition,) = load(text, "rules.yaml").conditions["module"]
    assert not condition.not_worse
    assert condition.minimum == 50


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("back/**", "back/a/b.py", True),
        ("back/**", "back", False),
        ("back/**", "backend/a.py", False),
        ("**", "a", True),
        ("**/*.py", "a.py", True),
        ("**/*.py", "a/b/c.py", True),
        ("*.py", "a/b.py", False),
        ("a/?.py", "a/b.py", True),
        ("a/?.py", "a//.py", False),
        ("a/**/z.py", "a/z.py", True),
        ("a/**/z.py", "a/b/c/z.py", True),
        ("a.py", "axpy", False),
    ],
)
def test_globs(pattern: str, path: str, matches: bool) -> None:
    assert glob_matches(pattern, path) is matches


def test_a_path_belongs_to_the_first_component_that_holds_it() -> None:
    components = (Component("ui", ("front/ui/**",)), Component("front", ("front/**",)))
    assert owner(components, "front/ui/a.ts") == "ui"
    assert owner(components, "front/a.ts") == "front"
    assert owner(components, "README.md") is None
    assert components[0].folders == ("front/ui",)
    assert Component("x").folders == ("",)


@pytest.mark.parametrize(
    ("declared", "faults"),
    [
        pytest.param("size: {pointer: /a, direction: lower}", ["3:9: the metric size needs `file`"], id="no-file"),
        pytest.param("size: {file: a, pointer: /a}", ["3:9: the metric size needs `direction`"], id="no-direction"),
        pytest.param(
            "size: {file: a, direction: lower}",
            ["3:9: the metric size needs one of `pointer`, `sample` and `variable`"],
            id="no-selector",
        ),
        pytest.param(
            "size: {file: a, pointer: /a, variable: A, direction: lower}",
            ["3:9: the metric size needs one of `pointer`, `sample` and `variable`"],
            id="two-selectors",
        ),
        pytest.param(
            "coverage: {file: a, pointer: /a, direction: lower}",
            ["3:3: there is a metric `coverage` already; choose another name"],
            id="a-name-that-is-taken",
        ),
        pytest.param(
            "Size: {file: a, pointer: /a, direction: lower}",
            ["3:3: the name of a metric is lower-case letters, digits and `_`, not `Size`"],
            id="a-name-in-capitals",
        ),
        pytest.param(
            "size: {file: ../a, pointer: /a, direction: lower}",
            ["3:16: files start at the top of the repository: `../a` leads out of it"],
            id="a-file-outside",
        ),
        pytest.param(
            "size: {file: a, pointer: a/b, direction: lower}",
            ["3:28: a JSON pointer starts with `/`, as in /total/lines/pct, not `a/b`"],
            id="a-pointer-without-slash",
        ),
        pytest.param(
            "size: {file: a, pointer: /a, direction: lower, unit: much too long a unit}",
            ["3:56: a unit is a short word such as kB, ms or %, not `much too long a unit`"],
            id="a-unit-that-is-a-sentence",
        ),
        pytest.param(
            "size: {file: a, pointr: /a, pointer: /a, direction: lower}",
            ["3:19: `pointr` is no key of metrics: size; did you mean `pointer`?"],
            id="a-misspelt-key",
        ),
    ],
)
def test_faults_of_custom_metrics_are_told_at_their_place(declared: str, faults: list[str]) -> None:
    with pytest.raises(RulesError) as error:
        load(f"version: 1\nmetrics:\n  {declared}\n", "rules.yaml")
    assert [str(fault).removeprefix("rules.yaml:") for fault in error.value.faults] == faults


def test_a_custom_metric_is_a_figure_of_the_component_its_file_lies_in() -> None:
    rules = load(
        """version: 1
components: {back: back/**, front: front/**}
metrics:
  bundle: {file: front/stats.json, pointer: /size, unit: kB, direction: lower}
  latency: {file: perf.txt, sample: p95, unit: ms, direction: lower, components: [back]}
  images: {file: build.env, variable: SIZE, direction: higher}
rules:
  bundle: {overall: {max: 100 kB}}
  latency: {overall: {not-worse: true}}
  images: {overall: {min: 1}}
waivers:
  - {rule: bundle/overall, until: 2027-01-01, reason: x}
""",
        "rules.yaml",
    )
    assert [each.metric for each in rules.conditions["back"]] == ["images", "latency"]
    assert [each.metric for each in rules.conditions["front"]] == ["bundle", "images"]
    assert rules.conditions["front"][0].maximum == 100


def test_a_fault_in_a_setting_says_what_its_key_means() -> None:
    with pytest.raises(RulesError) as error:
        load("version: 1\nrules:\n  coverage:\n    overall: {tolerance: much}\n", "rules.yaml")
    assert error.value.faults[0].endswith(
        "(`tolerance`: how much worse than the base it may be, in the metric's unit (percentage points for shares))"
    )


ORGANISATION = """rules:
  coverage:
    new-code: {min: 80, ignore-below: 20, unmeasured: warn, locked: true}
  complexity:
    function: {max: 10, locked: true}
  findings:
    new-code: {max: 0, where: {severity: [blocker, critical]}, locked: true}
  failed_tests:
    overall: {not-worse: true, tolerance: 1, required: true, locked: true}
"""


@pytest.mark.parametrize(
    ("below", "fault"),
    [
        pytest.param("rules: {coverage: {new-code: {min: 90}}}", "", id="a-higher-minimum-is-tighter"),
        pytest.param(
            "rules: {coverage: {new-code: {min: 79}}}", "`min` loosens coverage/new-code", id="a-lower-minimum"
        ),
        pytest.param(
            "rules: {coverage: {new-code: {ignore-below: 21}}}", "`ignore-below` loosens", id="exempting-more"
        ),
        pytest.param("rules: {coverage: {new-code: {unmeasured: uncovered}}}", "", id="counting-more-is-tighter"),
        pytest.param("rules: {coverage: {new-code: {unmeasured: ignore}}}", "`unmeasured` loosens", id="counting-less"),
        pytest.param(
            "rules: {complexity: {function: {max: 11}}}", "`max` loosens complexity/function", id="a-higher-maximum"
        ),
        pytest.param("rules: {complexity: {function: {max: 9}}}", "", id="a-lower-maximum-is-tighter"),
        pytest.param("rules: {complexity: {function: {level: warn}}}", "`level` loosens", id="only-warning"),
        pytest.param("rules: {complexity: {function: {locked: false}}}", "`locked` loosens", id="unlocking"),
        pytest.param("rules: {failed_tests: {overall: {not-worse: false}}}", "`not-worse` loosens", id="switching-off"),
        pytest.param("rules: {failed_tests: {overall: {tolerance: 2}}}", "`tolerance` loosens", id="more-tolerance"),
        pytest.param("rules: {failed_tests: {overall: {tolerance: 0}}}", "", id="no-tolerance-is-tighter"),
        pytest.param("rules: {failed_tests: {overall: {required: false}}}", "`required` loosens", id="not-required"),
        pytest.param(
            "rules: {findings: {new-code: {where: {severity: blocker}}}}",
            "`where` loosens",
            id="counting-fewer-findings",
        ),
        pytest.param(
            "components: {back: back/**}\noverrides: [{components: back, rules: {complexity: {function: {max: 20}}}}]",
            "`max` loosens complexity/function",
            id="by-an-override",
        ),
        pytest.param(
            "waivers: [{rule: complexity, until: 2027-01-01, reason: x}]",
            "a waiver loosens complexity/function",
            id="by-a-waiver",
        ),
        pytest.param(
            "waivers: [{rule: crap/function, until: 2027-01-01, reason: x}]", "", id="a-waiver-of-an-unlocked-rule"
        ),
    ],
)
def test_a_locked_rule_may_only_be_tightened(below: str, fault: str) -> None:
    text = f"version: 1\nextends: org.yaml\n{below}\n"
    if not fault:
        assert load(text, "rules.yaml", {"org.yaml": ORGANISATION}.get).conditions
        return
    with pytest.raises(RulesError) as error:
        load(text, "rules.yaml", {"org.yaml": ORGANISATION}.get)
    (told,) = error.value.faults
    assert fault in told
    assert told.startswith("rules.yaml:")
    assert "which org.yaml:" in told


def test_the_order_of_extends_loosens_nothing_that_is_locked() -> None:
    lax = "rules: {complexity: {function: {max: 50}}}\n"
    files = {"org.yaml": ORGANISATION, "lax.yaml": lax}
    with pytest.raises(RulesError) as error:
        load("version: 1\nextends: [org.yaml, lax.yaml]\n", "rules.yaml", files.get)
    assert error.value.faults == ("lax.yaml:1:22: `max` loosens complexity/function, which org.yaml:5:5 locks",)
    assert (
        load("version: 1\nextends: [lax.yaml, org.yaml]\n", "rules.yaml", files.get).conditions["module"][0].maximum
        == 10
    )


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        pytest.param({}, "extends names `org.yaml`, which is not there", id="a-file-that-is-not-there"),
        pytest.param({"org.yaml": "extends: org.yaml"}, "extends leads back to `org.yaml`", id="a-circle"),
        pytest.param(
            {"org.yaml": "waivers: []"},
            "a file that others extend holds `rules` and `extends` alone",
            id="waivers-from-elsewhere",
        ),
        pytest.param({"org.yaml": "rules: {coverge: {}}"}, "did you mean `coverage`", id="a-fault-of-the-other-file"),
    ],
)
def test_faults_of_extended_files_are_told_by_their_own_name(files: dict[str, str], fault: str) -> None:
    with pytest.raises(RulesError) as error:
        load("version: 1\nextends: org.yaml\n", "rules.yaml", files.get)
    assert fault in error.value.faults[0]


def test_rules_of_an_organisation_come_first_and_say_where_they_stand() -> None:
    files = {"org.yaml": "extends: qualitygate:lenient\nrules: {complexity: {function: {max: 12}}}\n"}
    rules = load("version: 1\nextends: org.yaml\nrules: {complexity: {function: {max: 8}}}\n", "rules.yaml", files.get)
    complexity = next(each for each in rules.conditions["module"] if each.metric == "complexity")
    assert complexity.maximum == 8
    assert complexity.place.startswith("rules.yaml:3:22, over org.yaml:2:22, over qualitygate:lenient:")


def test_a_waiver_names_owner_link_functions_and_findings() -> None:
    text = """version: 1
waivers:
  - rule: findings/new-code
    findings: [S101]
    functions: "Parser.*"
    until: 2027-01-01
    reason: old parser
    owner: ana
    link: https://example.org/1
"""
    (waiver,) = load(text, "rules.yaml").waivers
    assert (waiver.findings, waiver.functions, waiver.owner) == (("S101",), ("Parser.*",), "ana")
    assert waiver.told == "old parser (until 2027-01-01, ana, https://example.org/1)"
