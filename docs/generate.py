"""Write the reference pages that come from the code: formats.md and metrics.md (`python docs/generate.py`)."""

from __future__ import annotations

import json
from pathlib import Path

from qualitygate.collect.format import Family
from qualitygate.collect.language import all_languages
from qualitygate.collect.recognise import own_formats
from qualitygate.metrics.catalogue import own_metrics
from qualitygate.model.verdict import On
from qualitygate.rules.schema import schema

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


PAGES = {"formats.md": formats, "metrics.md": metrics}

RULES_SCHEMA = Path(__file__).resolve().parents[1] / "qualitygate" / "rules" / "rules.schema.json"

if __name__ == "__main__":
    RULES_SCHEMA.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
