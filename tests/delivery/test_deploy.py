"""The deployment against a real kubectl and an API server on loopback; manifests; and the verdict that it asks for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qualitygate.delivery.manifests import RULES, check_manifests
from qualitygate.model.errors import UsageError
from tests.delivery.kubernetes import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.workshop import Ran, Workshop

GOOD = """\
apiVersion: apps/v1
kind: Deployment
metadata: { name: back }
spec:
  replicas: 2
  minReadySeconds: 5
  selector: { matchLabels: { app: back } }
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  template:
    metadata: { labels: { app: back } }
    spec:
      terminationGracePeriodSeconds: 30
      containers:
        - name: back
          image: registry.example/back:${CI_COMMIT_SHA}
          ports: [{ containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /ready, port: 8080 } }
          lifecycle: { preStop: { sleep: { seconds: 5 } } }
"""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster.running() as running:
        yield running


def verdict(commit: str, status: str = "pass") -> str:
    return json.dumps({"schema": "qualitygate/verdict/1", "verdict": status, "head": {"commit": commit},
                       "base": {"commit": None, "kind": "none", "distance": 0}, "conditions": []})  # fmt: skip


def deploy(
    workshop: Workshop, cluster: Cluster, version: str, *words: str, status: str = "pass", text: str = GOOD
) -> Ran:
    workshop.write({"k8s/back.yaml": text, "verdict.json": verdict(version, status)})
    config = cluster.kubeconfig(workshop.root.parent / "kubeconfig")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return workshop.gate("deploy", "k8s", "--last-good", "kept/manifests.yaml", "--timeout", "2", *words,
                         CI_COMMIT_SHA=version, KUBECONFIG=str(config), PATH=path)  # fmt: skip


ONE, TWO, THREE = ("1" * 40, "2" * 40, "3" * 40)


def image(version: str) -> str:
    return f"registry.example/back:{version}"


def test_a_rollout_that_becomes_ready_is_kept(workshop: Workshop, cluster: Cluster) -> None:
    ran = deploy(workshop, cluster, ONE)
    assert ran.code == 0, ran.err
    assert cluster.applied == [image(ONE)]
    assert cluster.dry_runs == 1
    assert image(ONE) in (workshop.root / "kept/manifests.yaml").read_text()
    assert deploy(workshop, cluster, TWO).code == 0
    assert cluster.applied == [image(ONE), image(TWO)]


def test_what_the_api_server_refuses_changes_nothing(workshop: Workshop, cluster: Cluster) -> None:
    deploy(workshop, cluster, ONE)
    cluster.refuses = image(TWO)
    ran = deploy(workshop, cluster, TWO)
    assert ran.code == 10
    assert "field is immutable" in ran.err
    assert cluster.applied == [image(ONE)]
    assert image(ONE) in (workshop.root / "kept/manifests.yaml").read_text()


def test_a_version_that_never_becomes_ready_goes_back_to_the_last_good_one(
    workshop: Workshop, cluster: Cluster
) -> None:
    deploy(workshop, cluster, ONE)
    cluster.never = image(TWO)
    ran = deploy(workshop, cluster, TWO)
    assert ran.code == 11, ran.err
    assert cluster.applied == [image(ONE), image(TWO), image(ONE)]
    assert image(ONE) in (workshop.root / "kept/manifests.yaml").read_text()


def test_a_first_deployment_that_fails_has_nothing_to_return_to(workshop: Workshop, cluster: Cluster) -> None:
    cluster.never = image(ONE)
    ran = deploy(workshop, cluster, ONE)
    assert ran.code == 12, ran.err
    assert "first deployment" in ran.err
    assert not (workshop.root / "kept").exists()


def test_a_way_back_that_fails_too_says_that_a_person_is_needed(workshop: Workshop, cluster: Cluster) -> None:
    deploy(workshop, cluster, ONE)
    cluster.never, cluster.refuses = image(TWO), image(ONE)
    ran = deploy(workshop, cluster, TWO)
    assert ran.code == 13, ran.err
    assert "needs a person" in ran.err


@pytest.mark.parametrize(
    ("status", "code"), [("fail", 1), ("unknown", 1), ("other-commit", 3)], ids=["red", "unknown", "another-commit"]
)
def test_nothing_is_deployed_without_a_green_verdict(
    workshop: Workshop, cluster: Cluster, status: str, code: int
) -> None:
    workshop.write({"k8s/back.yaml": GOOD, "verdict.json": verdict(TWO if status == "other-commit" else ONE,
                                                                   "pass" if status == "other-commit" else status)})  # fmt: skip
    ran = workshop.gate("deploy", "k8s", "--last-good", "kept", CI_COMMIT_SHA=ONE)
    assert ran.code == code
    assert not cluster.applied


def test_grave_findings_refuse_before_the_cluster_is_asked(workshop: Workshop, cluster: Cluster) -> None:
    text = GOOD.replace("          readinessProbe: { httpGet: { path: /ready, port: 8080 } }\n", "")
    ran = deploy(workshop, cluster, ONE, text=text)
    assert ran.code == 10
    assert "no readinessProbe" in ran.err
    assert (cluster.dry_runs, cluster.applied) == (0, [])
    assert deploy(workshop, cluster, ONE, "--allow", "no-readiness-probe", text=text).code == 0


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        pytest.param("", "", set(), id="a-manifest-that-has-it-all"),
        pytest.param("readinessProbe: { httpGet: { path: /ready, port: 8080 } }", "", {"no-readiness-probe"}, id="no-probe"),
        pytest.param("lifecycle: { preStop: { sleep: { seconds: 5 } } }", "", {"no-pre-stop"}, id="no-pause"),
        pytest.param("seconds: 5", "seconds: 30", {"grace-period-too-short"}, id="a-pause-as-long-as-the-grace-period"),
        pytest.param("preStop: { sleep: { seconds: 5 } }", "preStop: { exec: { command: [sh, -c, sleep 60] } }",
                     {"grace-period-too-short"}, id="a-pause-by-command"),
        pytest.param("maxUnavailable: 0", "maxUnavailable: 1", {"max-unavailable"}, id="one-may-be-missing"),
        pytest.param(", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }", "", {"max-unavailable"}, id="the-default-strategy"),
        pytest.param("strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }",
                     "strategy: { type: Recreate }", {"recreate-strategy"}, id="recreate"),
        pytest.param("replicas: 2", "replicas: 1", {"single-replica"}, id="one-replica"),
        pytest.param("  replicas: 2\n", "", {"single-replica"}, id="one-replica-by-default"),
        pytest.param(":${CI_COMMIT_SHA}", "", {"latest-tag"}, id="no-tag"),
        pytest.param(":${CI_COMMIT_SHA}", ":latest", {"latest-tag"}, id="latest"),
        pytest.param("registry.example/back:${CI_COMMIT_SHA}", "registry.example:5000/back@sha256:abc", set(), id="by-digest"),
        pytest.param("  minReadySeconds: 5\n", "", {"no-min-ready-seconds"}, id="no-minimum"),
    ],
)  # fmt: skip
def test_manifests_are_held_to_what_an_update_needs(before: str, after: str, rules: set[str]) -> None:
    text = GOOD.replace(before, after) if before else GOOD
    found = check_manifests({"back.yaml": text.encode()})
    assert {each.rule for each in found} == rules
    assert all(each.severity is RULES[each.rule].severity and each.line > 1 for each in found)


def test_an_autoscaler_with_two_replicas_is_as_good_as_replicas() -> None:
    scaler = ("apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: s }\nspec:\n"
              "  scaleTargetRef: { kind: Deployment, name: back }\n  minReplicas: 2\n  maxReplicas: 4\n")  # fmt: skip
    text = GOOD.replace("  replicas: 2\n", "")
    assert not check_manifests({"a.yaml": text.encode(), "b.yaml": scaler.encode()})


def test_a_file_that_is_no_yaml_is_told() -> None:
    with pytest.raises(UsageError) as told:
        check_manifests({"x.yaml": b"a: [1"})
    assert told.value.slug == "manifest-unreadable"


def test_findings_of_manifests_are_a_report_that_the_gate_reads(workshop: Workshop) -> None:
    workshop.commit({"a.py": "x = 1\n", "rules.yaml": "version: 1\nrules:\n  findings:\n    new-code: { max: 0 }\n"})
    workshop.git("checkout", "-q", "-b", "topic")
    workshop.commit({"k8s/back.yaml": GOOD.replace("replicas: 2", "replicas: 1")})
    assert workshop.gate("manifests", "k8s", "-o", "gl-code-quality-report.json").code == 0
    ran = workshop.check("--base", "main")
    assert ran.code == 1, ran.out
    evidence = ran.condition("findings/new-code")["evidence"]
    assert isinstance(evidence, list)
    assert (evidence[0]["path"], evidence[0]["line"]) == ("k8s/back.yaml", 5)


def test_kubernetes_validate_finds_what_the_schemas_forbid(workshop: Workshop) -> None:
    workshop.write({"k8s/bad.yaml": GOOD.replace("replicas: 2", "replicas: two")})
    ran = workshop.gate("manifests", "k8s")
    assert "invalid-manifest" in ran.out


@pytest.mark.parametrize("name", ["kubectl", "kubernetes-validate", "squawk"])
def test_the_checkers_that_the_templates_name_exist(name: str) -> None:
    place = Path(sys.executable).parent / name
    assert subprocess.run([place, "--help"], capture_output=True, check=False).returncode == 0
