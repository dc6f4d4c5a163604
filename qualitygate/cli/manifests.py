"""qualitygate manifests: what Kubernetes manifests lack for updates without interruption, as a report of findings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from qualitygate.cli.outputs import write_whole
from qualitygate.delivery.manifests import RULES, TOOL, check_manifests
from qualitygate.model.errors import UsageError
from qualitygate.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_VARIABLE = re.compile(r"\$\{((?:CI|QUALITYGATE)_[A-Z0-9_]+)\}")


@click.command("manifests")
@click.argument("places", nargs=-1, required=True, metavar="FILE|DIR...")
@click.option("-o", "--output", "file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write GitLab Code Quality JSON there, which `check` reads as findings.")  # fmt: skip
def command(places: tuple[str, ...], file: Path | None) -> int:
    """Check manifests and show what they lack; exits 0 whatever was found, for the gate is who judges."""
    files = manifests_in(places)
    findings = [*check_manifests(files), *validated(files)]
    for each in findings:
        click.echo(f"{each.path}:{each.line}: {each.severity.value}: {each.message} ({each.rule})")
        click.echo(f"  {RULES[each.rule].why}" if each.rule in RULES else "")
    if file is not None:
        write_whole(file, code_quality(findings))
    click.echo(f"{len(files)} files, {len(findings)} findings", err=True)
    return 0


def manifests_in(places: Iterable[str], *, filled: bool = False) -> dict[str, bytes]:
    """Read the manifests of files and folders; UsageError where there is none.

    filled: whether `${CI_…}` and `${QUALITYGATE_…}` become the values of those variables; UsageError for an unset one.
    """
    found = {}
    for place in places:
        path = Path(place)
        paths = sorted({*path.rglob("*.yaml"), *path.rglob("*.yml")}) if path.is_dir() else [path]
        if not paths or not all(each.is_file() for each in paths):
            raise UsageError(
                slug="no-manifests",
                where=place,
                what="there is no manifest",
                remedy="name files or a folder with .yaml files",
            )
        for each in paths:
            text = each.read_bytes()
            found[str(each)] = _filled(str(each), text) if filled else text
    return found


def _filled(path: str, content: bytes) -> bytes:
    def value(match: re.Match[str]) -> str:
        told = os.environ.get(match[1])
        if told is None:
            raise UsageError(
                slug="variable-unset",
                where=path,
                what=f"it uses ${{{match[1]}}}, which is not set",
                remedy="set the variable for this job",
            )
        return told

    return _VARIABLE.sub(value, content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def validated(files: Iterable[str]) -> Iterator[Finding]:
    """Hold manifests against Kubernetes' schemas by kubernetes-validate, where it is installed."""
    beside = Path(sys.executable).parent / "kubernetes-validate"
    tool = str(beside) if beside.is_file() else shutil.which("kubernetes-validate")
    for path in files if tool is not None else ():
        done = subprocess.run([str(tool), path], capture_output=True, check=False, text=True, timeout=120)
        if done.returncode:
            told = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            message = next((line for line in told if "ERROR" in line or "error" in line.lower()), "not valid")
            rule = RULES["invalid-manifest"]
            yield Finding("kubernetes-validate", rule.name, rule.severity, path, 1, 1, message[:300])


def code_quality(findings: Iterable[Finding]) -> bytes:
    """Write findings as GitLab Code Quality JSON."""
    entries = [
        {
            "description": each.message,
            "check_name": f"{each.tool if each.tool != TOOL else 'manifest'}/{each.rule}",
            "fingerprint": f"{each.path}:{each.rule}:{each.message}",
            "severity": each.severity.value,
            "location": {"path": each.path, "lines": {"begin": max(each.line, 1)}},
        }
        for each in findings
    ]
    return msgspec.json.format(msgspec.json.encode(entries), indent=2) + b"\n"
