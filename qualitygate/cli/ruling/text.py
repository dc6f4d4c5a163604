"""Rules files as the user names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


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
