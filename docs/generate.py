"""Write the reference pages that come from the code: formats.md and metrics.md (`python docs/generate.py`)."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import yaml

from qualitygate.collect.format import Family
from qualitygate.collect.language import all_languages
from qualitygate.collect.recognise import own_formats
from qualitygate.metrics.catalogue import own_metrics
from qualitygate.model.verdict import On
from qualitygate.rules.schema import schema

TEMPLATES = Path(__file__).resolve().parents[1] / "gitlab-ci-templates"
CATALOGUE = TEMPLATES.with_name("templates")
REFERENCE = Path(__file__).resolve().parent / "reference"
_NOTE = "This page is generated from the code by `python docs/generate.py`; a test holds the two together.\n"


def formats() -> str:
    """Give the page of supported report formats and languages."""
    rows = [
        f"| {each.name} | {each.family.value} | {', '.join(each.tools)} | {', '.join(f'`{path}`' for path in each.well_known)} |"
        for each in own_formats()
    ]
    languages = [
        f"| {each.name} | `{each.engine}` | {', '.join(f'`{suffix}`' for suffix in each.suffixes)} |"
        for each in all_languages()
    ]
    return "\n".join(
        [
            "# Report formats and languages",
            "",
            _NOTE,
            "A report is recognised by its content. Without `--report` the well-known paths are looked up at the top of the",
            "repository and in each component. Reports may be gzipped, and in UTF-8, UTF-16 or UTF-32.",
            "",
            "| format | speaks of | written by | well-known paths |",
            "|---|---|---|---|",
            *rows,
            "",
            "## Severities",
            "",
            "All findings are on one scale, GitLab's: info, minor, major, critical, blocker. What each format makes of its tool's words:",
            "",
            *(
                f"- **{each.name}**: {' '.join((each.parse.__doc__ or '').split())}"
                for each in own_formats()
                if each.family is Family.FINDINGS
            ),
            "",
            "## Languages",
            "",
            "Complexity, cognitive complexity, function length, parameters and lines of code are computed from the sources themselves.",
            "",
            "| language | engine | files |",
            "|---|---|---|",
            *languages,
            "",
        ]
    )


def metrics() -> str:
    """Give the page of metrics."""
    rows = []
    for each in own_metrics().values():
        scopes = ", ".join(on.value for on in On if on in each.scopes)
        rows.append(f"| {each.key} | {each.unit or '–'} | {each.direction.value} | {scopes} | {each.why} |")  # noqa: RUF001
    head = ["# Metrics", "", _NOTE, "| metric | unit | direction | looks at | why |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def templates() -> str:
    """Give the page of the CI templates: what each is, and a table of its inputs."""
    out = [
        "# CI templates",
        "",
        _NOTE,
        "Each is used by `include: project` with a `ref`, by `include: local` in a copy, or as a component",
        "(`include: component: $CI_SERVER_FQDN/suite/qualitygate/NAME@VERSION`). Jobs have the prefix `qualitygate-`, can be",
        "extended and overridden, and are switched off by the variable that their `rules` name first.",
    ]
    for path in sorted(TEMPLATES.glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        about = text.partition("\n")[0].removeprefix("# ")
        header = next(iter(yaml.safe_load_all(text.partition("\n---\n")[0] if "\n---\n" in text else "{}"))) or {}
        inputs = (header.get("spec") or {}).get("inputs") or {}
        jobs = re.findall(r"^(qualitygate-[a-z-]+):$", text, re.MULTILINE)
        switches = sorted(set(re.findall(r"\$(QUALITYGATE_[A-Z_]*DISABLED)", text)))
        out += ["", f"## {path.stem}", "", about, ""]
        if jobs:
            out.append(
                f"Jobs: {', '.join(f'`{job}`' for job in jobs)}. Off by: {', '.join(f'`{each}`' for each in switches)}."
            )
        if inputs:
            out += ["", "| input | description | default |", "|---|---|---|"]
            out += [f"| `{name}` | {_about(each)} | {_default(each)} |" for name, each in inputs.items()]
    return "\n".join([*out, ""])


def _about(given: dict[str, object]) -> str:
    kind = f" ({given['type']})" if "type" in given else ""
    options = given.get("options")
    one_of = f" One of {', '.join(f'`{option}`' for option in options)}." if isinstance(options, list) else ""
    return f"{given['description']}{one_of}{kind}".replace("|", "\\|")


def _default(given: dict[str, object]) -> str:
    if "default" not in given:
        return "**required**"
    default = given["default"]
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, list):
        return f"`[{', '.join(str(each) for each in default)}]`"
    text = " ".join(str(default).split()).replace("|", "\\|")
    return f"`{text}`" if text else "empty"


PAGES = {"formats.md": formats, "metrics.md": metrics, "templates.md": templates}

RULES_SCHEMA = Path(__file__).resolve().parents[1] / "qualitygate" / "rules" / "rules.schema.json"

if __name__ == "__main__":
    RULES_SCHEMA.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
    # GitLab finds components in `templates/` only, and follows no link there.
    CATALOGUE.mkdir(exist_ok=True)
    for path in TEMPLATES.glob("*.yml"):
        shutil.copyfile(path, CATALOGUE / path.name)
