"""Programs that tests need and that are no Python packages: absent on a laptop they skip, in CI they fail."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

_PLACES = (Path(__file__).resolve().parents[1] / ".tools" / "bin", Path.home() / "go" / "bin")


def tool(name: str) -> str:
    """Give the path of a program; `.ci/tools` installs them all."""
    for place in _PLACES:
        if (place / name).exists():
            return str(place / name)
    found = shutil.which(name)
    if found is not None:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"{name} is missing, and CI must have it: .ci/tools installs it")
    pytest.skip(f"{name} is not installed here; .ci/tools installs it")
