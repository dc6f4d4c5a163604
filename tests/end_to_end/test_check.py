"""The command line in real git repositories, each run in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from qualitygate.model.coverage import FileCoverage
from tests.workshop import IDENTITY, Workshop, cobertura, junit, run_gate

if TYPE_CHECKING:
    from pathlib import Path

APP = "def one(a):\n    if a:\n        return 1\n    return 2\n"
RULES = """version: 1
rules:
  coverage:
    overall: {not-worse: true}
    new-code: {min: 80}
  complexity:
    function: {max: 3}
  failed_tests:
    overall: {not-worse: true}
"""
ALL = {1: 1, 2: 1, 3: 1, 4: 1}


@pytest.fixture
def module(workshop: Workshop) -> Workshop:
    """A module on main with rules, one source file, and a saved baseline in which every line runs."""
    workshop.commit({"rules.yaml": RULES, "src/app.py": APP, ".gitignore": "coverage.xml\njunit.xml\n"})
    report(workshop, {"src/app.py": ALL})
    saved = workshop.gate("baseline", "save")
    assert saved.code == 0, saved.err
    workshop.git("checkout", "-q", "-b", "feature")
    return workshop


def report(workshop: Workshop, files: dict[str, dict[int, int]], **tests: int) -> None:
    workshop.write({"coverage.xml": cobertura(files), "junit.xml": junit(**(tests or {"passed": 2}))})


def test_nothing_changes_and_nothing_is_worse(module: Workshop) -> None:
    module.commit({"README.md": "hello\n"})
    ran = module.check()
    assert ran.code == 0
    assert ran.verdict()["verdict"] == "pass"
    assert ran.condition("coverage/overall")["status"] == "pass"
    assert ran.condition("coverage/new-code")["unknown"] == "nothing-to-measure"


def test_uncovered_new_code_fails_before_it_is_even_committed(module: Workshop) -> None:
    module.write({"src/app.py": APP + "def two():\n    return 3\n"})
    report(module, {"src/app.py": {**ALL, 5: 1, 6: 0}})
    ran = module.check()
    assert ran.code == 1
    new = ran.condition("coverage/new-code")
    assert (new["status"], new["value"], new["threshold"]) == ("fail", 50, 80)
    assert new["evidence"] == [
        {"path": "src/app.py", "line": 6, "end_line": 6, "kind": "uncovered", "message": "not covered"}
    ]
    overall = ran.condition("coverage/overall")
    assert overall["status"] == "fail"
    assert overall["baseline"] == 100
    console = module.gate("check")
    assert "src/app.py:6" in console.out
    assert "| return 3" in console.out
    assert "cover 1 more" in console.out
    assert "\x1b" not in console.out


def test_a_new_file_that_the_report_does_not_speak_of_fails(module: Workshop) -> None:
    module.commit({"src/fresh.py": "x = 1\ny = 2\n", "tests/test_app.py": "def test(): pass\n"})
    ran = module.check()
    assert ran.code == 1
    new = ran.condition("coverage/new-code")
    assert new["value"] == 0
    assert [place["path"] for place in new["evidence"]] == ["src/fresh.py"]  # type: ignore[attr-defined]


def test_a_report_that_knows_none_of_the_new_statements_is_doubted(module: Workshop) -> None:
    module.commit({"src/app.py": APP + "def two():\n    return 3\n"})
    new = module.check().condition("coverage/new-code")
    assert (new["status"], new["unknown"]) == ("unknown", "nothing-to-measure")
    assert "know none of the 2 new statements in src/app.py" in str(new["explanation"])
    assert [(each["path"], each["line"]) for each in new["evidence"]] == [("src/app.py", 5)]  # type: ignore[attr-defined]


def test_deleting_covered_code_passes(module: Workshop) -> None:
    module.commit({"src/app.py": "def one(a):\n    return 2\n"})
    report(module, {"src/app.py": {1: 1, 2: 1}})
    assert module.check().code == 0


def test_a_rename_passes_and_has_no_new_code(module: Workshop) -> None:
    module.git("mv", "src/app.py", "src/renamed.py")
    module.commit()
    report(module, {"src/renamed.py": ALL})
    ran = module.check()
    assert ran.code == 0
    assert ran.condition("coverage/new-code")["value"] is None
    assert ran.condition("coverage/overall")["status"] == "pass"


def test_a_report_older_than_its_sources_is_stale_on_a_laptop_and_not_in_a_pipeline(module: Workshop) -> None:
    module.commit({"src/app.py": APP.replace("return 2", "return 22")})
    long_ago = time.time() - 600
    os.utime(module.root / "coverage.xml", (long_ago, long_ago))
    ran = module.check()
    assert ran.code == 3
    assert "older than src/app.py" in ran.err
    assert ran.condition("coverage/overall")["unknown"] == "report-unreadable"
    assert module.gate("check", CI="true").code == 0
    os.utime(module.root / "src/app.py", (long_ago, long_ago))
    assert module.check().code == 0


def test_findings_older_than_the_source_they_stand_in_are_stale_too(workshop: Workshop) -> None:
    workshop.commit({"rules.yaml": FINDING_RULES, "src/app.py": APP, ".gitignore": "*.json\n"})
    workshop.write({"gl-code-quality-report.json": code_quality(("src/app.py", 2, "major"))})
    os.utime(workshop.root / "gl-code-quality-report.json", (1, 1))
    ran = workshop.check()
    assert ran.code == 3
    assert "gl-code-quality-report.json: it is older than src/app.py, which it speaks of" in ran.err


def test_reading_a_large_report_is_told(module: Workshop) -> None:
    module.commit({"README.md": "hello\n"})
    large = cobertura({"src/app.py": ALL}).replace("<packages>", f"<!-- {'x' * (9 << 20)} --><packages>")
    module.write({"coverage.xml": large})
    ran = module.check()
    assert ran.code == 0
    assert "reading coverage.xml (9 MB)" in ran.err


def test_a_report_that_vanished_fails(module: Workshop) -> None:
    module.commit({"README.md": "hello\n"})
    module.write({"coverage.xml": None})
    ran = module.check()
    assert ran.code == 1
    assert ran.condition("coverage/overall")["unknown"] == "report-missing"


def test_a_function_that_got_too_complex_fails_by_its_name(module: Workshop) -> None:
    module.commit({"src/app.py": APP.replace("    if a:", "    if a and 1 or 2 and 3:")})
    ran = module.check()
    assert ran.code == 1
    condition = ran.condition("complexity/function")
    assert (condition["status"], condition["value"], condition["baseline"]) == ("fail", 5, 2)
    assert "`one` has complexity 5 (2 before)" in str(condition["evidence"])


def test_one_more_failing_test_fails_by_its_name(module: Workshop) -> None:
    module.commit({"README.md": "hello\n"})
    report(module, {"src/app.py": ALL}, passed=1, failed=1)
    ran = module.check()
    assert ran.code == 1
    assert "boom 0" in str(ran.condition("failed_tests/overall")["evidence"])


def test_rules_loosened_in_the_same_change_do_not_count(module: Workshop) -> None:
    module.commit({"rules.yaml": RULES.replace("min: 80", "min: 0"), "src/app.py": APP + "z = 1\n"})
    report(module, {"src/app.py": {**ALL, 5: 0}})
    ran = module.check()
    assert ran.code == 1
    assert ran.condition("coverage/new-code")["threshold"] == 80
    proposed = ran.verdict()["proposed"]
    assert isinstance(proposed, dict)
    assert {each["id"]: each["status"] for each in proposed["conditions"]}["module:coverage/new-code"] == "pass"
    assert "edits rules.yaml" in str(ran.verdict()["notes"])


def test_rules_that_the_change_deletes_still_judge(module: Workshop) -> None:
    module.commit({"rules.yaml": None, "src/app.py": APP + "z = 1\n"})
    report(module, {"src/app.py": {**ALL, 5: 0}})
    ran = module.check()
    assert ran.code == 1
    assert "deletes rules.yaml" in str(ran.verdict()["notes"])


def test_a_figure_of_a_server_that_was_not_asked_is_unknown(workshop: Workshop) -> None:
    rules = "version: 1\nrules: {sonarqube.bugs: {overall: {not-worse: true, required: REQUIRED}}}\n"
    for required, code in (("false", 0), ("true", 3)):
        workshop.commit({"rules.yaml": rules.replace("REQUIRED", required)})
        workshop.commit({"README.md": required})
        ran = workshop.check()
        assert ran.condition("sonarqube.bugs/overall")["unknown"] == "only-in-pipeline"
        assert ran.code == code


def test_rules_on_adoption_are_the_heads_and_that_is_said(workshop: Workshop) -> None:
    workshop.commit({"a.py": "x = 1\n"})
    workshop.commit({"rules.yaml": RULES})
    ran = workshop.check()
    assert ran.code == 0
    assert "no rules.yaml yet" in str(ran.verdict()["notes"])


def test_a_first_commit_is_judged_without_a_base(workshop: Workshop) -> None:
    workshop.commit({"rules.yaml": RULES, "src/app.py": APP})
    report(workshop, {"src/app.py": {**ALL, 3: 0, 4: 0}})
    ran = workshop.check()
    assert ran.code == 1
    assert ran.verdict()["base"] == {"commit": None, "kind": "none", "distance": 0, "measured": None}
    assert ran.condition("coverage/overall")["unknown"] == "no-baseline"
    assert ran.condition("coverage/new-code")["value"] == 50


def test_an_ancestor_speaks_for_a_base_that_was_not_measured(module: Workshop) -> None:
    module.git("checkout", "-q", "main")
    others = APP + "".join(f"other_{n} = {n}\n" for n in range(6))
    base = module.commit({"src/app.py": others}, "others, unmeasured")
    module.git("checkout", "-q", "-b", "later")
    module.commit({"README.md": "hello\n"})
    report(module, {"src/app.py": {**ALL, **dict.fromkeys(range(5, 11), 0)}})
    ran = module.check("--base", "main")
    found = ran.verdict()["base"]
    assert isinstance(found, dict)
    assert (found["commit"], found["kind"], found["distance"]) == (base, "ancestor", 1)
    assert ran.condition("coverage/overall")["status"] == "pass", "what others left uncovered is not this change's"
    module.write({"src/app.py": others.replace("return 2", "return 22")})
    report(module, {"src/app.py": {**ALL, 4: 0, **dict.fromkeys(range(5, 11), 0)}})
    assert module.check("--base", "main").condition("coverage/overall")["status"] == "fail"


def test_a_baseline_is_built_from_the_base_itself(workshop: Workshop) -> None:
    workshop.commit({"rules.yaml": RULES, "src/app.py": APP, ".gitignore": "coverage.xml\n"})
    workshop.git("checkout", "-q", "-b", "feature")
    workshop.commit({"src/app.py": APP + "def two(): pass\n"})
    content = cobertura({"src/app.py": ALL})
    built = workshop.gate(
        "baseline", "build", "--", sys.executable, "-c", f"open('coverage.xml', 'w').write({content!r})"
    )
    assert built.code == 0, built.err
    assert "coverage 100 % of 1 files" in built.out
    assert len(workshop.git("worktree", "list").splitlines()) == 1
    report(workshop, {"src/app.py": {**ALL, 5: 0}})
    ran = workshop.check()
    assert ran.condition("coverage/overall")["status"] == "fail"
    base = workshop.git("rev-parse", "main")
    assert workshop.gate("baseline", "list").out.split()[0] == base
    assert "coverage.xml (cobertura), 1 matched" in workshop.gate("baseline", "show", "main").out


COMPONENTS = RULES + "components:\n  back: back/**\n  front: front/**\n"


def test_components_are_judged_each_for_itself(workshop: Workshop) -> None:
    workshop.commit({"rules.yaml": COMPONENTS, "back/app.py": APP, "front/app.py": APP, ".gitignore": "*.xml\n"})
    workshop.write(
        {"back/coverage.xml": cobertura({"back/app.py": ALL}), "front/coverage.xml": cobertura({"front/app.py": ALL})}
    )
    assert workshop.gate("baseline", "save").code == 0
    workshop.git("checkout", "-q", "-b", "feature")
    workshop.commit({"back/app.py": APP + "z = 1\n", "docs/x.py": "x = 1\n"})
    workshop.write({"back/coverage.xml": cobertura({"back/app.py": {**ALL, 5: 0}})})
    ran = workshop.check()
    assert ran.code == 1
    assert ran.condition("back:coverage/new-code")["status"] == "fail"
    assert ran.condition("front:coverage/overall")["status"] == "pass"
    assert "no component holds docs/x.py" in str(ran.verdict()["notes"])
    only = workshop.check("--component", "front")
    assert only.code == 0
    assert all(each["component"] == "front" for each in only.verdict()["conditions"])  # type: ignore[attr-defined]


def test_the_same_input_gives_the_same_bytes(module: Workshop, tmp_path: Path) -> None:
    module.commit({"src/app.py": APP + "z = 1\n"})
    report(module, {"src/app.py": {**ALL, 5: 0}})
    outputs = [
        word for name in ("json", "console", "markdown") for word in ("--output", f"{name}={tmp_path}/one.{name}")
    ]
    assert module.gate("check", *outputs).code == 1
    elsewhere = tmp_path / "elsewhere"
    subprocess.run(["cp", "-a", str(module.root), str(elsewhere)], check=True)
    again = [word.replace("one.", "two.") for word in outputs]
    assert run_gate(elsewhere, "check", *again, TZ="Asia/Tokyo", LANG="de_DE.UTF-8").code == 1
    for name in ("json", "console", "markdown"):
        assert (tmp_path / f"one.{name}").read_bytes() == (tmp_path / f"two.{name}").read_bytes()
    report_run = module.gate("report", f"{tmp_path}/one.json", "--format", "markdown")
    assert report_run.code == 0
    assert report_run.out.encode() == (tmp_path / "one.markdown").read_bytes()


def test_unchanged_contents_are_never_measured_twice(module: Workshop) -> None:
    module.commit({"src/app.py": APP + "z = 1\n"})
    module.check()
    store = sqlite3.connect(module.root / ".git" / "qualitygate" / "store.sqlite3")
    first = store.execute("select blob from source order by blob").fetchall()
    assert len(first) == 2
    store.execute("update source set data = (select data from source order by blob limit 1)")
    store.commit()
    module.check()
    assert len(store.execute("select distinct data from source").fetchall()) == 1, "they were recalled, not measured"
    store.close()


def test_collect_shows_and_writes_what_the_reports_say(module: Workshop, tmp_path: Path) -> None:
    ran = module.gate("collect", "-v", str(tmp_path / "facts.qgs"))
    assert ran.code == 0
    assert "coverage: 100 % (4 of 4) of 1 files" in ran.out
    assert "tests: 2 (0 failed, 0 skipped, 0 flaky)" in ran.out
    assert "report: coverage.xml (cobertura), 1 matched" in ran.out
    from qualitygate.snapshot.codec import decode  # noqa: PLC0415 - the one test of the file

    snapshot = decode((tmp_path / "facts.qgs").read_bytes(), "facts")
    facts = snapshot.components["module"]
    assert facts.coverage == {"src/app.py": FileCoverage.of(ALL)}
    assert list(facts.sources) == ["src/app.py"]


def test_a_pipeline_judges_the_commit_and_not_what_jobs_left(module: Workshop) -> None:
    head = module.commit({"README.md": "hello\n"})
    module.write({"src/app.py": APP + "junk = 1\n"})
    ran = module.gate("check", "--format", "json", GITLAB_CI="true")
    assert ran.verdict()["head"] == {"commit": head}


BROKEN = cobertura({"src/app.py": ALL})[:-40]
BAD: dict[str, tuple[dict[str, str | bytes | None], tuple[str, ...], int, str]] = {
    "a-truncated-report": ({"coverage.xml": BROKEN}, ("check",), 3, "coverage.xml:1: the report stops"),
    "an-unreadable-report": ({"coverage.xml": "hello"}, ("check",), 3, "coverage.xml: no supported format"),
    "an-empty-report": ({"coverage.xml": ""}, ("check",), 3, "coverage.xml: the report is empty"),
    "a-report-of-another-project": (
        {"coverage.xml": cobertura({"lib/other.py": {1: 1}})},
        ("check",),
        3,
        "none of the 1 files it speaks of is tracked",
    ),
    "a-junit-report-as-coverage": (
        {"coverage.xml": junit(passed=1)},
        ("check",),
        3,
        "has the name of a coverage report",
    ),
    "a-report-that-is-not-there": ({}, ("check", "--report", "nowhere.xml"), 2, "no file has that name"),
    "a-report-that-is-a-folder": ({"dir/x": ""}, ("check", "--report", "dir"), 3, "not a regular file"),
    "rules-with-faults": (
        {"r.yaml": "version: 1\nruls: 1\nrules: {coverage: {overall: {min: x}}}\n"},
        ("check", "--rules", "r.yaml"),
        2,
        "r.yaml:2:1: `ruls` is no key of rules.yaml; did you mean `rules`?\n  r.yaml:3:35: `min` of coverage/overall",
    ),
    "rules-to-validate-with-faults": (
        {"r.yaml": "version: 2\n"},
        ("rules", "validate", "r.yaml"),
        2,
        "r.yaml:1:10: version",
    ),
    "rules-that-are-not-there": ({}, ("check", "--rules", "nope.yaml"), 2, "neither a file nor REF:FILE"),
    "rules-to-validate-that-are-not-there": ({}, ("rules", "validate", "nope.yaml"), 2, "no such file"),
    "an-unknown-component": ({}, ("check", "--component", "bakc"), 2, "declares no such component"),
    "a-base-that-does-not-exist": ({}, ("check", "--base", "nowhere"), 2, "no commit of this repository has that name"),
    "an-unknown-format": ({}, ("check", "--format", "jason"), 2, "there is no output of this name"),
    "an-output-without-path": ({}, ("check", "--output", "json"), 2, "an output is FORMAT=PATH"),
    "an-unknown-option": ({}, ("check", "--bse", "x"), 2, "No such option"),
    "an-unknown-command": ({}, ("chekc",), 2, "No such command"),
    "an-unknown-store": ({}, ("check", "--store", "ftp://x"), 2, "no store has addresses of this kind"),
    "no-baseline-to-show": ({}, ("baseline", "show", "HEAD~1"), 3, "no baseline is kept"),
    "nothing-to-save": ({"coverage.xml": None, "junit.xml": None}, ("baseline", "save"), 3, "nothing to keep"),
    "uncommitted-sources-to-save": (
        {"src/app.py": APP + "z = 1\n"},
        ("baseline", "save"),
        2,
        "differs from the commit",
    ),
    "a-command-that-is-not-there": ({}, ("baseline", "build", "--", "no-such-command"), 2, "cannot be run"),
    "a-verdict-that-is-none": ({"v.json": "{}"}, ("report", "v.json"), 2, "no saved verdict"),
    "an-output-that-cannot-be-written": ({}, ("check", "--output", "json=/dev/null/x.json"), 3, "/dev/null"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_ends_with_one_clear_message_and_its_exit_code(module: Workshop, name: str) -> None:
    files, words, code, told = BAD[name]
    module.commit({"README.md": "hello\n"})
    module.commit({"README.md": "again\n"})
    module.write(files)
    ran = module.gate(*words)
    assert ran.code == code, ran.err + ran.out
    shown = ran.err + ran.out
    assert told in shown
    assert "Traceback" not in shown
    assert not any("PASS" in line for line in ran.out.splitlines()[:1])


def test_a_locked_store_is_told(module: Workshop) -> None:
    other = sqlite3.connect(module.root / ".git" / "qualitygate" / "store.sqlite3", isolation_level=None)
    other.execute("begin exclusive")
    code = "import qualitygate.snapshot.stores.sqlite as s; s.LOCK_SECONDS = 0.2; from qualitygate.cli.main import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code, "baseline", "save"],
        cwd=module.root,
        capture_output=True,
        check=False,
        env={**os.environ, **IDENTITY},
    )
    other.execute("rollback")
    other.close()
    assert done.returncode == 3
    assert b"another process holds the store" in done.stderr
    assert b"Traceback" not in done.stderr


def test_ctrl_c_ends_with_one_line_and_nothing_half_written(workshop: Workshop) -> None:
    workshop.commit({"a.py": "x = 1\n"})
    workshop.commit({"a.py": "x = 2\n"})
    process = subprocess.Popen(
        [sys.executable, "-c", "from qualitygate.cli.main import run; run()", "baseline", "build", "--", "sleep", "30"],
        cwd=workshop.root,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **IDENTITY},
        process_group=0,
    )
    assert process.stderr is not None
    assert b"building the baseline" in process.stderr.readline()
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"interrupted; nothing was saved" in err
    assert b"Traceback" not in err
    assert len(workshop.git("worktree", "list").splitlines()) == 1
    assert workshop.gate("baseline", "list").out == ""


def test_outside_of_a_repository_is_told(tmp_path: Path) -> None:
    ran = run_gate(tmp_path, "check")
    assert ran.code == 3
    assert "not a git repository" in ran.err


def test_links_that_lead_out_of_the_repository_are_not_followed(module: Workshop, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text(cobertura({"src/app.py": {1: 1}}))
    module.commit({"README.md": "hello\n"})
    module.write({"coverage.xml": None})
    (module.root / "coverage.xml").symlink_to(secret)
    assert module.check().condition("coverage/overall")["unknown"] == "report-missing"
    os.mkfifo(module.root / "junit2.xml")
    assert module.gate("check", "--report", "junit2.xml").code == 3


def test_our_own_fault_has_its_own_exit_code(workshop: Workshop) -> None:
    workshop.commit({"a.py": "x = 1\n"})
    code = (
        "import qualitygate.gate as g\n"
        "def boom(*_): raise RuntimeError('odd')\n"
        "g.Gate.check = boom\n"
        "from qualitygate.cli.main import run; run()"
    )
    done = subprocess.run([sys.executable, "-c", code, "check"], cwd=workshop.root, capture_output=True, check=False)
    assert done.returncode == 4
    assert b"qualitygate itself failed: RuntimeError: odd" in done.stderr


def test_version_and_help(workshop: Workshop) -> None:
    assert workshop.gate("--version").out.startswith("qualitygate ")
    for words in (
        (),
        ("check",),
        ("collect",),
        ("baseline",),
        ("baseline", "save"),
        ("baseline", "build"),
        ("rules",),
        ("report",),
    ):
        ran = workshop.gate(*words, "--help")
        assert ran.code == 0
        assert ran.out.startswith("Usage:")


def test_a_verdict_in_json_follows_the_published_schema(module: Workshop) -> None:
    from importlib.resources import files  # noqa: PLC0415 - the one test of the schema

    import jsonschema  # noqa: PLC0415

    schema = json.loads(files("qualitygate.report").joinpath("verdict.schema.json").read_text())
    module.commit({"rules.yaml": RULES.replace("80", "70"), "src/app.py": APP + "z = 1\n"})
    report(module, {"src/app.py": {**ALL, 5: 0}})
    verdict = module.check().verdict()
    jsonschema.validate(verdict, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**verdict, "verdict": "green"}, schema)


def test_a_function_that_moves_to_another_file_passes_and_has_no_new_code(module: Workshop) -> None:
    body = (
        "def two(argument):\n    result = argument + 1\n    if result > 10:\n        result = 10\n    return result\n"
    )
    module.git("checkout", "-q", "main")
    module.commit({"src/app.py": APP + "\n\n" + body, "src/other.py": "x = 1\n"})
    report(module, {"src/app.py": {**ALL, 7: 1, 8: 0, 9: 0, 10: 0, 11: 0}, "src/other.py": {1: 1}})
    assert module.gate("baseline", "save").code == 0
    module.git("checkout", "-q", "-b", "moving")
    module.commit({"src/app.py": APP, "src/other.py": "x = 1\n\n\n" + body})
    report(module, {"src/app.py": ALL, "src/other.py": {1: 1, 4: 1, 5: 0, 6: 0, 7: 0, 8: 0}})
    ran = module.check("--base", "main")
    assert ran.code == 0
    assert ran.condition("coverage/new-code")["unknown"] == "nothing-to-measure"
    assert ran.condition("complexity/function")["unknown"] == "nothing-to-measure"
    assert ran.condition("coverage/overall")["status"] == "pass"


FINDING_RULES = (
    RULES
    + "  findings:\n    new-code: {max: 0, where: {severity: [major, critical, blocker]}}\n    overall: {not-worse: true}\n"
)


def code_quality(*places: tuple[str, int, str]) -> str:
    """Write a Code Quality report of (path, line, severity)."""
    return json.dumps([
        {"description": "bad", "check_name": "rule", "fingerprint": "same", "severity": severity,
         "location": {"path": path, "lines": {"begin": line}}}
        for path, line, severity in places
    ])  # fmt: skip


def test_findings_are_old_or_new_by_the_line_they_stand_on(workshop: Workshop) -> None:
    workshop.commit({"rules.yaml": FINDING_RULES, "src/app.py": APP, ".gitignore": "*.json\n"})
    workshop.write({"gl-code-quality-report.json": code_quality(("src/app.py", 2, "major"))})
    assert workshop.gate("baseline", "save").code == 0
    workshop.git("checkout", "-q", "-b", "feature")
    workshop.commit({"src/app.py": "import os\n" + APP})
    workshop.write({"gl-code-quality-report.json": code_quality(("src/app.py", 3, "major"))})
    moved = workshop.check()
    assert moved.condition("findings/new-code")["value"] == 0, "the old one moved down a line"
    assert moved.condition("findings/overall")["status"] == "pass"
    workshop.write(
        {"gl-code-quality-report.json": code_quality(("src/app.py", 3, "major"), ("src/app.py", 1, "major"))}
    )
    ran = workshop.check()
    assert ran.code == 1
    new = ran.condition("findings/new-code")
    assert (new["status"], new["value"]) == ("fail", 1)
    assert [(each["path"], each["line"]) for each in new["evidence"]] == [("src/app.py", 1)]  # type: ignore[attr-defined]
    assert ran.condition("findings/overall")["baseline"] == 1
    workshop.write({"gl-code-quality-report.json": code_quality(("src/app.py", 1, "info"))})
    assert workshop.check().condition("findings/new-code")["status"] == "pass", "the rule counts from major on"
    workshop.write({"gl-code-quality-report.json": "[]"})
    assert workshop.check().condition("findings/overall")["value"] == 0
    workshop.write({"gl-code-quality-report.json": None})
    assert workshop.check().condition("findings/overall")["unknown"] == "report-missing"
    assert workshop.check().code == 1


CUSTOM_RULES = (
    RULES
    + """  bundle_size: {overall: {not-worse: true, tolerance: 10 kB, max: 500}}
metrics:
  bundle_size: {file: dist/stats.json, pointer: /assets/0/size, unit: kB, direction: lower, why: slow first page}
"""
)


def test_a_custom_metric_is_compared_with_the_base(workshop: Workshop) -> None:
    workshop.commit({"rules.yaml": CUSTOM_RULES, "src/app.py": APP, ".gitignore": "dist\n"})
    workshop.write({"dist/stats.json": '{"assets": [{"size": 400.5}]}'})
    assert workshop.gate("baseline", "save").code == 0
    workshop.git("checkout", "-q", "-b", "feature")
    workshop.commit({"src/app.py": APP + "x = 1\n"})
    workshop.write({"dist/stats.json": '{"assets": [{"size": 410.5}]}'})
    assert "  bundle_size: 410.5" in workshop.gate("collect", "-v").out.splitlines()
    tolerated = workshop.check().condition("bundle_size/overall")
    assert (tolerated["status"], tolerated["value"], tolerated["baseline"]) == ("pass", 410.5, 400.5)
    workshop.write({"dist/stats.json": '{"assets": [{"size": 410.6}]}'})
    ran = workshop.check()
    assert ran.code == 1
    worse = ran.condition("bundle_size/overall")
    assert worse["status"] == "fail"
    assert worse["evidence"][0]["path"] == "dist/stats.json"  # type: ignore[index]
    workshop.write({"dist/stats.json": '{"assets": []}'})
    damaged = workshop.check()
    assert damaged.condition("bundle_size/overall")["unknown"] == "report-unreadable"
    assert damaged.code == 3
    assert "nothing stands at /assets/0/size" in damaged.err
    workshop.write({"dist/stats.json": None})
    missing = workshop.check()
    assert missing.code == 1
    assert missing.condition("bundle_size/overall")["unknown"] == "report-missing"


def test_a_report_that_speaks_of_lines_beyond_the_end_of_a_file_is_stale(module: Workshop) -> None:
    module.commit({"src/app.py": APP + "x = 1\n"})
    report(module, {"src/app.py": ALL | {60: 1}})
    ran = module.check()
    assert ran.code == 3
    assert "it speaks of line 60 of src/app.py, which has 5 lines" in ran.err


def test_new_code_that_is_a_copy_fails_by_its_lines(workshop: Workshop) -> None:
    rules = RULES + "  duplicated_lines_density: {overall: {not-worse: true}, new-code: {max: 3}}\n"
    cpd = "<pmd-cpd>{}</pmd-cpd>"
    workshop.commit({"rules.yaml": rules, "src/app.py": APP, ".gitignore": "cpd.xml\n"})
    workshop.write({"cpd.xml": cpd.format("")})
    assert workshop.gate("baseline", "save").code == 0
    workshop.git("checkout", "-q", "-b", "feature")
    workshop.commit({"src/copy.py": APP.replace("one", "two")})
    places = "".join(f'<file path="/builds/x/src/{name}.py" line="2" endline="4"/>' for name in ("app", "copy"))
    workshop.write({"cpd.xml": cpd.format(f'<duplication lines="3" tokens="9">{places}</duplication>')})
    shown = workshop.gate("collect", "-v").out.splitlines()
    assert "  duplicated lines: 6 in 2 files" in shown
    assert "  report: cpd.xml (cpd), 2 matched" in shown
    ran = workshop.check()
    assert ran.code == 1
    new = ran.condition("duplicated_lines_density/new-code")
    assert (new["status"], new["value"]) == ("fail", 75)
    assert [(each["path"], each["line"], each["end_line"]) for each in new["evidence"]] == [("src/copy.py", 2, 4)]  # type: ignore[attr-defined]
    overall = ran.condition("duplicated_lines_density/overall")
    assert (overall["status"], overall["value"], overall["baseline"]) == ("fail", 75, 0)


def test_rules_of_the_organisation_are_those_of_the_base(module: Workshop) -> None:
    module.git("checkout", "-q", "main")
    organisation = "rules: {complexity: {function: {max: 1, locked: true}}}\n"
    own = RULES.replace("rules:", "extends: org.yaml\nrules:", 1).replace("  complexity:\n    function: {max: 3}\n", "")
    module.commit({"org.yaml": organisation, "rules.yaml": own})
    report(module, {"src/app.py": ALL})
    assert module.gate("baseline", "save").code == 0
    module.git("checkout", "-q", "-b", "lax")
    worse = APP.replace("return 2", "return 2 if a else 3")
    module.commit({"org.yaml": organisation.replace("max: 1", "max: 9"), "src/app.py": worse})
    report(module, {"src/app.py": ALL})
    ran = module.check()
    assert ran.condition("complexity/function")["threshold"] == 1
    assert ran.code == 1
    assert ran.verdict()["proposed"], "the change edits a file that the rules extend"
    module.commit(
        {
            "rules.yaml": RULES.replace("rules:", "extends: org.yaml\nrules:", 1).replace("max: 3", "max: 20"),
            "org.yaml": organisation,
        }
    )
    loosening = module.check()
    assert loosening.code == 2
    assert "`max` loosens complexity/function, which org.yaml:1:22 locks" in loosening.err


def test_rules_are_explained_with_what_they_say_now(module: Workshop) -> None:
    module.commit({"src/app.py": APP + "def two():\n    return 3\n"})
    report(module, {"src/app.py": ALL | {5: 1, 6: 0}})
    ran = module.gate("rules", "explain")
    assert ran.code == 0, ran.err
    assert "module:coverage/new-code" in ran.out
    assert "coverage of added and modified lines: at least 80 %" in ran.out
    assert "now: fail: " in ran.out
    assert "said at " in ran.out
    one = module.gate("rules", "explain", "complexity/function")
    assert one.out.count("now: ") == 1
    assert "at most 3; one that is above may only get better" in one.out
    none = module.gate("rules", "explain", "crap/function")
    assert none.code == 2
    assert "name one of module:complexity/function" in none.err


def test_a_component_that_holds_no_file_is_an_error_and_not_green(workshop: Workshop) -> None:
    rules = RULES.replace("rules:", "components: {back: bakc/**}\nrules:", 1)
    workshop.commit({"rules.yaml": rules, "back/app.py": APP})
    ran = workshop.check()
    assert ran.code == 2
    assert "components: back: bakc/** matches no file of this commit or its base" in ran.err


def test_waivers_that_a_change_brings_count_once_they_are_merged(workshop: Workshop) -> None:
    workshop.commit({"src/app.py": APP})
    workshop.git("checkout", "-q", "-b", "feature")
    waivers = "waivers: [{rule: complexity, until: 2999-01-01, reason: mine}]\n"
    worse = "def f(a):\n" + "".join(f"    if a == {n}: return {n}\n" for n in range(9))
    workshop.commit({"rules.yaml": RULES + waivers, "src/f.py": worse})
    ran = workshop.check()
    assert ran.condition("complexity/function")["status"] == "fail"
    assert any("its waivers count once they are merged" in note for note in ran.verdict()["notes"])  # type: ignore[attr-defined]
