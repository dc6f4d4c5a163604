"""Running git, and nothing else."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.model.errors import CannotMeasureError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# The user's configuration must not change what a diff means: the same commit gives the same bytes everywhere.
_FIXED = (
    "-c", "core.quotePath=false",
    "-c", "diff.noprefix=false",
    "-c", "diff.mnemonicPrefix=false",
    "-c", "diff.relative=false",
    "-c", "diff.suppressBlankEmpty=false",
    "-c", "diff.submodule=short",
    "-c", "diff.orderFile=/dev/null",
    "-c", "log.showSignature=false",
)  # fmt: skip


class GitFailedError(Exception):
    """Git ended with an error; callers say what that means for the user.

    command: the words after `git`.
    message: what git wrote to standard error.
    """

    def __init__(self, *, command: str, message: str) -> None:
        super().__init__(f"git {command}: {message}")
        self.command = command
        self.message = message


@dataclass(frozen=True, slots=True)
class Git:
    """A place to run git in, and the environment it gets.

    directory: where the commands run.
    extra:     variables on top of the process environment (another index, another object directory).
    """

    directory: Path
    extra: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Give the environment of every git process: no prompts, no locks for reading, messages in English."""
        return {
            **os.environ,
            "LC_ALL": "C",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_PAGER": "cat",
            **self.extra,
        }

    def command(self, *words: str) -> list[str]:
        """Give the argument vector of a git command with the settings that make its output depend on nothing else."""
        return ["git", *_FIXED, *words]

    def run(self, *words: str, stdin: bytes = b"", timeout: float | None = None) -> bytes:
        """Run git to its end and give its standard output.

        GitFailedError where it ends with an error or takes more than `timeout` seconds.
        """
        try:
            done = subprocess.run(
                self.command(*words),
                cwd=self.directory,
                env=self.environment(),
                input=stdin,
                capture_output=True,
                check=False,
                timeout=timeout,
            )
        except FileNotFoundError as error:
            if error.filename != "git":
                raise
            raise CannotMeasureError(
                slug="git-missing",
                where="",
                what="git is not installed",
                remedy="install git; the gate reads commits with it",
            ) from None
        except subprocess.TimeoutExpired:
            raise GitFailedError(command=" ".join(words), message=f"no answer within {timeout:g} seconds") from None
        if done.returncode != 0:
            raise GitFailedError(command=" ".join(words), message=decoded(done.stderr).strip())
        return done.stdout

    def line(self, *words: str) -> str:
        """Run git and give its standard output as one line of text."""
        return decoded(self.run(*words)).strip("\n")

    def maybe(self, *words: str) -> str | None:
        """Run git and give its standard output as one line; None where git ends with an error."""
        try:
            return self.line(*words)
        except GitFailedError:
            return None


def decoded(raw: bytes) -> str:
    """Read a file name or message of git; bytes that are not UTF-8 survive as surrogates and encode back the same."""
    return raw.decode("utf-8", "surrogateescape")


def encoded(name: str) -> bytes:
    """Write a file name back as the bytes git knows it by."""
    return name.encode("utf-8", "surrogateescape")
