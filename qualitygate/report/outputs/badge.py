"""A badge as SVG: the verdict, and the coverage where it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from qualitygate.model.verdict import Status
from qualitygate.report.output import Material, Output
from qualitygate.report.share import share

if TYPE_CHECKING:
    from qualitygate.model.verdict import Verdict

_COLOURS = {
    Status.PASS: "#2e7d32",
    Status.WAIVED: "#2e7d32",
    Status.WARN: "#b26a00",
    Status.FAIL: "#c62828",
    Status.UNKNOWN: "#616161",
}
_WIDTH = 6.6
_LABEL = "quality gate"


def render(verdict: Verdict, material: Material) -> str:
    """Write the badge; no font is fetched, and a screen reader hears the same words."""
    coverage = share(material)
    text = verdict.status.value if coverage is None else f"{verdict.status.value} · {coverage} %"
    left, right = round(len(_LABEL) * _WIDTH + 12), round(len(text) * _WIDTH + 12)
    words = escape(f"{_LABEL}: {text}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{words}">'
        f"<title>{words}</title>"
        f'<rect width="{left}" height="20" fill="#424242"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{_COLOURS[verdict.status]}"/>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2:g}" y="14">{_LABEL}</text>'
        f'<text x="{left + right / 2:g}" y="14">{escape(text)}</text></g></svg>\n'
    )


OUTPUT = Output(name="badge", render=render)
