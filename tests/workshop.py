"""Real git repositories to try the gate in."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of the command line left."""

    code: int
    out: str
    err: str

    def verdict(self) -> dict[str, object]:
        found = msgspec.json.decode(self.out, type=dict[str, object])
        assert found["schema"] == "qualitygate/verdict/1"
        return found

    def condition(self, rule: str) -> dict[str, object]:
        conditions = self.verdict()["conditions"]
        assert isinstance(conditions, list)
        return next(each for each in conditions if each["id"] == rule or each["id"].partition(":")[2] == rule)


@dataclass(frozen=True, slots=True)
class Workshop:
    """A git repository in a temporary directory."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> Workshop:
        root.mkdir(parents=True, exist_ok=True)
        made = cls(root)
        made.git("init", "-q", "-b", "main")
        return made

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.root, env={**os.environ, **IDENTITY}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        for name, content in files.items():
            path = self.root / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Mapping[str, str | bytes | None] | None = None, message: str = "change") -> str:
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def gate(self, *words: str, **environment: str) -> Ran:
        """Run the command line as a user does, in a process of its own."""
        return run_gate(self.root, *words, **environment)

    def check(self, *words: str) -> Ran:
        """Run `check` with JSON on standard output."""
        return self.gate("check", "--format", "json", *words)


def run_gate(directory: Path, *words: str, **environment: str) -> Ran:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GITLAB", "CI"))}
    done = subprocess.run(
        [sys.executable, "-c", "from qualitygate.cli.main import run; run()", *words],
        cwd=directory,
        env={**clean, **IDENTITY, **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )
    ran = Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
    assert "Traceback" not in ran.err, ran.err
    return ran


def cobertura(files: dict[str, dict[int, int]], root: str = "") -> str:
    """Write a Cobertura report of {path: {line: hits}}."""
    classes = "".join(
        f'<class name="{name}" filename="{name}"><methods/><lines>'
        + "".join(f'<line number="{line}" hits="{hits}"/>' for line, hits in lines.items())
        + "</lines></class>"
        for name, lines in files.items()
    )
    return (
        f'<?xml version="1.0" ?><coverage version="7" lines-valid="0" line-rate="0"><sources><source>{root}</source>'
        f'</sources><packages><package name="p"><classes>{classes}</classes></package></packages></coverage>'
    )


def junit(passed: int = 0, failed: int = 0, skipped: int = 0) -> str:
    """Write a JUnit report."""
    cases = [f'<testcase classname="t" name="ok{index}"/>' for index in range(passed)]
    cases += [
        f'<testcase classname="t" name="bad{index}"><failure message="boom {index}"/></testcase>'
        for index in range(failed)
    ]
    cases += [f'<testcase classname="t" name="not{index}"><skipped/></testcase>' for index in range(skipped)]
    return f'<testsuites><testsuite name="s">{"".join(cases)}</testsuite></testsuites>'
