"""Rules that are kept elsewhere: another project's file at a ref, an HTTPS address with a digest, and their cache."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from qualitygate.extended import RemoteRules
from qualitygate.model.errors import CannotMeasureError, RulesError
from qualitygate.model.pipeline import LOCAL, pipeline_of
from qualitygate.rules.load import load
from tests.gitlab import Fault, GitlabServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.workshop import Workshop

THEIRS = "version: 1\nrules:\n  coverage:\n    new-code: { min: 85, locked: true }\n"
ADDRESS = "gitlab:7@v3:rules.yaml"
OURS = f"version: 1\nextends: [{ADDRESS}]\n"


@pytest.fixture
def gitlab() -> Iterator[GitlabServer]:
    with GitlabServer.running() as server:
        server.files_of_rules[("rules.yaml", "v3")] = THEIRS.encode()
        yield server


@contextmanager
def https(place: Path, content: bytes) -> Iterator[tuple[str, Path]]:
    """Serve one file over HTTPS, with a certificate of an authority of our own."""
    certificate = place / "ca.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(place / "key.pem"), "-out",
         str(certificate), "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, place / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"https://localhost:{server.server_address[1]}/rules.yaml", certificate
    finally:
        server.shutdown()
        server.server_close()


def test_rules_of_another_project_hold_and_their_locks_too(workshop: Workshop, gitlab: GitlabServer) -> None:
    workshop.commit({"a.py": "x = 1\n", "rules.yaml": OURS})
    explained = workshop.gate("rules", "explain", **gitlab.variables())
    assert explained.code == 0, explained.err
    assert "85" in explained.out
    assert ADDRESS in explained.out
    workshop.commit({"rules.yaml": OURS + "rules:\n  coverage:\n    new-code: { min: 60 }\n"})
    loosened = workshop.gate("rules", "validate", **gitlab.variables())
    assert loosened.code == 2
    assert "loosens coverage/new-code" in loosened.err
    assert ADDRESS in loosened.err


def test_what_was_fetched_once_judges_offline_and_says_so(tmp_path: Path, gitlab: GitlabServer) -> None:
    said: list[str] = []
    pipeline = pipeline_of(gitlab.variables())
    assert RemoteRules(tmp_path, pipeline, said.append)(ADDRESS) == THEIRS
    gitlab.faults.append(Fault("repository", 403, times=9))
    assert RemoteRules(tmp_path, pipeline, said.append)(ADDRESS) == THEIRS
    assert "judging by the copy" in said[0]
    with pytest.raises(CannotMeasureError) as told:
        RemoteRules(tmp_path / "empty", pipeline)(ADDRESS)
    assert told.value.slug == "rules-not-fetched"


def test_several_are_laid_over_each_other_in_order(tmp_path: Path, gitlab: GitlabServer) -> None:
    gitlab.files_of_rules[("rules.yaml", "v3")] = THEIRS.replace(", locked: true", "").encode()
    gitlab.files_of_rules[("more.yaml", "v3")] = THEIRS.replace("85, locked: true", "70").encode()
    read = RemoteRules(tmp_path, pipeline_of(gitlab.variables()))
    for names, expected in ((["rules", "more"], 70), (["more", "rules"], 85)):
        listed = ", ".join(f'"gitlab:7@v3:{name}.yaml"' for name in names)
        rules = load(f"version: 1\nextends: [{listed}]\n", "rules.yaml", read)
        assert rules.conditions["module"][0].minimum == expected


def test_an_https_address_is_held_to_its_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(THEIRS.encode()).hexdigest()
    with https(tmp_path, THEIRS.encode()) as (url, authority):
        monkeypatch.setenv("QUALITYGATE_CA_BUNDLE", str(authority))
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        monkeypatch.setenv("NO_PROXY", "*")
        assert RemoteRules(tmp_path / "c", LOCAL)(f"{url}#sha256={digest}") == THEIRS
        with pytest.raises(CannotMeasureError) as told:
            RemoteRules(tmp_path / "c", LOCAL)(f"{url}#sha256={'0' * 64}")
        assert "gives other rules" in told.value.what
    assert RemoteRules(tmp_path / "c", LOCAL)(f"{url}#sha256={digest}") == THEIRS, "from the cache, the server is gone"


def test_a_certificate_that_is_not_trusted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with https(tmp_path, b"x") as (url, _), pytest.raises(CannotMeasureError) as told:
        RemoteRules(tmp_path / "c", LOCAL)(f"{url}#sha256={'0' * 64}")
    assert "certificate is not trusted" in told.value.what


@pytest.mark.parametrize(
    ("address", "told"),
    [
        pytest.param("https://example.org/rules.yaml", "and the digest of the file", id="https-without-a-digest"),
        pytest.param("https://example.org/rules.yaml#sha256=abc", "and the digest", id="https-with-half-a-digest"),
        pytest.param("http://example.org/rules.yaml", "extends names", id="http"),
        pytest.param("gitlab:suite/rules:rules.yaml", "extends names", id="a-project-without-a-ref"),
        pytest.param("file:///etc/rules.yaml", "extends names", id="a-file-of-the-machine"),
    ],
)
def test_an_address_that_cannot_be_trusted_is_a_fault(address: str, told: str) -> None:
    with pytest.raises(RulesError) as error:
        load(f'version: 1\nextends: "{address}"\n', "rules.yaml", lambda _path: None)
    assert told in error.value.what
