"""Keys of the environment: PEM text, or the path of a file that holds it, as GitLab's file variables give it."""

from __future__ import annotations

import os
from pathlib import Path


def key_of(name: str) -> bytes | None:
    """Give the key that a variable names; None where it is not set."""
    told = os.environ.get(name, "")
    if not told:
        return None
    return told.encode() if "-----BEGIN" in told else Path(told).read_bytes()
