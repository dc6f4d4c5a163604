"""Rules files as the user names them."""

from __future__ import annotations

from pathlib import Path

from qualitygate.model.errors import UsageError


def text_of(file: Path) -> str:
    """Read a rules file; UsageError where it is not there or not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            slug="no-such-rules",
            where=str(file),
            what=(error.strerror or str(error)).lower(),
            remedy="name the rules file, or run where rules.yaml is",
        ) from None
    except UnicodeDecodeError as error:
        raise UsageError(
            slug="rules-invalid",
            where=str(file),
            what=f"it is not UTF-8 (byte {error.start + 1})",
            remedy="save the file as UTF-8",
        ) from None


def beside(path: str) -> str | None:
    """Read a file that rules extend, from where the user stands; None where it is not there."""
    file = Path(path)
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None
