"""Signing a verdict and checking it: an in-toto statement in a DSSE envelope, signed with Ed25519.

The formats: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md,
https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from qualitygate.model.errors import CannotMeasureError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "qualitygate/verdict/1"


def sign(verdict: bytes, commit: str, key: bytes) -> bytes:
    """Give the envelope of a verdict in JSON about a commit; UsageError where the key is no Ed25519 key in PEM."""
    statement = {
        "_type": _STATEMENT,
        "subject": [{"name": "commit", "digest": {"gitCommit": commit}}],
        "predicateType": _PREDICATE,
        "predicate": json.loads(verdict),
    }
    payload = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
    private = _private(key)
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"sig": base64.b64encode(private.sign(_encoded(payload))).decode()}],
    }
    return json.dumps(envelope, indent=2).encode() + b"\n"


def check(envelope: bytes, verdict: bytes, commit: str, key: bytes, origin: str) -> None:
    """Hold an envelope against a verdict, a commit and a public key; CannotMeasureError where one does not fit."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - heavy, and only verify needs it

    public = _public(key)
    try:
        read = json.loads(envelope)
        payload = base64.b64decode(read["payload"], validate=True)
        signatures = [base64.b64decode(each["sig"], validate=True) for each in read["signatures"]]
        kind = read["payloadType"]
    except (ValueError, KeyError, TypeError):
        raise _unbelieved(origin, "it is no signed envelope") from None
    if kind != PAYLOAD_TYPE or not signatures:
        raise _unbelieved(origin, "it is not the envelope of a verdict")
    for signature in signatures:
        try:
            public.verify(signature, _encoded(payload))
            break
        except InvalidSignature:
            continue
    else:
        raise _unbelieved(origin, "no signature of it is by the key that is trusted")
    statement = json.loads(payload)
    if statement.get("subject") != [{"name": "commit", "digest": {"gitCommit": commit}}]:
        raise _unbelieved(origin, "it was signed for another commit")
    if statement.get("predicateType") != _PREDICATE or statement.get("predicate") != json.loads(verdict):
        raise _unbelieved(origin, "the verdict beside it is not the one that was signed")


def _encoded(payload: bytes) -> bytes:
    """Write what is signed: DSSE's pre-authentication encoding."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _private(key: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - see above

    try:
        read = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError):
        raise _bad_key("QUALITYGATE_SIGNING_KEY") from None
    if not isinstance(read, Ed25519PrivateKey):
        raise _bad_key("QUALITYGATE_SIGNING_KEY")
    return read


def _public(key: bytes) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - see above

    try:
        read = serialization.load_pem_public_key(key)
    except ValueError:
        raise _bad_key("QUALITYGATE_PUBLIC_KEY") from None
    if not isinstance(read, Ed25519PublicKey):
        raise _bad_key("QUALITYGATE_PUBLIC_KEY")
    return read


def _bad_key(name: str) -> UsageError:
    return UsageError(
        slug="bad-key",
        where=name,
        what="it holds no Ed25519 key in PEM",
        remedy="make a pair with `openssl genpkey -algorithm ed25519`, and give the key or a file that holds it",
    )


def _unbelieved(origin: str, what: str) -> CannotMeasureError:
    return CannotMeasureError(
        slug="verdict-not-believed", where=origin, what=what, remedy="run the gate again for this commit"
    )
