"""A git repository: its head, its files, and the change between two commits."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING

from qualitygate.model.errors import CannotMeasureError
from qualitygate.repository.git import Git, GitFailedError, decoded
from qualitygate.repository.linemap import line_map
from qualitygate.repository.patch import SUBMODULE, SYMLINK, parse_patch, parse_raw

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from types import TracebackType

    from qualitygate.model.change import Change

_NAMES_AT_ONCE = 200
_DIFF = ("--diff-algorithm=histogram", "--indent-heuristic", "-M", "-l4000", "--ignore-cr-at-eol")


@dataclass(frozen=True, slots=True)
class Head:
    """What is judged.

    commit: the commit that is checked out.
    tree:   the commit itself, or the tree of the working directory where that differs from it.
    dirty:  whether uncommitted or untracked files are part of it.
    """

    commit: str
    tree: str
    dirty: bool


@dataclass(frozen=True, slots=True)
class TrackedFile:
    """One file of a tree: its name and the object that holds its content."""

    path: str
    blob: str


class Repository:
    """A repository opened for reading; use it as a context manager, it may hold temporary objects."""

    def __init__(self, git: Git, common_directory: Path) -> None:
        self.git = git
        self.common_directory = common_directory
        self._temporary = ExitStack()

    def __enter__(self) -> Repository:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._temporary.close()

    @classmethod
    def discover(cls, directory: Path) -> Repository:
        """Open the repository that a directory lies in; CannotMeasureError where there is none."""
        git = Git(directory)
        try:
            top, common = decoded(
                git.run("rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir")
            ).splitlines()
        except GitFailedError as error:
            if "dubious ownership" in error.message:
                raise CannotMeasureError(
                    slug="repository-not-trusted",
                    where=str(directory),
                    what="git refuses the repository because it belongs to another user",
                    remedy=f"run `git config --global --add safe.directory {directory}`",
                ) from None
            what = "a bare repository has no files to judge" if "work tree" in error.message else "not a git repository"
            raise CannotMeasureError(
                slug="not-a-repository",
                where=str(directory),
                what=what,
                remedy="run qualitygate inside a checkout of the module",
            ) from None
        return cls(replace(git, directory=Path(top)), Path(common))

    @property
    def root(self) -> Path:
        """The top of the working tree."""
        return self.git.directory

    @cached_property
    def head_commit(self) -> str:
        """The commit that is checked out; CannotMeasureError in a repository without commits."""
        commit = self.commit("HEAD")
        if commit is None:
            raise CannotMeasureError(
                slug="empty-repository",
                where=str(self.root),
                what="the repository has no commit yet",
                remedy="commit something first; the gate compares commits",
            )
        return commit

    @cached_property
    def empty_tree(self) -> str:
        """Git's name of the tree without files, which a root commit is compared with."""
        return self.git.line("hash-object", "-t", "tree", "--stdin")

    def commit(self, reference: str) -> str | None:
        """Give the full name of the commit that a reference means; None where it means none."""
        if reference.startswith("-"):
            return None
        return self.git.maybe("rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")

    def head(self, *, working_tree: bool, counts: Callable[[str], bool]) -> Head:
        """Say what is judged: the commit alone, or the working tree with its uncommitted and untracked files.

        counts: tells by its path whether an untracked file makes a difference; a report that a job left beside the
                sources does not. Tracked files that are edited always do.
        """
        commit = self.head_commit
        if not working_tree or not self._is_dirty(counts):
            return Head(commit, commit, dirty=False)
        return Head(commit, self._working_tree, dirty=True)

    def _is_dirty(self, counts: Callable[[str], bool]) -> bool:
        status = self.git.run("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all",
                              "--ignore-submodules=dirty")  # fmt: skip
        for entry in filter(None, status.split(b"\0")):
            if not entry.startswith(b"?? ") or counts(decoded(entry[3:])):
                return True
        return False

    @cached_property
    def _working_tree(self) -> str:
        return self._write_working_tree()

    def _write_working_tree(self) -> str:
        """Write the working tree as git objects outside the repository, with an index of their own.

        Everything that follows then compares two trees, and `.gitignore`, line ends, renames of untracked files and
        submodules are as git has them. The repository itself stays untouched.
        """
        scratch = Path(self._temporary.enter_context(tempfile.TemporaryDirectory(prefix="qualitygate-")))
        index, objects = (
            Path(self.git.line("rev-parse", "--path-format=absolute", "--git-path", name))
            for name in ("index", "objects")
        )
        if index.exists():
            shutil.copy2(index, scratch / "index")
        (scratch / "objects").mkdir()
        alternates = [str(objects), os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")]
        overlay = {
            "GIT_INDEX_FILE": str(scratch / "index"),
            "GIT_OBJECT_DIRECTORY": str(scratch / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(filter(None, alternates)),
        }
        writing = replace(self.git, extra={**self.git.extra, **overlay})
        try:
            writing.run("-c", "core.compression=0", "-c", "advice.addEmbeddedRepo=false", "add", "--all", ".")
            tree = writing.line("write-tree")
        except GitFailedError as error:
            raise CannotMeasureError(
                slug="working-tree-unreadable",
                where=str(self.root),
                what=f"git cannot read the working tree: {error.message}",
                remedy="make the files readable, or add them to .gitignore",
            ) from None
        del overlay["GIT_INDEX_FILE"]
        self.git = replace(self.git, extra={**self.git.extra, **overlay})
        return tree

    def files(self, tree: str, only: Collection[str] | None = None) -> dict[str, TrackedFile]:
        """List the regular files of a commit or tree by path; symbolic links and submodules are left out.

        only: the paths that are asked for; None for all.
        """
        if only is not None and not only:
            return {}
        # So many names an argument list surely takes; more are cheaper to sort out of the whole list.
        names = sorted(only) if only is not None and len(only) <= _NAMES_AT_ONCE else []
        found = {}
        for entry in self.git.run("ls-tree", "-r", "-z", "--full-tree", tree, "--", *names).split(b"\0"):
            if not entry:
                continue
            facts, _, name = entry.partition(b"\t")
            mode, _, blob = facts.decode("ascii").split(" ")
            if mode not in (SUBMODULE, SYMLINK):
                path = decoded(name)
                found[path] = TrackedFile(path, blob)
        return found

    def change(self, base: str, head: str, *, text_files: Collection[str] = ()) -> Change:
        """Compare two commits or trees and give the line map.

        text_files: endings of files that are text whatever an attribute says, so that `*.py -diff` hides nothing.
        """
        entries = list(parse_raw(self.git.run("diff", "--raw", "-z", "--no-abbrev", *_DIFF, base, head)))
        options = ("--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/")
        patches = list(parse_patch(self.git.run("diff", "-U0", *options, *_DIFF, base, head)))
        hidden = [
            name
            for patch in patches
            if patch.binary
            for name in (patch.base_path, patch.path)
            if name is not None and name.endswith(tuple(text_files))
        ]
        if hidden:
            output = self.git.run("diff", "-U0", "--text", *options, *_DIFF, base, head, "--", *hidden)
            forced = {(patch.base_path, patch.path): patch for patch in parse_patch(output)}
            patches = [forced.get((patch.base_path, patch.path), patch) for patch in patches]
        return line_map(entries, patches)

    def content(self, tree: str, path: str) -> bytes | None:
        """Give the content of one file at a commit or tree; None where it has no such file."""
        try:
            return self.git.run("cat-file", "blob", f"{tree}:{path}")
        except GitFailedError:
            return None

    def blobs(self, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (object name, content) of the given blobs, one process for all, one blob in memory at a time."""
        if not names:
            return
        with subprocess.Popen(
            self.git.command("cat-file", "--batch"),
            cwd=self.root,
            env=self.git.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            if process.stdin is None or process.stdout is None:
                raise AssertionError("both ends are pipes")
            for name in names:
                process.stdin.write(name.encode("ascii") + b"\n")
                process.stdin.flush()
                yield name, _batch_answer(process.stdout, name)
            process.stdin.close()

    def ancestors(self, commit: str, *, most: int) -> list[str]:
        """List a commit and its first-parent ancestors, nearest first, `most` at the most."""
        return self.git.line("rev-list", "--first-parent", f"--max-count={most}", commit).splitlines()

    @contextmanager
    def worktree(self, commit: str) -> Iterator[Path]:
        """Check a commit out into a temporary directory, which is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="qualitygate-base-") as scratch:
            place = Path(scratch) / "tree"
            self.git.run("worktree", "add", "--detach", "--quiet", str(place), commit)
            try:
                yield place
            finally:
                self.git.run("worktree", "remove", "--force", str(place))


def _batch_answer(stream: IO[bytes], name: str) -> bytes:
    header = stream.readline().split()
    if len(header) != 3:
        raise CannotMeasureError(
            slug="object-missing",
            where=name,
            what="git does not have this object; the clone is partial or damaged",
            remedy="run `git fetch --refetch`, or clone again",
        )
    content = stream.read(int(header[2]))
    stream.read(1)
    return content
