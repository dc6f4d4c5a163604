"""Signed verdicts: what was signed holds, and nothing else does."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from qualitygate.model.errors import CannotMeasureError, UsageError
from qualitygate.trust.dsse import check, sign

if TYPE_CHECKING:
    from tests.workshop import Workshop

COMMIT = "c" * 40
VERDICT = json.dumps({"schema": "qualitygate/verdict/1", "verdict": "pass", "head": {"commit": COMMIT},
                      "base": {"commit": None, "kind": "none", "distance": 0}, "conditions": []}).encode()  # fmt: skip


def pair() -> tuple[bytes, bytes]:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


PRIVATE, PUBLIC = pair()
ENVELOPE = json.loads(sign(VERDICT, COMMIT, PRIVATE))


def altered(**changes: object) -> bytes:
    return json.dumps({**ENVELOPE, **changes}).encode()


def test_what_was_signed_is_believed() -> None:
    check(altered(), VERDICT, COMMIT, PUBLIC, "verdict.json.dsse")


OTHER = base64.b64encode(base64.b64decode(ENVELOPE["payload"]).replace(b'"pass"', b'"warn"')).decode()


@pytest.mark.parametrize(
    ("envelope", "verdict", "commit", "told"),
    [
        pytest.param(altered(), VERDICT, "d" * 40, "another commit", id="for-another-commit"),
        pytest.param(altered(), VERDICT.replace(b"pass", b"warn"), COMMIT, "not the one", id="beside-another-verdict"),
        pytest.param(altered(payload=OTHER), VERDICT, COMMIT, "no signature", id="with-another-payload"),
        pytest.param(
            altered(signatures=[{"sig": "AAAA"}]), VERDICT, COMMIT, "no signature", id="with-a-wrong-signature"
        ),
        pytest.param(altered(signatures=[]), VERDICT, COMMIT, "not the envelope", id="without-signatures"),
        pytest.param(altered(payloadType="text/plain"), VERDICT, COMMIT, "not the envelope", id="of-another-type"),
        pytest.param(b"{", VERDICT, COMMIT, "no signed envelope", id="cut"),
        pytest.param(b"[]", VERDICT, COMMIT, "no signed envelope", id="of-another-shape"),
        pytest.param(sign(VERDICT, COMMIT, pair()[0]), VERDICT, COMMIT, "no signature", id="by-another-key"),
    ],
)
def test_an_envelope_is_not_believed(envelope: bytes, verdict: bytes, commit: str, told: str) -> None:
    with pytest.raises(CannotMeasureError) as error:
        check(envelope, verdict, commit, PUBLIC, "verdict.json.dsse")
    assert told in error.value.what


@pytest.mark.parametrize("key", [b"", b"-----BEGIN PRIVATE KEY-----\n"], ids=["empty", "cut"])
def test_a_bad_key_is_a_usage_error(key: bytes) -> None:
    with pytest.raises(UsageError):
        sign(VERDICT, COMMIT, key)
    with pytest.raises(UsageError):
        check(altered(), VERDICT, COMMIT, key, "x")


def test_a_key_of_another_kind_is_a_usage_error() -> None:
    rsa = generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(UsageError):
        sign(VERDICT, COMMIT, rsa)


def test_check_signs_and_verify_asks_for_it(workshop: Workshop) -> None:
    workshop.commit({"a.py": "x = 1\n"})
    keys = {"QUALITYGATE_SIGNING_KEY": PRIVATE.decode()}
    ran = workshop.gate("check", "--output", "json=v.json", **keys)
    assert ran.code == 0, ran.err
    assert workshop.gate("verify", "v.json", QUALITYGATE_PUBLIC_KEY=PUBLIC.decode()).code == 0
    assert workshop.gate("verify", "v.json", QUALITYGATE_PUBLIC_KEY=pair()[1].decode()).code == 3
    workshop.write({"v.json.dsse": None})
    unsigned = workshop.gate("verify", "v.json", QUALITYGATE_PUBLIC_KEY=PUBLIC.decode())
    assert unsigned.code == 3
    assert "is not signed" in unsigned.err
    assert workshop.gate("verify", "v.json").code == 0


def test_without_a_verdict_nothing_goes_through(workshop: Workshop) -> None:
    workshop.commit({"a.py": "x = 1\n"})
    ran = workshop.gate("verify", "v.json")
    assert ran.code == 3
    assert "skipped, cancelled" in ran.err
