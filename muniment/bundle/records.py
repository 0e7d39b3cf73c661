"""The JSON of a bundle: canonical (RFC 8785), so that equal values are equal bytes."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import md5, sha256
from typing import Any

from muniment.bundle import layout
from muniment.bundle.mih import HEADER_BYTES, mih_in
from muniment.bundle.model import Capture, Counts, Described, Missing, Request
from muniment.seal.sighting import Envelope

Record = Mapping[str, Any]


def canonical(record: Record) -> bytes:
    """Return a record as one line of canonical JSON, without line end. Keys are ASCII, numbers whole."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def line(record: Record) -> bytes:
    """Return a record as a line of a `.jsonl` file."""
    return canonical(record) + b"\n"


def moment(at: datetime) -> str:
    """Write an aware time as UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sighting_record(capture: Capture) -> dict[str, Any]:
    """Return what a bundle says of one sighting; its file is named by who writes it."""
    sighting = capture.sighting
    return {
        "id": str(sighting.id),
        "source": sighting.source,
        "captured_at": moment(sighting.captured_at),
        "custodian": sighting.custodian,
        "item": sighting.item,
        "verdicts": [list(verdict) for verdict in sighting.verdicts],
        "envelope": _envelope(sighting.envelope, hidden=capture.recipients_hidden),
        "sha256": sha256(sighting.raw).hexdigest(),
        "md5": md5(sighting.raw, usedforsecurity=False).hexdigest(),
        "size": len(sighting.raw),
        "mih": _mih(sighting.raw),
        "proof": asdict(capture.proof),
        "file": None,
    }


def item_record(described: Described, sightings: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the line of `items.jsonl` for one message."""
    return {
        "n": described.number,
        "message": str(described.message_id),
        "subject": described.subject,
        "from": described.sender,
        "date": None if described.date is None else moment(described.date),
        "custodians": list(described.custodians),
        "holds": None if described.holds is None else list(described.holds),
        "sightings": sightings,
        "sightings_left_out": described.sightings - len(sightings),
    }


def exception_record(described: Described, missing: Missing) -> dict[str, Any]:
    """Return the line of `exceptions.jsonl` for something that is not in the bundle."""
    return {
        "n": described.number,
        "message": str(described.message_id),
        "sighting": None if missing.sighting_id is None else str(missing.sighting_id),
        "code": missing.code.value,
        "detail": missing.detail,
    }


def manifest_record(request: Request, counts: Counts) -> dict[str, Any]:
    """Return `manifest.json`."""
    return {
        "format": layout.FORMAT,
        "version": layout.VERSION,
        "generated_at": moment(request.generated_at),
        "tool": request.tool,
        "asked_by": request.asked_by,
        "purpose": request.purpose,
        "matter": request.matter,
        "query": asdict(request.query),
        "scope": asdict(request.scope),
        "selection": asdict(request.selection),
        "copies": request.copies.value,
        "coverage": dict(request.coverage),
        "counts": asdict(counts),
        "hashes": ["SHA-256", "MD5", "EDRM MIH 1.0"],
        "holds_known": request.holds_known,
        "log": None if request.log is None else asdict(request.log),
    }


def _mih(raw: bytes) -> dict[str, str] | None:
    found = mih_in(raw[:HEADER_BYTES])
    return None if found is None else asdict(found)


def _envelope(envelope: Envelope | None, *, hidden: bool) -> dict[str, Any] | None:
    if envelope is None:
        return None
    return {
        "mail_from": _text(envelope.mail_from),
        "mail_parameters": [_text(one) for one in envelope.mail_parameters],
        "recipients": [
            {"address": _text(one.address), "parameters": [_text(parameter) for parameter in one.parameters]}
            for one in envelope.recipients
        ],
        "recipients_hidden": hidden,
        "protocol": envelope.protocol,
        "helo": _text(envelope.helo),
        "client_address": envelope.client_address,
        "client_port": envelope.client_port,
        "tls": envelope.tls,
        "authenticated_as": envelope.authenticated_as,
    }


def _text(value: bytes) -> str:
    r"""Return wire bytes as text; what is not UTF-8 is written as \xNN."""
    return value.decode("utf-8", "backslashreplace")
