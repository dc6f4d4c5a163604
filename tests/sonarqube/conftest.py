from __future__ import annotations

import os
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Real:
    """A real SonarQube server, started by `.ci/sonarqube`."""

    url: str
    token: str

    def variables(self, project: str) -> dict[str, str]:
        return {"SONAR_HOST_URL": self.url, "SONAR_TOKEN": self.token, "SONAR_PROJECT_KEY": project}


@pytest.fixture(scope="session")
def real() -> Real:
    url, token = os.environ.get("QUALITYGATE_TEST_SONAR_URL"), os.environ.get("QUALITYGATE_TEST_SONAR_TOKEN")
    if not url or not token:
        if os.environ.get("CI"):
            pytest.fail("no SonarQube server runs, and CI must have one: .ci/sonarqube starts it")
        pytest.skip("no SonarQube server runs; .ci/sonarqube starts one")
    return Real(url, token)
