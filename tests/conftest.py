from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.workshop import Workshop

settings.register_profile(
    "gate", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], max_examples=100
)
settings.load_profile("gate")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write the golden files anew.")


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop.at(tmp_path / "repository")


@pytest.fixture(scope="session")
def zoo() -> Path:
    """The shared zoo of real reports beside the project; a laptop may lack it, CI may not."""
    place = Path(__file__).resolve().parents[2] / "shared" / "zoo"
    if not (place / "index.json").exists():
        if os.environ.get("CI"):
            pytest.fail("../shared/zoo is missing, and CI must have it")
        pytest.skip("../shared/zoo is not beside this checkout")
    return place
