from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from qualitygate.model.errors import CannotMeasureError, UsageError
from qualitygate.repository.base import find_base
from qualitygate.repository.repository import Head, Repository
from tests.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path


def counts(path: str) -> bool:
    return path.endswith(".py")


def base_of(root: Path, reference: str | None = None) -> tuple[str | None, Head, list[str]]:
    said: list[str] = []
    with Repository.discover(root) as repository:
        head = repository.head(working_tree=True, counts=counts)
        return find_base(repository, head, reference, said.append), head, said


def line(workshop: Workshop, count: int, prefix: str = "c") -> list[str]:
    return [workshop.commit({f"{prefix}.py": f"x = {number}\n"}) for number in range(count)]


def clone(origin: Workshop, to: Path, *options: str) -> Workshop:
    origin.git("clone", "-q", *options, f"file://{origin.root}", str(to))
    return Workshop(to)


def test_the_head_of_the_default_branch_is_compared_with_its_first_parent(workshop: Workshop) -> None:
    commits = line(workshop, 3)
    assert base_of(workshop.root)[0] == commits[1]


def test_a_branch_is_compared_with_where_it_left_the_default_branch(workshop: Workshop) -> None:
    commits = line(workshop, 2)
    workshop.git("checkout", "-q", "-b", "feature")
    line(workshop, 2, "feature")
    workshop.git("checkout", "-q", "main")
    line(workshop, 2, "other")
    workshop.git("checkout", "-q", "feature")
    assert base_of(workshop.root)[0] == commits[1]
    assert base_of(workshop.root, "main")[0] == commits[1]


def test_a_merge_on_the_default_branch_is_compared_with_its_first_parent(workshop: Workshop) -> None:
    line(workshop, 2)
    workshop.git("checkout", "-q", "-b", "feature")
    line(workshop, 1, "feature")
    workshop.git("checkout", "-q", "main")
    before = workshop.commit({"m.py": "m = 1\n"})
    workshop.git("merge", "-q", "--no-ff", "-m", "merge", "feature")
    assert base_of(workshop.root)[0] == before


def test_uncommitted_work_on_the_default_branch_is_compared_with_the_head(workshop: Workshop) -> None:
    commits = line(workshop, 2)
    workshop.write({"c.py": "x = 9\n"})
    base, head, _ = base_of(workshop.root)
    assert head.dirty
    assert base == commits[1]


def test_a_root_commit_has_no_base(workshop: Workshop) -> None:
    line(workshop, 1)
    assert base_of(workshop.root)[0] is None


def test_a_detached_head_is_compared_as_a_branch_is(workshop: Workshop) -> None:
    commits = line(workshop, 3)
    workshop.git("checkout", "-q", commits[1])
    assert base_of(workshop.root)[0] == commits[0]


@pytest.mark.parametrize("reference", ["nowhere", "-x", "HEAD~50", "0" * 40])
def test_a_base_that_does_not_exist_is_a_usage_error(workshop: Workshop, reference: str) -> None:
    line(workshop, 2)
    with pytest.raises(UsageError) as told:
        base_of(workshop.root, reference)
    assert told.value.slug == "base-not-found"
    assert reference in told.value.where


def test_histories_without_a_common_commit_are_told(workshop: Workshop) -> None:
    line(workshop, 2)
    workshop.git("checkout", "-q", "--orphan", "island")
    workshop.commit({"i.py": "i = 1\n"})
    with pytest.raises(CannotMeasureError) as told:
        base_of(workshop.root, "main")
    assert told.value.slug == "no-common-ancestor"


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_a_shallow_clone_is_deepened_until_the_base_is_certain(workshop: Workshop, tmp_path: Path, depth: int) -> None:
    commits = line(workshop, 80)
    workshop.git("checkout", "-q", "-b", "feature", commits[5])
    line(workshop, 3, "feature")
    shallow = clone(workshop, tmp_path / "clone", f"--depth={depth}", "--no-single-branch", "--branch=feature")
    base, _, said = base_of(shallow.root, "origin/main")
    assert base == commits[5]
    assert any("shallow" in each for each in said)


def test_a_shallow_clone_of_one_branch_fetches_the_other(workshop: Workshop, tmp_path: Path) -> None:
    commits = line(workshop, 4)
    workshop.git("checkout", "-q", "-b", "feature", commits[2])
    line(workshop, 3, "feature")
    shallow = clone(workshop, tmp_path / "clone", "--depth=1", "--single-branch", "--branch=feature")
    assert base_of(shallow.root, "main")[0] == commits[2]


def test_a_parent_beyond_the_edge_of_a_shallow_clone_is_fetched(workshop: Workshop, tmp_path: Path) -> None:
    commits = line(workshop, 3)
    shallow = clone(workshop, tmp_path / "clone", "--depth=1")
    assert base_of(shallow.root)[0] == commits[1]
    assert base_of(shallow.root, "HEAD~1")[0] == commits[1]


def test_a_shallow_clone_without_its_remote_names_the_fetch_that_helps(workshop: Workshop, tmp_path: Path) -> None:
    line(workshop, 3)
    shallow = clone(workshop, tmp_path / "clone", "--depth=1")
    shutil.rmtree(workshop.root)
    with pytest.raises(CannotMeasureError) as told:
        base_of(shallow.root)
    assert told.value.slug == "shallow-clone"
    assert "git fetch --unshallow" in told.value.remedy


def test_a_shallow_merge_base_that_would_lie_is_not_believed(workshop: Workshop, tmp_path: Path) -> None:
    """Of two roads back the clone holds only the long one, so an older common commit looks like the nearest."""
    old = workshop.commit({"a.py": "a = 1\n"})
    true_base = workshop.commit({"a.py": "a = 2\n"})
    workshop.git("checkout", "-q", "-b", "feature")
    for number in range(3):
        workshop.commit({"f.py": f"f = {number}\n"})
    workshop.git("checkout", "-q", "-b", "side", old)
    workshop.commit({"s.py": "s = 1\n"})
    workshop.git("checkout", "-q", "feature")
    workshop.git("merge", "-q", "-m", "merge", "side")
    workshop.git("checkout", "-q", "main")
    workshop.commit({"m.py": "m = 1\n"})
    workshop.git("checkout", "-q", "feature")
    for depth in (1, 2, 3, 4):
        shallow = clone(workshop, tmp_path / f"clone{depth}", f"--depth={depth}", "--no-single-branch")
        assert base_of(shallow.root, "origin/main")[0] == true_base


def test_the_working_tree_holds_what_git_would_commit(workshop: Workshop) -> None:
    workshop.commit({"kept.py": "k = 1\n", "edited.py": "e = 1\n", "gone.py": "g = 1\n", ".gitignore": "ignored.py\n"})
    workshop.write({"edited.py": "e = 2\n", "gone.py": None, "new.py": "n = 1\n", "ignored.py": "i = 1\n"})
    before = workshop.git("status", "--porcelain")
    with Repository.discover(workshop.root) as repository:
        head = repository.head(working_tree=True, counts=counts)
        assert head.dirty
        assert set(repository.files(head.tree)) == {"kept.py", "edited.py", "new.py", ".gitignore"}
        assert repository.content(head.tree, "edited.py") == b"e = 2\n"
        assert repository.head(working_tree=True, counts=counts) == head
        assert repository.head(working_tree=False, counts=counts).tree == head.commit
    assert workshop.git("status", "--porcelain") == before
    assert workshop.git("count-objects").startswith("6 objects")


def test_reports_beside_the_sources_leave_the_commit_as_the_head(workshop: Workshop) -> None:
    workshop.commit({"a.py": "a = 1\n"})
    workshop.write({"coverage.xml": "<coverage/>", "reports/junit.xml": "<testsuites/>"})
    assert not base_of(workshop.root)[1].dirty


def test_a_worktree_and_a_subfolder_are_the_same_repository(workshop: Workshop, tmp_path: Path) -> None:
    workshop.commit({"a.py": "a = 1\n", "deep/b.py": "b = 1\n"})
    workshop.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    with Repository.discover(workshop.root) as main, Repository.discover(tmp_path / "tree") as tree:
        assert tree.common_directory.resolve() == main.common_directory.resolve()
        assert tree.root == tmp_path / "tree"
    with Repository.discover(workshop.root / "deep") as deep:
        assert deep.root == workshop.root


@pytest.mark.parametrize(
    ("kind", "slug"), [("plain", "not-a-repository"), ("bare", "not-a-repository"), ("empty", "empty-repository")]
)
def test_what_cannot_be_judged_is_told(tmp_path: Path, kind: str, slug: str) -> None:
    workshop = Workshop.at(tmp_path / "made")
    place = {"plain": tmp_path, "bare": workshop.root / ".git", "empty": workshop.root}[kind]
    with pytest.raises(CannotMeasureError) as told:
        base_of(place)
    assert told.value.slug == slug


def test_a_temporary_checkout_is_gone_afterwards(workshop: Workshop) -> None:
    commits = line(workshop, 2)
    with Repository.discover(workshop.root) as repository:
        with repository.worktree(commits[0]) as place:
            assert (place / "c.py").read_text() == "x = 0\n"
        assert not place.exists()
    assert len(workshop.git("worktree", "list").splitlines()) == 1
