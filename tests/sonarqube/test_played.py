"""What a real server is hard to bring to, played on loopback with the shapes of recorded answers."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qualitygate.model.pipeline import Secret
from qualitygate.remote import http
from qualitygate.remote.trouble import RemoteError
from qualitygate.snapshot.codec import decode
from qualitygate.sonarqube.analysis import Target, findings, gate_failures, measures, task_id, wait
from qualitygate.sonarqube.server import SonarQube
from tests.sonarqube.server import SEVERITIES, TOKEN, Issue, PlayedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.workshop import Ran, Workshop

SUITE = Target("suite")
RULES = "version: 1\ncomponents:\n  back: back/**\nrules:\n  sonarqube.bugs:\n    overall: { not-worse: true, required: true }\n"


@pytest.fixture
def played() -> Iterator[PlayedServer]:
    with PlayedServer.running() as running:
        yield running


def opened(played: PlayedServer) -> SonarQube:
    server = SonarQube.at(played.url, Secret(TOKEN))
    server.http.sleep = lambda _seconds: None
    return server


def collect(workshop: Workshop, played: PlayedServer, *words: str) -> Ran:
    workshop.commit({"back/a.py": "x = 1\n" * 50, "rules.yaml": RULES, ".gitignore": ".scannerwork/\n*.snapshot\n"})
    workshop.write({".scannerwork/report-task.txt": f"projectKey=suite\nserverUrl={played.url}\nceTaskId=t1\n"})
    return workshop.gate("sonarqube", "collect", "--timeout", "1", *words, **played.variables())


def test_figures_and_issues_become_facts(workshop: Workshop, played: PlayedServer) -> None:
    played.measures["bugs"] = "3"
    played.issues = [Issue("back/a.py", 7, "CRITICAL"), Issue("elsewhere.py", 1)]
    played.gate = {"status": "ERROR", "conditions": [{"status": "ERROR"}, {"status": "OK"}]}
    ran = collect(workshop, played)
    assert ran.code == 0, ran.err
    facts = decode((workshop.root / "sonarqube.snapshot").read_bytes(), "x").components["back"]
    assert facts.numbers["sonarqube.bugs"] == 3
    assert facts.numbers["sonarqube.coverage"] == Fraction("65.9")
    assert facts.numbers["sonarqube.sqale_rating"] == 1
    assert facts.numbers["sonarqube.quality_gate"] == 1
    assert facts.served["sonarqube.coverage"].unit == "%"
    assert [(each.path, each.line, each.severity.value) for each in facts.findings] == [("back/a.py", 7, "critical")]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"status": "STARTING"}, "is starting", id="starting"),
        pytest.param({"status": "DB_MIGRATION_RUNNING"}, "is migrating its database", id="migrating"),
        pytest.param({"status": "DB_MIGRATION_NEEDED"}, "waits for its database", id="waiting-for-a-migration"),
        pytest.param({"status": "DOWN"}, "is down", id="down"),
        pytest.param({"forbidden": "/api/measures/component"}, "Browse to read", id="a-token-without-the-right"),
        pytest.param({"broken": {"/api/issues/search": (404, b"")}}, "does not exist", id="an-address-that-is-gone"),
        pytest.param({"tasks": [{"status": "FAILED", "errorMessage": "out of disk"}]}, "out of disk", id="a-failed-task"),
        pytest.param({"tasks": [{"status": "CANCELED"}]}, "canceled the task", id="a-canceled-task"),
        pytest.param({"tasks": [{"status": "PENDING"}]}, "is pending after 1 s", id="a-task-that-stays-pending"),
        pytest.param({"broken": {"/api/metrics/search": (200, b"<html>")}}, "no JSON", id="a-page-in-place-of-json"),
        pytest.param({"broken": {"/api/authentication/validate": (200, b'{"valid": false}')}}, "check SONAR_TOKEN",
                     id="a-wrong-token"),
    ],
)  # fmt: skip
def test_a_server_that_does_not_serve_is_one_clear_message(
    workshop: Workshop, played: PlayedServer, change: dict[str, object], told: str
) -> None:
    for name, value in change.items():
        setattr(played, name, value)
    ran = collect(workshop, played)
    assert ran.code == 3, ran.err
    assert told in ran.err
    assert TOKEN not in ran.err
    assert not (workshop.root / "sonarqube.snapshot").exists()


def test_an_empty_401_names_the_token(played: PlayedServer) -> None:
    played.broken["/api/issues/search"] = (401, b"")
    with pytest.raises(RemoteError) as told:
        list(findings(opened(played), SUITE))
    assert "SONAR_TOKEN" in told.value.remedy


def test_a_server_that_only_knows_basic_is_asked_so(played: PlayedServer) -> None:
    played.basic_only = True
    assert measures(opened(played), "suite", SUITE, ["bugs"]) == {"bugs": 0}


def test_a_component_that_is_not_there_is_told_and_a_directory_without_files_has_no_figures(
    workshop: Workshop, played: PlayedServer
) -> None:
    with pytest.raises(RemoteError) as told:
        measures(opened(played), "other", Target("other"), ["bugs"])
    assert told.value.status == 404
    assert "not found" in told.value.what
    played.broken["/api/measures/component"] = (404, b'{"errors": []}')
    ran = collect(workshop, played)
    assert ran.code == 0, ran.err
    assert (
        "sonarqube.bugs"
        not in decode((workshop.root / "sonarqube.snapshot").read_bytes(), "x").components["back"].numbers
    )
    assert workshop.check("--base", "HEAD").verdict()["verdict"] == "unknown"


def test_a_measure_without_a_value_is_absent_and_not_zero(played: PlayedServer) -> None:
    played.measures = {"bugs": "1", "alert_status": "OK"}
    assert measures(opened(played), "suite", SUITE, ["bugs", "coverage", "alert_status"]) == {"bugs": 1}


@pytest.mark.parametrize(
    ("gate", "failing"),
    [({"status": "OK", "conditions": []}, 0), ({"status": "ERROR", "conditions": []}, 1), ({"status": "NONE"}, None)],
    ids=["met", "not-met", "never-judged"],
)
def test_the_server_s_own_gate_is_a_figure(played: PlayedServer, gate: dict[str, object], failing: int | None) -> None:
    played.gate = gate
    assert gate_failures(opened(played), SUITE) == failing


@pytest.mark.parametrize("version", ["26.9.0.129388", "9.9.8.100196"])
def test_more_issues_than_a_search_gives_are_all_read(played: PlayedServer, version: str) -> None:
    played.version = version
    played.issues = [
        Issue(f"back/f{number % 40}.py", number + 1, "MAJOR" if number % 6 else "BLOCKER") for number in range(24_000)
    ]
    found = list(findings(opened(played), SUITE))
    assert len(found) == 24_000
    assert len({(each.path, each.line) for each in found}) == 24_000


def test_too_many_issues_of_one_file_are_read_by_rule_and_of_one_rule_told(played: PlayedServer) -> None:
    played.issues = [Issue("back/a.py", number + 1, rule=f"python:S{number % 2}") for number in range(12_000)]
    assert len(list(findings(opened(played), SUITE))) == 12_000
    played.issues = [Issue("back/a.py", number + 1) for number in range(12_000)]
    with pytest.raises(RemoteError) as told:
        list(findings(opened(played), SUITE))
    assert "over 10000 issues of python:S1 in suite:back/a.py" in told.value.what


def test_ten_thousand_issues_are_read_page_by_page(workshop: Workshop, played: PlayedServer) -> None:
    played.issues = [
        Issue("back/a.py", number % 50 + 1, SEVERITIES[number % 5], f"r{number}") for number in range(10_000)
    ]
    ran = collect(workshop, played)
    assert ran.code == 0, ran.err
    assert "s after the analysis was through" in ran.err
    assert played.requests.count("GET /api/issues/search") == 21


def test_an_answer_that_never_ends_is_cut(played: PlayedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    played.endless = "/api/issues/search"
    server = opened(played)
    server.http.largest = 1 << 20
    with pytest.raises(RemoteError) as told:
        server.get("/api/issues/search")
    assert "does not end within 1 MB" in told.value.what
    server.http.largest = http.LARGEST
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.3)
    started = time.monotonic()
    with pytest.raises(RemoteError) as told:
        server.get("/api/issues/search")
    assert "does not end within" in told.value.what
    assert time.monotonic() - started < 20


def test_a_task_is_polled_until_it_is_through(played: PlayedServer) -> None:
    played.tasks = [{"status": "PENDING"}, {"status": "IN_PROGRESS"}, {"status": "SUCCESS"}]
    said: list[str] = []
    wait(opened(played), "t1", seconds=60, say=said.append, sleep=lambda _seconds: None)
    assert said == ["SonarQube: the analysis is pending", "SonarQube: the analysis is in_progress"]


def test_a_token_is_only_sent_to_the_server_that_is_named(workshop: Workshop, played: PlayedServer) -> None:
    with PlayedServer.running() as other:
        workshop.commit({"back/a.py": "x = 1\n", "rules.yaml": RULES})
        workshop.write({".scannerwork/report-task.txt": f"projectKey=suite\nceTaskUrl={other.url}/api/ce/task?id=t1\n"
                        f"serverUrl={other.url}\nceTaskId=t1\n"})  # fmt: skip
        assert workshop.gate("sonarqube", "collect", **played.variables()).code == 0
        assert other.requests == []


@pytest.mark.parametrize("text", [b"", b"projectKey=x\n", b"\xff\xfe"], ids=["empty", "without-a-task", "no-text"])
def test_a_damaged_task_file_is_told(text: bytes) -> None:
    from qualitygate.model.errors import CannotMeasureError  # noqa: PLC0415

    with pytest.raises(CannotMeasureError):
        task_id(text, "report-task.txt")


@pytest.mark.parametrize("missing", ["SONAR_HOST_URL", "SONAR_TOKEN", "SONAR_PROJECT_KEY"])
def test_a_missing_variable_is_a_usage_error(workshop: Workshop, played: PlayedServer, missing: str) -> None:
    workshop.commit({"a.py": "x = 1\n"})
    ran = workshop.gate("sonarqube", "clean", **{**played.variables(), missing: ""})
    assert ran.code == 2
    assert missing in ran.err


RECORDED = Path(__file__).resolve().parents[3] / "shared" / "sonarqube" / "responses"


@pytest.mark.skipif(not RECORDED.exists(), reason="../shared is not beside this checkout")
def test_recorded_answers_are_read() -> None:
    """The shapes that the played server has are those that a real one had."""
    bodies = {path.stem: json.loads(path.read_text())["body"] for path in RECORDED.glob("*.json")}
    assert bodies["issues-search-p1"]["paging"]["total"] == 25
    assert bodies["err-no-token"] in (None, "", {})
    assert "errors" in bodies["err-unknown-component"]
    assert task_id((RECORDED / "report-task.txt").read_bytes(), "x")[0] == "radon"
