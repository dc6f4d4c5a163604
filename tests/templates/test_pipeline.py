"""The example module's pipelines, really run: good changes end in images, degrading ones in none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.gitlab import GitlabServer
from tests.templates.pipelines import EXAMPLE, ModuleInCI, Registry
from tests.tools import tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("pipelines")
COMPONENTS = ("back", "front", "storage")
MARKS = (EXAMPLE / "back/students/marks.py").read_text(encoding="utf-8")
RULES = (EXAMPLE / "rules.yaml").read_text(encoding="utf-8")
TESTED = """

def best(marks: list[float]) -> float:
    \"\"\"Give the best mark.\"\"\"
    return max(marks)
"""
TEST = (EXAMPLE / "back/tests/test_marks.py").read_text(encoding="utf-8")
GOOD = {
    "back/students/marks.py": MARKS + TESTED,
    "back/tests/test_marks.py": TEST.replace("import mean, passed", "import best, mean, passed")
    + "\n\ndef test_the_best_mark() -> None:\n    assert best([8, 12]) == 12\n",
}
TANGLED = (
    "\n\ndef grade(mark: float) -> str:\n"
    + "".join(f"    if mark == {number}:\n        return '{number}'\n" for number in range(18))
    + "    return ''\n"
)
BLOCKER = json.dumps(
    [{"description": "SQL injection", "check_name": "sql", "fingerprint": "f1", "severity": "blocker",
      "location": {"path": "back/students/marks.py", "lines": {"begin": 20}}}]
)  # fmt: skip
BAD = {
    "coverage": {"back/students/marks.py": MARKS + TESTED + "\n\ndef worst(marks: list[float]) -> float:\n"
                 + "".join(f"    marks = sorted(marks)[{n}:]\n" for n in range(25)) + "    return marks[0]\n"},
    "complexity": {"back/students/marks.py": MARKS + TANGLED,
                   "back/tests/test_marks.py": TEST.replace("import mean, passed", "import grade, mean, passed")
                   + "\n\ndef test_grades() -> None:\n    assert [grade(n) for n in range(19)]\n"},
    "a-new-blocker": {**GOOD, "back/gl-code-quality-report.json": BLOCKER},
    "a-removed-report": {**GOOD, "back/pyproject.toml": (EXAMPLE / "back/pyproject.toml").read_text(encoding="utf-8")
                         + "\naddopts = '--no-cov'\n"},
    "loosened-rules": {"back/students/marks.py": MARKS + TANGLED, "rules.yaml": RULES
                       + "  complexity:\n    function: { max: 99 }\n  coverage:\n    new-code: { min: 0 }\n"},
}  # fmt: skip


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleInCI]:
    """The module after the pipeline of its default branch, which saved the baseline and pushed three images."""
    place: Path = tmp_path_factory.mktemp("pipelines")
    for name in ("gitlab-ci-local", "buildah", "skopeo", "rsync", "gotestsum", "npm", "go"):
        tool(name)
    with GitlabServer.running() as gitlab, Registry.running(place / "registry") as registry:
        made = ModuleInCI.made(place / "module", gitlab, registry)
        ran = made.on_branch()
        assert ran.code == 0, ran.log
        assert {str(row["name"]) for row in gitlab.packages.values()} >= {"qualitygate-baseline"}
        yield made


def images(module: ModuleInCI, commit: str) -> set[str]:
    return {name.rpartition("/")[2] for name, tags in module.registry.tags().items() if commit in tags}


def test_the_default_branch_ends_with_three_labelled_images(module: ModuleInCI) -> None:
    assert images(module, module.base) == set(COMPONENTS)
    for component in COMPONENTS:
        labels = module.registry.labels(f"suite/module/{component}", module.base)
        assert labels["org.opencontainers.image.revision"] == module.base
        assert labels["fr.qualitygate.verdict"].startswith("sha256:")


def test_a_good_merge_request_ends_with_three_images_each_labelled_with_its_commit(module: ModuleInCI) -> None:
    head = module.push(GOOD, "good")
    ran = module.on_merge_request()
    assert ran.code == 0, ran.log
    assert images(module, head) == set(COMPONENTS)
    for component in COMPONENTS:
        assert module.registry.labels(f"suite/module/{component}", head)["org.opencontainers.image.revision"] == head
    assert "passed" in module.gitlab.own_notes()[0]


@pytest.mark.parametrize("how", BAD)
def test_a_degrading_merge_request_is_red_and_leaves_no_image(module: ModuleInCI, how: str) -> None:
    before = module.registry.tags()
    module.push(BAD[how], f"bad-{how}")
    ran = module.on_merge_request()
    assert ran.code == 1, ran.log
    assert "qualitygate-gate" in ran.log
    assert module.registry.tags() == before
    assert "failed" in module.gitlab.own_notes()[0], ran.log
    head = module.push(GOOD, f"bad-{how}")
    ran = module.on_merge_request()
    assert ran.code == 0, ran.log
    assert images(module, head) == set(COMPONENTS)
    assert len(module.gitlab.own_notes()) == 1


@pytest.mark.parametrize(
    ("change", "variables", "told"),
    [
        pytest.param(GOOD | {"rules.yaml": RULES.replace("storage/**", "database/**")}, {},
                     "matches no file", id="an-empty-paths-glob"),
        pytest.param(GOOD, {"CI_REGISTRY_PASSWORD": ""}, "there is no password", id="a-missing-registry-credential"),
        pytest.param(GOOD, {"CI_REGISTRY_PASSWORD": "wrong"}, "check CI_REGISTRY_USER", id="a-wrong-registry-credential"),
        pytest.param(GOOD | {"back/Containerfile": "FROM scratch\nCOPY nothing-of-this /app/\n"}, {},
                     "the image of back could not be built", id="a-containerfile-that-fails"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_message_and_no_image(
    module: ModuleInCI, change: dict[str, str], variables: dict[str, str], told: str
) -> None:
    head = module.push({**change, "told.txt": told}, "bad-input")
    ran = module.on_merge_request(**variables)
    assert ran.code == 1, ran.log
    assert told in ran.log
    assert "Traceback" not in ran.log
    assert "back" not in images(module, head)


def test_an_unknown_component_is_told(module: ModuleInCI) -> None:
    head = module.push(GOOD | {".gitlab-ci.yml": "include:\n  - local: /gitlab-ci-templates/module.yml\n"
                               "    inputs:\n      components: [back, mobile]\n"}, "unknown")  # fmt: skip
    ran = module.on_merge_request()
    assert ran.code == 1, ran.log
    assert "mobile" in ran.log
    assert "says nothing of the component" in ran.log
    assert images(module, head) <= {"back"}


def test_a_gate_that_was_allowed_to_fail_lets_no_image_through(module: ModuleInCI) -> None:
    before = module.registry.tags()
    lenient = "include:\n  - local: /gitlab-ci-templates/module.yml\nqualitygate-gate:\n  allow_failure: true\n"
    module.push({"back/students/marks.py": MARKS + TANGLED, ".gitlab-ci.yml": lenient}, "lenient")
    ran = module.on_merge_request()
    assert ran.code == 1, ran.log
    assert "the verdict is fail" in ran.log
    assert module.registry.tags() == before


def test_a_verdict_of_another_commit_lets_no_image_through(module: ModuleInCI) -> None:
    before = module.registry.tags()
    forged = ("include:\n  - local: /gitlab-ci-templates/module.yml\nqualitygate-gate:\n  script:\n"
              "    - mkdir -p .qualitygate\n    - cp old-verdict.json .qualitygate/verdict.json\n")  # fmt: skip
    old = json.dumps({"schema": "qualitygate/verdict/1", "verdict": "pass", "head": {"commit": "a" * 40},
                      "base": {"commit": None, "kind": "none", "distance": 0}, "conditions": []})  # fmt: skip
    module.push({**GOOD, ".gitlab-ci.yml": forged, "old-verdict.json": old}, "forged")
    ran = module.on_merge_request()
    assert ran.code == 1, ran.log
    assert "and not about" in ran.log
    assert module.registry.tags() == before


def test_the_gate_s_own_part_and_the_rhythm_of_images_are_shown(module: ModuleInCI) -> None:
    module.push(GOOD, "history")
    ran = module.author.gate("history", "--images", **module.gitlab.variables())
    assert ran.code == 0, ran.err
    for component in COMPONENTS:
        assert f"{component}: " in ran.out
    assert "sha256:" in ran.out
    assert "gate: " in ran.out
    assert "median" in ran.out


KINDS = {
    "merge-request": ({"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "3"}, ("CI_COMMIT_BRANCH",)),
    "default-branch": ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}, ()),
    "branch": ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "topic", "CI_DEFAULT_BRANCH": "main"}, ()),
    "branch-with-a-merge-request": ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "topic",
                                     "CI_DEFAULT_BRANCH": "main", "CI_OPEN_MERGE_REQUESTS": "suite/module!3"}, ()),
    "tag": ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": "v1"}, ("CI_COMMIT_BRANCH",)),
    "schedule": ({"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}, ()),
    "disabled": ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "QUALITYGATE_DISABLED": "true"}, ()),
    "image-disabled": ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "topic", "QUALITYGATE_IMAGE_DISABLED": "true"}, ()),
}  # fmt: skip
TESTS = {"qualitygate-test-python", "qualitygate-test-node", "qualitygate-test-go"}
IMAGES = {f"qualitygate-image: [{component}]" for component in COMPONENTS}
CHECKS = {"qualitygate-deploy-checks"}
JOBS = {
    "merge-request": TESTS | {"qualitygate-gate"} | IMAGES | CHECKS,
    "default-branch": TESTS | {"qualitygate-gate", "qualitygate-baseline"} | IMAGES | CHECKS,
    "branch": TESTS | {"qualitygate-gate"} | IMAGES | CHECKS,
    "branch-with-a-merge-request": set(),
    "tag": TESTS | {"qualitygate-gate"} | IMAGES | CHECKS,
    "schedule": TESTS | {"qualitygate-gate"} | IMAGES | CHECKS,
    "disabled": set(),
    "image-disabled": TESTS | {"qualitygate-gate"} | CHECKS,
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_pipeline_runs_its_jobs_once(module: ModuleInCI, kind: str) -> None:
    module.push(GOOD, "kinds")
    variables, unset = KINDS[kind]
    assert module.jobs(variables, unset) == JOBS[kind]
