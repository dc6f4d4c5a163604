"""Real commits, a bare remote, a runner's shallow clone, the variables of each pipeline, and a GitLab on loopback."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from tests.gitlab import API_TOKEN, JOB_TOKEN, ME, Fault, GitlabServer
from tests.workshop import Ran, Workshop, cobertura, junit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULES = """\
version: 1
components:
  back: back/**
  front: front/**
rules:
  coverage:
    overall: { not-worse: true }
    new-code: { min: 80 }
  failed_tests:
    overall: { max: 0 }
"""
BACK = "".join(f"def f{n}():\n    return {n}\n\n\n" for n in range(5))
FRONT = "def view():\n    return 1\n"


@dataclass(frozen=True)
class Module:
    """A module's history on a bare remote: main with two commits, and a branch with one."""

    remote: Path
    author: Workshop
    base: str
    head: str
    gitlab: GitlabServer

    def clone(self, place: Path, commit: str, depth: int) -> Workshop:
        """Fetch a commit as a runner does: its ref alone, `depth` commits of it."""
        clone = Workshop.at(place)
        clone.git("remote", "add", "origin", f"file://{self.remote}")
        clone.git("fetch", "-q", "--no-tags", *([f"--depth={depth}"] if depth else []), "origin", commit)
        clone.git("checkout", "-q", "--detach", commit)
        return clone

    def variables(self, head: str, **more: str) -> dict[str, str]:
        return self.gitlab.merge_request(CI_COMMIT_SHA=head, CI_MERGE_REQUEST_DIFF_BASE_SHA=self.base, **more)


@pytest.fixture
def gitlab() -> Iterator[GitlabServer]:
    with GitlabServer.running() as server:
        yield server


@pytest.fixture
def module(tmp_path: Path, gitlab: GitlabServer) -> Module:
    bare = tmp_path / "module.git"
    Workshop.at(bare).git("config", "core.bare", "true")
    remote = bare / ".git"
    Workshop(remote).git("config", "uploadpack.allowAnySHA1InWant", "true")
    author = Workshop.at(tmp_path / "author")
    author.git("remote", "add", "origin", str(remote))
    for number in range(30):
        author.commit({"log.txt": f"{number}\n"})
    base = author.commit({"rules.yaml": RULES, "back/app.py": BACK, "front/view.py": FRONT})
    author.git("checkout", "-q", "-b", "feature")
    head = author.commit({"back/app.py": BACK.replace("return 2", "value = 2\n    return value")})
    author.git("checkout", "-q", "main")
    author.commit({"log.txt": "others go on\n"})
    author.git("push", "-q", "origin", "main", "feature")
    author.git("checkout", "-q", "feature")
    return Module(remote, author, base, head, gitlab)


def covered(lines: int, missed: tuple[int, ...] = ()) -> str:
    hits = {line: int(line not in missed) for line in range(1, lines + 1) if line % 4 in (1, 2)}
    return cobertura({"back/app.py": hits})


def save_baseline(module: Module, place: Path, commit: str) -> None:
    clone = module.clone(place, commit, 1)
    clone.write(
        {
            "back/coverage.xml": covered(20),
            "back/junit.xml": junit(passed=3),
            "front/coverage.xml": cobertura({"front/view.py": {1: 1, 2: 1}}),
            "front/junit.xml": junit(passed=2),
        }
    )
    ran = clone.gate("baseline", "save", **module.gitlab.variables(CI_COMMIT_SHA=commit))
    assert ran.code == 0, ran.err


def check(clone: Workshop, variables: dict[str, str], *words: str) -> Ran:
    return clone.gate("check", "--format", "json", *words, **variables)


GREEN = {"back/coverage.xml": covered(21), "back/junit.xml": junit(passed=3)}
RED = {"back/coverage.xml": cobertura({"back/app.py": {1: 1, 2: 1, 9: 1, 10: 0, 11: 0}}), "back/junit.xml": junit(2, 1)}


@pytest.mark.parametrize("depth", [20, 1, 0], ids=lambda depth: f"depth-{depth or 'all'}")
def test_a_detached_merge_request_is_judged_against_its_merge_base(module: Module, tmp_path: Path, depth: int) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    clone = module.clone(tmp_path / "clone", module.head, depth)
    clone.write(GREEN)
    ran = check(clone, module.variables(module.head))
    assert (ran.code, ran.verdict()["verdict"]) == (0, "pass"), ran.err
    assert ran.verdict()["base"] == {"commit": module.base, "kind": "exact", "distance": 0, "measured": module.base}
    assert "front is untouched" in str(ran.verdict()["notes"])
    assert {each["id"].partition(":")[0] for each in json.loads(ran.out)["conditions"]} == {"back", "front"}
    assert len(module.gitlab.own_notes()) == 1
    assert len(module.gitlab.own_notes()[0].partition("<details>")[0].splitlines()) <= 6
    if depth == 1:
        assert clone.git("rev-list", "--count", "HEAD") == "1", "only the base was fetched, and no history"


def test_a_degrading_merge_request_is_red_with_links_into_the_diff(module: Module, tmp_path: Path) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    clone = module.clone(tmp_path / "clone", module.head, 20)
    clone.write(RED)
    ran = check(clone, module.variables(module.head), "--output", "codequality=cq.json", "--output", "dotenv=gate.env")
    assert ran.code == 1, ran.err
    note = module.gitlab.own_notes()[0]
    assert "The quality gate failed" in note
    assert "To turn it green" in note
    assert "/-/merge_requests/3/diffs#" in note
    assert json.loads((clone.root / "cq.json").read_text())
    assert "QUALITYGATE_VERDICT=fail" in (clone.root / "gate.env").read_text()


@pytest.mark.parametrize("event", ["merged_result", "merge_train"])
def test_a_merged_result_is_judged_against_the_target_it_was_built_on(
    module: Module, tmp_path: Path, event: str
) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    target = module.author.git("rev-parse", "main")
    module.author.git("checkout", "-q", "--detach", "main")
    module.author.git("merge", "-q", "--no-ff", "-m", "result", "feature")
    merged = module.author.git("rev-parse", "HEAD")
    module.author.git("push", "-q", "origin", f"{merged}:refs/merge-requests/3/merge")
    clone = module.clone(tmp_path / "clone", merged, 1)
    clone.write(GREEN)
    ran = check(
        clone,
        module.variables(
            merged,
            CI_MERGE_REQUEST_EVENT_TYPE=event,
            CI_MERGE_REQUEST_TARGET_BRANCH_SHA=target,
            CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=module.head,
        ),
        "--commit-status",
    )
    base = ran.verdict()["base"]
    assert base == {"commit": target, "kind": "ancestor", "distance": 1, "measured": module.base}
    assert ran.code == 0, ran.err
    assert {(commit, data["name"]) for commit, data in module.gitlab.statuses} == {
        (module.head, "qualitygate/back"),
        (module.head, "qualitygate/front"),
    }


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        pytest.param({"CI_MERGE_REQUEST_DIFF_BASE_SHA": ""}, "DIFF_BASE_SHA is empty", id="no-base-told"),
        pytest.param({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD"}, "the head itself", id="the-head-as-its-own-base"),
        pytest.param(
            {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "MAIN"}, "does not descend from", id="a-base-beside-the-history"
        ),
        pytest.param({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "e" * 40}, "fetching it failed", id="a-base-nobody-has"),
        pytest.param({"CI_COMMIT_SHA": "e" * 40}, "is checked out", id="another-commit-checked-out"),
        pytest.param(
            {"CI_MERGE_REQUEST_EVENT_TYPE": "merged_result", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "MAIN"},
            "no parent of the merged result",
            id="a-target-that-is-no-parent",
        ),
    ],
)
def test_a_base_that_cannot_be_known_is_exit_three(
    module: Module, tmp_path: Path, variables: dict[str, str], told: str
) -> None:
    clone = module.clone(tmp_path / "clone", module.head, 0)
    clone.git("fetch", "-q", "origin", "main")
    names = {"HEAD": module.head, "MAIN": module.author.git("rev-parse", "main")}
    ran = check(
        clone, module.variables(module.head) | {name: names.get(value, value) for name, value in variables.items()}
    )
    assert ran.code == 3
    assert told in ran.err
    assert not ran.out


@pytest.mark.parametrize("kind", ["default", "schedule", "tag", "other"])
def test_a_pipeline_without_a_merge_request_finds_its_base(module: Module, tmp_path: Path, kind: str) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    head = module.head if kind == "other" else module.author.git("rev-parse", "main")
    clone = module.clone(tmp_path / "clone", head, 1)
    clone.write(GREEN if kind == "other" else {"back/coverage.xml": covered(20), "back/junit.xml": junit(passed=3)})
    more = {
        "default": {},
        "schedule": {"CI_PIPELINE_SOURCE": "schedule"},
        "tag": {"CI_COMMIT_TAG": "v1", "CI_COMMIT_BRANCH": ""},
        "other": {"CI_COMMIT_BRANCH": "feature", "CI_COMMIT_REF_PROTECTED": "false"},
    }[kind]
    ran = check(clone, module.gitlab.variables(CI_COMMIT_SHA=head, **more))
    assert (ran.code, ran.verdict()["base"]["commit"]) == (0, module.base), ran.err  # type: ignore[index]
    assert not module.gitlab.own_notes()


def test_a_fork_reads_the_parent_s_baseline_and_writes_the_parent_s_note(module: Module, tmp_path: Path) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    clone = module.clone(tmp_path / "clone", module.head, 20)
    clone.write(GREEN)
    ran = check(clone, module.variables(module.head, CI_PROJECT_ID="99", CI_MERGE_REQUEST_SOURCE_PROJECT_ID="99"))
    assert ran.verdict()["base"]["kind"] == "exact", ran.err  # type: ignore[index]
    assert len(module.gitlab.own_notes()) == 1


def test_ten_pushes_leave_one_note_and_nobody_else_s_is_touched(module: Module, tmp_path: Path) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    module.gitlab.page_size = 5
    for number in range(23):
        module.gitlab.add_note(f"talk {number}")
    quoted = module.gitlab.add_note("<!-- qualitygate:note  -->\nI copied the marker")
    clone = module.clone(tmp_path / "clone", module.head, 20)
    for push in range(10):
        clone.write(GREEN if push % 2 else RED)
        check(clone, module.variables(module.head))
    assert len(module.gitlab.own_notes()) == 1
    assert "passed" in module.gitlab.own_notes()[0]
    assert module.gitlab.notes[quoted]["body"] == "<!-- qualitygate:note  -->\nI copied the marker"


def test_two_jobs_at_once_leave_one_note(module: Module, tmp_path: Path) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    clones = [module.clone(tmp_path / f"clone{number}", module.head, 20) for number in range(2)]
    for clone in clones:
        clone.write(GREEN)
    barrier = threading.Barrier(2, timeout=20)
    waits = [0]

    def together() -> None:
        with module.gitlab.lock:
            waits[0] += 1
            first = waits[0] <= 2
        if first:  # both look before either writes
            barrier.wait()

    module.gitlab.before_list = together
    with ThreadPoolExecutor(2) as pool:
        codes = [ran.code for ran in pool.map(lambda clone: check(clone, module.variables(module.head)), clones)]
    assert codes == [0, 0]
    assert sum(request.startswith("POST") and request.endswith("/notes") for request in module.gitlab.requests) == 2
    assert len(module.gitlab.own_notes()) == 1


def test_threads_stand_on_the_lines_and_are_resolved_when_fixed(module: Module, tmp_path: Path) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    module.gitlab.diff_refs = {"base_sha": module.base, "start_sha": module.base, "head_sha": module.head}
    clone = module.clone(tmp_path / "clone", module.head, 20)
    clone.write(RED)
    check(clone, module.variables(module.head), "--threads")
    first = next(iter(module.gitlab.discussions.values()))["notes"][0]  # type: ignore[index]
    assert first["position"]["new_path"] == "back/app.py"
    assert first["position"]["head_sha"] == module.head
    opened = len(module.gitlab.discussions)
    check(clone, module.variables(module.head), "--threads")
    assert len(module.gitlab.discussions) == opened, "a thread that stands is not opened again"
    clone.write(GREEN)
    check(clone, module.variables(module.head), "--threads")
    assert all(each["notes"][0]["resolved"] for each in module.gitlab.discussions.values())  # type: ignore[index]


def test_without_an_api_token_the_verdict_is_the_same_and_one_sentence_says_what_is_missing(
    module: Module, tmp_path: Path
) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    clone = module.clone(tmp_path / "clone", module.head, 20)
    clone.write(GREEN)
    told = check(clone, module.variables(module.head))
    silent = check(clone, module.variables(module.head, QUALITYGATE_API_TOKEN=""))
    assert silent.out == told.out
    assert silent.code == 0
    assert silent.err.count("QUALITYGATE_API_TOKEN") == 1
    assert not any(request.startswith("POST") for request in module.gitlab.requests[-1:])


HTML = (("Content-Type", "text/html"),)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        pytest.param(Fault("/user", 401, times=9), "wrong or expired", id="a-wrong-token"),
        pytest.param(Fault("POST .*/notes", 403, times=9), "lacks the right", id="a-token-without-the-right"),
        pytest.param(Fault("/notes", 404, times=9), "does not exist", id="a-merge-request-that-is-gone"),
        pytest.param(Fault("POST .*/notes", 409, times=9), "at the same time", id="a-conflict"),
        pytest.param(Fault("POST .*/notes", 413, times=9), "larger than", id="a-note-too-large"),
        pytest.param(Fault("GET .*/notes", 200, b"<html>login</html>", HTML), "no JSON, but text/html", id="a-page"),
        pytest.param(Fault("GET .*/notes", 200, b"[{", cut=True, times=9), "the connection broke", id="a-cut-body"),
        pytest.param(Fault("GET .*/notes", 302, b"", (("Location", "/login"),)), "redirects", id="a-login-redirect"),
        pytest.param(Fault("POST .*/notes", 500, times=1), "the server fails", id="an-error-that-may-have-written"),
        pytest.param(Fault("GET .*/notes", 429, b"", (("Retry-After", "3600"),)), "fewer requests", id="a-long-wait"),
    ],
)
def test_a_note_that_cannot_be_delivered_never_changes_the_verdict(
    module: Module, tmp_path: Path, fault: Fault, told: str
) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    clone = module.clone(tmp_path / "clone", module.head, 20)
    for reports, code in ((GREEN, 0), (RED, 1)):
        clone.write(reports)
        module.gitlab.faults[:] = [fault]
        ran = check(clone, module.variables(module.head))
        assert ran.code == code
        assert "could not be delivered" in ran.err
        assert told in ran.err
        assert API_TOKEN not in ran.err + ran.out
        assert JOB_TOKEN not in ran.err + ran.out
    module.gitlab.faults.clear()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("GET .*/notes", 503, times=2), id="a-server-that-comes-back"),
        pytest.param(Fault("POST .*/notes", 429, b"", (("Retry-After", "1"),)), id="a-limit-with-retry-after"),
        pytest.param(
            Fault("GET .*/notes", 429, b"", (("RateLimit-Remaining", "0"), ("RateLimit-Reset", "0"))),
            id="a-limit-with-its-reset",
        ),
        pytest.param(Fault("GET .*/notes", 200, b"[", cut=True), id="a-body-cut-once"),
    ],
)
def test_what_passes_by_itself_is_tried_again(module: Module, tmp_path: Path, fault: Fault) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    clone = module.clone(tmp_path / "clone", module.head, 20)
    clone.write(GREEN)
    module.gitlab.faults.append(fault)
    ran = check(clone, module.variables(module.head))
    assert ran.code == 0
    assert "trying again" in ran.err
    assert len(module.gitlab.own_notes()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("GET .*/packages", 401, times=9), id="401"),
        pytest.param(Fault("GET .*/packages", 403, times=9), id="403"),
        pytest.param(Fault("GET .*/packages", 404, times=9), id="404"),
        pytest.param(Fault("GET .*/packages", 200, b"<html>", HTML, times=9), id="a-page-in-place-of-json"),
        pytest.param(Fault("GET .*/packages", 200, b'{"a": 1}', times=9), id="an-object-in-place-of-a-list"),
        pytest.param(Fault("generic/", 200, b"rubbish", times=9), id="a-damaged-baseline"),
        pytest.param(Fault("generic/", 200, b"qualitygate-snapshot\n\x93\x63\xa0\x80", times=9), id="a-newer-format"),
        pytest.param(
            Fault("package_files", 200, json.dumps([{"file_name": "back.snapshot", "size": 1 << 40}]).encode()),
            id="an-oversized-baseline",
        ),
    ],
)
def test_a_baseline_that_cannot_be_fetched_is_exit_three(module: Module, tmp_path: Path, fault: Fault) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    clone = module.clone(tmp_path / "clone", module.head, 20)
    clone.write(GREEN)
    module.gitlab.faults.append(fault)
    ran = check(clone, module.variables(module.head))
    assert ran.code == 3, ran.out
    assert "hint: " in ran.err
    assert JOB_TOKEN not in ran.err


def test_a_missing_baseline_is_unknown_and_not_green(module: Module, tmp_path: Path) -> None:
    clone = module.clone(tmp_path / "clone", module.head, 20)
    clone.write(GREEN)
    ran = check(clone, module.variables(module.head))
    assert ran.verdict()["base"]["kind"] == "none"  # type: ignore[index]
    assert ran.condition("back:coverage/overall")["status"] == "unknown"


def test_the_nearest_baseline_takes_two_requests_however_far_it_is(module: Module, tmp_path: Path) -> None:
    old = module.author.git("rev-parse", f"{module.base}~7")
    clone = module.clone(tmp_path / "old", old, 1)
    clone.write({"coverage.xml": cobertura({"log.txt": {1: 1}})})
    assert clone.gate("baseline", "save", **module.gitlab.variables(CI_COMMIT_SHA=old)).code == 0
    module.gitlab.requests.clear()
    clone = module.clone(tmp_path / "clone", module.head, 1)
    clone.write(GREEN)
    ran = check(clone, module.variables(module.head, QUALITYGATE_API_TOKEN=""))
    base = ran.verdict()["base"]
    assert base == {"commit": module.base, "kind": "ancestor", "distance": 7, "measured": old}
    lists = [request for request in module.gitlab.requests if request.endswith("/packages")]
    assert len(lists) == 1
    assert len(module.gitlab.requests) <= 4, module.gitlab.requests


def test_a_baseline_written_by_a_feature_branch_is_not_believed(module: Module, tmp_path: Path) -> None:
    module.gitlab.writer = "feature"
    save_baseline(module, tmp_path / "main", module.base)
    clone = module.clone(tmp_path / "clone", module.head, 20)
    clone.write(GREEN)
    ran = check(clone, module.variables(module.head))
    assert ran.verdict()["base"]["kind"] == "none"  # type: ignore[index]
    assert "is not believed" in ran.err


@pytest.mark.parametrize(
    "variables", [{"CI_COMMIT_BRANCH": "feature", "CI_COMMIT_REF_PROTECTED": "false"}], ids=["feature"]
)
def test_a_pipeline_of_an_unprotected_branch_saves_no_baseline(
    module: Module, tmp_path: Path, variables: dict[str, str]
) -> None:
    clone = module.clone(tmp_path / "clone", module.head, 1)
    clone.write(GREEN)
    ran = clone.gate("baseline", "save", **module.gitlab.variables(CI_COMMIT_SHA=module.head, **variables))
    assert (ran.code, module.gitlab.packages) == (2, {})


def test_two_jobs_that_save_components_of_one_commit_lose_none(module: Module, tmp_path: Path) -> None:
    clones = [module.clone(tmp_path / name, module.base, 1) for name in ("a", "b")]
    clones[0].write({"back/coverage.xml": covered(20)})
    clones[1].write({"front/coverage.xml": cobertura({"front/view.py": {1: 1, 2: 1}})})
    variables = module.gitlab.variables(CI_COMMIT_SHA=module.base)
    with ThreadPoolExecutor(2) as pool:
        assert [ran.code for ran in pool.map(lambda clone: clone.gate("baseline", "save", **variables), clones)] == [
            0,
            0,
        ]
    shown = clones[0].gate("baseline", "list", **variables)
    assert shown.out.split() == [module.base, "back,", "front"]


def test_prune_keeps_the_newest_and_what_branches_need(module: Module, tmp_path: Path) -> None:
    for back in (3, 2, 1, 0):
        commit = module.author.git("rev-parse", f"{module.base}~{back}")
        clone = module.clone(tmp_path / f"c{back}", commit, 1)
        clone.write({"coverage.xml": cobertura({"log.txt": {1: 1}}) if back else covered(20)})
        clone.gate("baseline", "save", **module.gitlab.variables(CI_COMMIT_SHA=commit))
    clone = module.clone(tmp_path / "clone", module.base, 0)
    clone.git("update-ref", "refs/heads/release", f"{module.base}~3")
    ran = clone.gate("baseline", "prune", "--keep", "1", **module.gitlab.variables(CI_COMMIT_SHA=module.base))
    left = {str(row["version"]) for row in module.gitlab.packages.values()}
    assert ran.code == 0
    assert left == {module.base, clone.git("rev-parse", f"{module.base}~3")}


def test_shards_of_parallel_jobs_are_united_and_a_silent_component_is_never_green(
    module: Module, tmp_path: Path
) -> None:
    save_baseline(module, tmp_path / "main", module.base)
    module.author.commit({"front/view.py": FRONT + "\n\ndef more():\n    return 2\n"})
    head = module.author.git("rev-parse", "HEAD")
    module.author.git("push", "-q", "origin", "feature")
    variables = module.variables(head)
    parts = {
        "back-1": {"back/coverage.xml": cobertura({"back/app.py": {1: 1, 2: 1, 9: 1, 10: 0, 11: 1}})},
        "back-2": {
            "back/coverage.xml": cobertura({"back/app.py": {1: 1, 2: 0, 9: 1, 10: 1, 11: 1, 5: 1, 6: 1, 14: 1, 15: 1}}),
            "back/junit.xml": junit(passed=3),
        },
        "front": {
            "front/coverage.xml": cobertura({"front/view.py": {1: 1, 2: 1, 5: 1, 6: 1}}),
            "front/junit.xml": junit(passed=2),
        },
    }
    shards = {}
    for name, reports in parts.items():
        clone = module.clone(tmp_path / name, head, 1)
        clone.write(dict(reports))
        ran = clone.gate("collect", "--shard", name.partition("-")[0], f"{name}.snapshot", **variables)
        assert ran.code == 0, ran.err
        shards[f"{name}.snapshot"] = (clone.root / f"{name}.snapshot").read_bytes()
    judge = module.clone(tmp_path / "judge", head, 20)
    judge.write(dict(shards))
    ran = check(judge, variables)
    assert ran.code == 0, ran.out + ran.err
    assert ran.condition("back:coverage/new-code")["value"] == 100
    judge.write({"front.snapshot": None})
    ran = check(judge, variables)
    assert ran.verdict()["verdict"] in ("unknown", "fail")
    assert ran.condition("front:coverage/new-code")["status"] != "pass"
    merged = judge.gate("merge", "back-1.snapshot", "back-2.snapshot", "-o", "all.snapshot")
    assert merged.code == 0, merged.err
    stale = check(module_with(judge, module.base, shards), replace_head(variables, module.base, module.author))
    assert stale.code == 3
    assert "holds the facts of" in stale.err


def module_with(clone: Workshop, commit: str, shards: dict[str, bytes]) -> Workshop:
    clone.git("checkout", "-q", "--detach", commit)
    clone.write(dict(shards))
    return clone


def replace_head(variables: dict[str, str], commit: str, author: Workshop) -> dict[str, str]:
    return variables | {
        "CI_COMMIT_SHA": commit,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": author.git("rev-parse", f"{commit}~1"),
    }


def test_the_server_tells_job_tokens_from_api_tokens(gitlab: GitlabServer) -> None:
    """The loopback server itself: a job token reads notes and packages, and may not write notes or statuses."""
    import requests  # noqa: PLC0415

    root = f"{gitlab.url}/api/v4/projects/7"
    job, api = {"JOB-TOKEN": JOB_TOKEN}, {"PRIVATE-TOKEN": API_TOKEN}
    notes = f"{root}/merge_requests/3/notes"
    assert requests.get(notes, headers=job, timeout=5).status_code == 200
    assert requests.post(notes, headers=job, json={"body": "x"}, timeout=5).status_code == 403
    assert requests.post(notes, headers=api, json={"body": "x"}, timeout=5).status_code == 201
    assert requests.get(notes, timeout=5).status_code == 401
    assert gitlab.own_notes() == ["x"]
    assert ME == 42
    assert replace(Fault("x", 1), status=2).status == 2
