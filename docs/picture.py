"""Draw the pictures of the note: real verdicts of the example module, through GitLab's own Markdown engine, in a browser.

GitLab renders Markdown with comrak; `python docs/picture.py` needs Chromium and writes docs/guide/note-*.png.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import comrak

PLACE = Path(__file__).resolve().parent / "guide"
EMOJI = {":white_check_mark:": "✅", ":x:": "❌", ":warning:": "⚠️", ":ballot_box_with_check:": "☑️",
         ":grey_question:": "❔", ":arrow_right:": "➡️"}  # fmt: skip
STYLE = """
body { font: 14px/1.45 -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; margin: 16px; color: #28272d; width: WIDTHpx }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 8px 0 } td, th { border: 1px solid #bfbfc3; padding: 5px 10px }
th { background: #fbfafd } code { background: #ececef; border-radius: 4px; padding: 1px 4px; font: 12px 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere }
a { color: #1068bf; text-decoration: none } details { margin: 4px 0 } h3 { margin: 4px 0 8px; font-size: 16px }
"""


def html(markdown: str, width: int) -> str:
    """Give the page of a note as GitLab shows it, at a width in pixels."""
    options = comrak.ExtensionOptions()
    options.table = options.strikethrough = options.autolink = options.tasklist = True
    render = comrak.RenderOptions()
    render.unsafe_ = True
    body = comrak.render_markdown(markdown, extension_options=options, render_options=render)
    for word, sign in EMOJI.items():
        body = body.replace(word, sign)
    return f"<!doctype html><meta charset=utf-8><style>{STYLE.replace('WIDTH', str(width))}</style>{body}"


def draw(markdown: str, picture: Path, width: int) -> None:
    """Write the picture of a note, as high as the note is."""
    browser = shutil.which("chromium") or sys.exit("chromium is not installed")
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "note.html"
        measure = "<script>document.title = document.body.getBoundingClientRect().bottom</script>"
        page.write_text(html(markdown, width) + measure, encoding="utf-8")
        words = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
                 f"--user-data-dir={scratch}/profile"]  # fmt: skip
        shown = subprocess.run([*words, f"--window-size={width + 40},800", "--dump-dom", page.as_uri()],
                               check=True, capture_output=True, timeout=60, text=True)  # fmt: skip
        height = re.search(r"<title>([0-9]+)", shown.stdout)
        size = f"--window-size={width + 40},{int(height[1]) + 110 if height else 1400}"
        subprocess.run([*words, size, f"--screenshot={picture}", page.as_uri()],
                       check=True, capture_output=True, timeout=60)  # fmt: skip


if __name__ == "__main__":
    for name in ("red", "green"):
        text = Path(sys.argv[1], f"{name}.md").read_text(encoding="utf-8")
        draw(text, PLACE / f"note-{name}.png", 760)
    draw(Path(sys.argv[1], "red.md").read_text(encoding="utf-8"), PLACE / "note-red-phone.png", 360)
