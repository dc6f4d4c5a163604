"""Against a real Community Build: small Python and Java projects, degrading and good merge requests, and what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from typing import TYPE_CHECKING

import pytest

from qualitygate.model.pipeline import Secret
from qualitygate.sonarqube.server import SonarQube
from tests.gitlab import GitlabServer
from tests.tools import tool
from tests.workshop import IDENTITY, Ran, Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sonarqube.conftest import Real

pytestmark = pytest.mark.xdist_group("sonarqube")
RULES = """\
version: 1
components:
  {component}: {component}/**
rules:
  sonarqube.bugs:
    overall: {{ not-worse: true }}
  sonarqube.quality_gate:
    overall: {{ max: 0 }}
  findings:
    new-code: {{ max: 0 }}
"""
PYTHON = "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n"
PYTHON_BUG = PYTHON + "\n\ndef same(value):\n    if value == value:\n        return total([value])\n    return 0\n"
PYTHON_GOOD = PYTHON + "\n\ndef mean(values):\n    return total(values) / len(values)\n"
JAVA = "package a;\n\npublic final class Total {\n  private Total() {}\n\n  public static int of(int a, int b) {\n    return a + b;\n  }\n}\n"
JAVA_BUG = JAVA.replace("    return a + b;\n", "    if (a == a) {\n      return a + b;\n    }\n    return 0;\n")
JAVA_GOOD = JAVA.replace("    return a + b;\n", "    int sum = a + b;\n    return Math.max(sum, 0);\n")
CASES = {
    "python": ("back", "back/total.py", PYTHON, PYTHON_BUG, PYTHON_GOOD),
    "java": ("back", "back/a/Total.java", JAVA, JAVA_BUG, JAVA_GOOD),
}


@pytest.fixture
def gitlab() -> Iterator[GitlabServer]:
    with GitlabServer.running() as running:
        yield running


@pytest.fixture
def server(real: Real) -> Iterator[SonarQube]:
    opened = SonarQube.at(real.url, Secret(real.token))
    yield opened
    opened.close()


def scan(workshop: Workshop, real: Real, key: str) -> None:
    done = subprocess.run(
        [tool("sonar-scanner"), f"-Dsonar.projectKey={key}", "-Dsonar.java.binaries=.", "-Dsonar.scm.disabled=true",
         "-Dsonar.inclusions=back/**"],
        cwd=workshop.root, capture_output=True, check=False, text=True, timeout=280,
        env={**os.environ, "SONAR_HOST_URL": real.url, "SONAR_TOKEN": real.token},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


def projects(server: SonarQube, key: str) -> set[str]:
    rows = server.rows("/api/components/search", "components", qualifiers="TRK", q=key)
    return {str(row["key"]) for row in rows}


def step(workshop: Workshop, *words: str, **variables: str) -> Ran:
    ran = workshop.gate("sonarqube", *words, **variables)
    assert ran.code == 0, ran.err
    return ran


@pytest.mark.parametrize("language", CASES)
def test_merge_requests_are_judged_on_the_community_build(
    workshop: Workshop, real: Real, server: SonarQube, gitlab: GitlabServer, language: str
) -> None:
    component, path, before, bug, good = CASES[language]
    key = f"gate-{language}-{uuid.uuid4().hex[:8]}"
    named = real.variables(key)
    base = workshop.commit(
        {
            path: before,
            "rules.yaml": RULES.format(component=component),
            ".gitignore": ".scannerwork/\n*.snapshot\n*.env\n",
        }
    )
    main = gitlab.variables(CI_COMMIT_SHA=base) | named
    assert step(workshop, "prepare", **main).out == f"SONAR_SCAN_KEY={key}\n"
    scan(workshop, real, key)
    step(workshop, "collect", **main)
    saved = workshop.gate("baseline", "save", **main)
    assert saved.code == 0, saved.err
    try:
        for iid, (content, code) in enumerate(((bug, 1), (good, 0)), start=11):
            workshop.git("checkout", "-q", "-f", "-B", f"mr-{iid}", base)
            head = workshop.commit({path: content})
            variables = gitlab.merge_request(CI_COMMIT_SHA=head, CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
                                             CI_MERGE_REQUEST_IID=str(iid)) | named  # fmt: skip
            prepared = step(workshop, "prepare", **variables)
            assert prepared.out == f"SONAR_SCAN_KEY={key}:mr-{iid}\n"
            assert f"{key}:mr-{iid}" in projects(server, key)
            scan(workshop, real, f"{key}:mr-{iid}")
            step(workshop, "collect", **variables)
            step(workshop, "remove", **variables)
            assert projects(server, key) == {key}
            ran = workshop.gate("check", "--format", "json", "--no-note", **variables)
            assert ran.code == code, ran.out + ran.err
            bugs = ran.condition(f"{component}:sonarqube.bugs/overall")
            assert bugs["status"] == ("fail" if code else "pass")
            assert (bugs["value"], bugs["baseline"]) == ((1 if code else 0), 0)
            if code:
                evidence = ran.condition(f"{component}:findings/new-code")["evidence"]
                assert isinstance(evidence, list)
                assert {each["path"] for each in evidence} == {path}
    finally:
        server.post("/api/projects/delete", project=key)


def test_what_a_killed_job_leaves_is_gone_after_the_next_one(
    workshop: Workshop, real: Real, server: SonarQube, gitlab: GitlabServer
) -> None:
    key = f"gate-killed-{uuid.uuid4().hex[:8]}"
    server.post("/api/projects/create", project=key, name=key)
    head = workshop.commit({"a.py": PYTHON})
    try:
        variables = gitlab.merge_request(CI_COMMIT_SHA=head, CI_MERGE_REQUEST_IID="21") | real.variables(key)
        environment = {**os.environ, **IDENTITY, **variables}
        killed = subprocess.Popen(
            [sys.executable, "-c", "from qualitygate.cli.main import run; run()", "sonarqube", "prepare"],
            cwd=workshop.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(100):
            if f"{key}:mr-21" in projects(server, key):
                break
            time.sleep(0.1)
        killed.send_signal(signal.SIGKILL)
        killed.wait(10)
        assert f"{key}:mr-21" in projects(server, key)
        # The loopback GitLab knows no merge request 21: it is not open, so the next run of another one deletes it.
        other = variables | {"CI_MERGE_REQUEST_IID": "22"}
        ran = step(workshop, "prepare", **other)
        assert f"deleted {key}:mr-21" in ran.err
        assert projects(server, key) == {key, f"{key}:mr-22"}
        assert step(workshop, "clean", **gitlab.variables(), **real.variables(key)).out == f"{key}:mr-22\n"
        assert projects(server, key) == {key}
    finally:
        server.post("/api/projects/delete", project=key)


def test_profile_gate_and_settings_of_the_main_project_are_those_of_the_merge_request_s(
    workshop: Workshop, real: Real, server: SonarQube, gitlab: GitlabServer
) -> None:
    mark = uuid.uuid4().hex[:8]
    key, gate = f"gate-like-{mark}", f"gate {mark}"
    server.post("/api/projects/create", project=key, name=key)
    server.post("/api/qualitygates/create", name=gate)
    head = workshop.commit({"a.py": PYTHON})
    try:
        server.post("/api/qualitygates/select", gateName=gate, projectKey=key)
        server.post("/api/settings/set", component=key, key="sonar.qualitygate.ignoreSmallChanges", value="false")
        server.http.ask(
            "POST", f"/api/settings/set?component={key}&key=sonar.exclusions&values=gen/**&values=x,y", form={}
        )
        variables = gitlab.merge_request(CI_COMMIT_SHA=head, CI_MERGE_REQUEST_IID="31") | real.variables(key)
        step(workshop, "prepare", **variables)
        made = f"{key}:mr-31"
        chosen = server.get("/api/qualitygates/get_by_project", project=made)["qualityGate"]
        assert isinstance(chosen, dict)
        assert chosen["name"] == gate
        rows = server.get("/api/settings/values", component=made)["settings"]
        assert isinstance(rows, list)
        own = {row["key"]: row.get("value", row.get("values")) for row in rows if not row.get("inherited")}
        assert own["sonar.qualitygate.ignoreSmallChanges"] == "false"
        assert own["sonar.exclusions"] == ["gen/**", "x,y"]
        step(workshop, "remove", **variables)
    finally:
        server.post("/api/projects/delete", project=key)
        server.post("/api/qualitygates/destroy", name=gate)


def test_a_local_check_reads_what_the_server_knows_of_the_base(
    workshop: Workshop, real: Real, server: SonarQube
) -> None:
    key = f"gate-local-{uuid.uuid4().hex[:8]}"
    workshop.commit({"back/total.py": PYTHON_BUG, "rules.yaml": RULES.format(component="back"),
                     ".gitignore": ".scannerwork/\n*.snapshot\n"})  # fmt: skip
    try:
        scan(workshop, real, key)
        step(workshop, "collect", **real.variables(key))
        (workshop.root / "sonarqube.snapshot").unlink()
        workshop.git("checkout", "-q", "-b", "topic")
        workshop.write({"back/total.py": PYTHON_BUG + "\n\nX = 1\n"})
        ran = workshop.gate("check", "--format", "json", **real.variables(key))
        bugs = ran.condition("back:sonarqube.bugs/overall")
        assert "not asked" not in ran.err, ran.err
        assert (bugs["status"], bugs["unknown"], bugs["baseline"]) == ("unknown", "only-in-pipeline", 1)
        assert "the server knows 1 of the base" in str(bugs["explanation"])
    finally:
        server.post("/api/projects/delete", project=key)
