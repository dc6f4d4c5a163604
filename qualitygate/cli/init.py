"""qualitygate init: a first rules.yaml, written from what is in the repository."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from qualitygate.cli.outputs import write_whole
from qualitygate.cli.session import opened_gate
from qualitygate.collect.find import well_known
from qualitygate.governing import RULES_FILE
from qualitygate.model.component import WHOLE_MODULE, Component
from qualitygate.model.errors import UsageError
from qualitygate.model.rules import Rules
from qualitygate.model.unknown import Unknown
from qualitygate.model.verdict import Status
from qualitygate.rules.load import PRESETS, load

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from qualitygate.gate import Gate
    from qualitygate.model.snapshot import Snapshot

_PARTS = ("back", "backend", "api", "server", "front", "frontend", "web", "ui", "storage", "database", "db")
_IMAGES = ("Containerfile", "Dockerfile")
_TRIO = ("front", "back", "storage")
_MANIFESTS = ("pom.xml", "build.gradle", "build.gradle.kts", "package.json", "pyproject.toml", "setup.py", "go.mod",
              "Dockerfile", "Containerfile")  # fmt: skip


@click.command("init")
@click.option(
    "--preset", type=click.Choice(PRESETS), default="recommended", show_default=True, help="Rules to start from."
)
@click.option("--ci", is_flag=True, help="Write the include of the CI templates, too.")
@click.option("--templates", default="suite/qualitygate", show_default=True, metavar="PROJECT",
              help="GitLab project that holds the templates.")  # fmt: skip
def command(preset: str, templates: str, *, ci: bool) -> int:
    """Look at the repository and write a commented rules.yaml that is green today; say what was seen.

    An existing rules.yaml is never touched, nor is an existing .gitlab-ci.yml: what to add to it is shown.
    """
    with opened_gate() as gate:
        file = gate.repository.root / RULES_FILE
        if file.exists():
            raise UsageError(
                slug="rules-exist",
                where=str(file),
                what="there are rules already",
                remedy="edit them, or look at them with `qualitygate rules explain`",
            )
        tracked = gate.repository.files(gate.head().tree)
        components = parts(tracked)
        for line in _seen(gate, tracked, components):
            click.echo(line)
        text = _written(preset, components)
        load(text, RULES_FILE)
        write_whole(file, text.encode())
        if ci:
            _include(gate.repository.root, tracked, components, templates)
    with opened_gate(rules=str(file)) as gate:
        verdict = gate.check()
    click.echo(f"wrote {RULES_FILE}, from qualitygate:{preset}; of the work at hand it says: {verdict.status.value}")
    if verdict.status is Status.FAIL:
        failed = ", ".join(each.id for each in verdict.conditions if each.status is Status.FAIL)
        click.echo(f"  what you have not merged yet fails {failed}; `qualitygate check` names the lines")
    click.echo("next: commit it, and measure the default branch once with `qualitygate baseline save` or `build`")
    return 0


def _include(root: Path, tracked: Collection[str], components: tuple[Component, ...], templates: str) -> None:
    """Write the include of the templates, with the components that have a Containerfile; show it where a file is."""
    from importlib.metadata import version  # noqa: PLC0415 - only with --ci

    built = [each.name for each in components if any(f"{each.name}/{name}" in tracked for name in _IMAGES)]
    text = (
        f"include:\n  - project: {templates}\n    ref: v{version('qualitygate')}\n"
        "    file: /gitlab-ci-templates/module.yml\n"
    )
    if built and set(built) != set(_TRIO):
        text += f"    inputs:\n      components: [{', '.join(built)}]\n"
    file = root / ".gitlab-ci.yml"
    if file.exists():
        click.echo("there is a .gitlab-ci.yml already; add to it:")
        click.echo("".join(f"  {line}\n" for line in text.splitlines()), nl=False)
    else:
        write_whole(file, text.encode())
        click.echo(f"wrote .gitlab-ci.yml, which includes module.yml of {templates}")


def parts(tracked: Collection[str]) -> tuple[Component, ...]:
    """Tell the components of a module by its top folders: those with a manifest or a customary name, if there are two.

    tracked: paths of the repository. One component of everything where there are not two such folders.
    """
    folders = {path.partition("/")[0] for path in tracked if "/" in path}
    found = sorted(
        folder
        for folder in folders
        if folder.lower() in _PARTS or any(f"{folder}/{manifest}" in tracked for manifest in _MANIFESTS)
    )
    if len(found) < 2:
        return (Component(WHOLE_MODULE),)
    return tuple(Component(folder, (f"{folder}/**",)) for folder in found)


def _seen(gate: Gate, tracked: Collection[str], components: tuple[Component, ...]) -> list[str]:
    counts = Counter(language.name for path in tracked if (language := gate.languages.of(path)) is not None)
    languages = ", ".join(f"{name} ({count} files)" for name, count in counts.most_common()) or "none that is read here"
    names = ", ".join(component.name for component in components)
    lines = [f"languages: {languages}", f"components: {names}"]
    folders = [folder for component in components for folder in component.folders]
    reports = [str(path.relative_to(gate.repository.root)) for path in well_known(gate.repository.root, folders)]
    lines.append(f"reports: {', '.join(reports) or 'none yet; run the tests with coverage'}")
    lines += [f"  {line}" for line in _unread(gate, components)]
    pipeline = ".gitlab-ci.yml" in tracked
    lines.append(
        f"pipeline: {'.gitlab-ci.yml' if pipeline else 'none; docs/guide/first-steps.md has a job to start from'}"
    )
    return lines


def _unread(gate: Gate, components: tuple[Component, ...]) -> list[str]:
    """Name reports that cannot be read, and components that none speaks of."""
    head = gate.head()
    snapshot, faults = gate.collect(Rules(components), head, gate.repository.files(head.tree))
    return [f"{fault.where}: {fault.what}" for fault in faults] + _silent(snapshot)


def _silent(snapshot: Snapshot) -> list[str]:
    return [
        f"{name}: no coverage report yet"
        for name, facts in snapshot.components.items()
        if isinstance(facts.coverage, Unknown)
    ]


def _written(preset: str, components: tuple[Component, ...]) -> str:
    lines = [
        "# What a change may not do to this module. Every key: docs/reference/rules.md of qualitygate;",
        "# `qualitygate rules explain` says in words what each rule asks for and how it judges right now.",
        "version: 1",
        f"extends: qualitygate:{preset}",
        "",
    ]
    if [component.name for component in components] != [WHOLE_MODULE]:
        lines += ["# A path belongs to the first component that holds it.", "components:"]
        width = max(len(component.name) for component in components) + 1
        lines += [f"  {f'{each.name}:':<{width}} {each.paths[0]}" for each in components]
        lines.append("")
    lines += [
        "# What differs from the preset. Nothing does yet; an example:",
        "# rules:",
        "#   coverage:",
        "#     new-code: { min: 80, ignore-below: 20 lines }",
        "",
        "# Exemptions that end, each with its reason:",
        "# waivers:",
        "#   - { rule: complexity/function, paths: [legacy/**], until: 2027-03-31, reason: rewritten in 2.4 }",
        "",
    ]
    return "\n".join(lines)
