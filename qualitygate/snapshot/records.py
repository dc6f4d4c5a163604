"""Records of images and gate runs as JSON, and back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from qualitygate.model.errors import CannotMeasureError
from qualitygate.model.record import GateRecord, ImageRecord

if TYPE_CHECKING:
    from qualitygate.model.record import Record


class _Image(msgspec.Struct, frozen=True, tag_field="kind", tag="image"):
    component: str
    commit: str
    digest: str
    when: str


class _Gate(msgspec.Struct, frozen=True, tag_field="kind", tag="gate"):
    components: list[str]
    commit: str
    verdict: str
    milliseconds: int
    failed: list[str]
    when: str


def encode_record(record: Record) -> bytes:
    """Write a record."""
    wire: _Image | _Gate
    if isinstance(record, ImageRecord):
        wire = _Image(record.component, record.commit, record.digest, record.when)
    else:
        wire = _Gate(
            list(record.components),
            record.commit,
            record.verdict,
            record.milliseconds,
            list(record.failed),
            record.when,
        )
    return msgspec.json.encode(wire)


def decode_record(data: bytes, origin: str) -> Record:
    """Read a record; CannotMeasureError for anything else."""
    try:
        wire = msgspec.json.decode(data, type=_Image | _Gate)
    except (msgspec.DecodeError, ValueError) as error:
        raise CannotMeasureError(
            slug="record-damaged",
            where=origin,
            what=f"this is no record of an image or a gate run: {error}",
            remedy="delete it; records only tell the history",
        ) from None
    if isinstance(wire, _Image):
        return ImageRecord(wire.component, wire.commit, wire.digest, wire.when)
    return GateRecord(
        tuple(wire.components), wire.commit, wire.verdict, wire.milliseconds, tuple(wire.failed), wire.when
    )


def record_name(record: Record) -> str:
    """Name a record's file so that no two jobs write the same one, and that names sort by time."""
    stamp = record.when.replace(":", "").replace("+", "_")
    return f"{stamp}-{hashlib.sha256(encode_record(record)).hexdigest()[:16]}.json"
