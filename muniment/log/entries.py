"""What the log says: a closed set of typed entries, each in deterministic CBOR. `docs/log.md` fixes it.

An entry carries ids, counts and commitments, and nothing that tells of a person. A commitment is the SHA-256 of a
document that is kept elsewhere together with 32 random bytes, so that nobody finds it by guessing.
Bytes that this version does not know are kept as they are (`OpaqueEntry`): a log outlives its readers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import cbor2

from muniment.errors import Refused
from muniment.ids import SegmentId
from muniment.log.bundles import MAX_ENTRY_BYTES

VERSION: Final = 1
SALT_BYTES: Final = 32
_DIGEST_BYTES: Final = 32
_MAX_NUMBER: Final = (1 << 64) - 1  # the largest integer that CBOR holds without a tag (RFC 8949 section 3.1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class EntryType(StrEnum):
    """The types of version 1, by the name that stands in the log."""

    SEGMENT_SEALED = "segment-sealed"
    HOLD_PLACED = "hold-placed"
    HOLD_RELEASED = "hold-released"
    DISPOSAL = "disposal"
    ERASURE = "erasure"
    RULE_CHANGE = "rule-change"
    AUDIT_HEAD = "audit-head"


class BadEntry(Refused):
    """A value of an entry is out of its range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSealed:
    """A segment became durable: the Merkle root of its commitments, and how many frames it has."""

    segment_id: SegmentId
    root: bytes
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced:
    """A legal hold stands from now on; the commitment is of its terms."""

    hold_id: UUID
    commitment: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased:
    """A legal hold ended; the commitment is of the decision."""

    hold_id: UUID
    commitment: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """Expired messages were destroyed; the commitment is of the certificate."""

    disposal_id: UUID
    commitment: bytes
    sightings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Messages were erased on a person's request; the commitment is of the certificate."""

    erasure_id: UUID
    commitment: bytes
    sightings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """A retention rule got a new version; the commitment is of the rule as it is from now on."""

    rule_id: UUID
    rule_version: int
    commitment: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The audit trail had so many records, and this was the hash of the last one."""

    records: int
    head: bytes


TYPE_OF: Final[Mapping[type, EntryType]] = {
    SegmentSealed: EntryType.SEGMENT_SEALED,
    HoldPlaced: EntryType.HOLD_PLACED,
    HoldReleased: EntryType.HOLD_RELEASED,
    Disposal: EntryType.DISPOSAL,
    Erasure: EntryType.ERASURE,
    RuleChange: EntryType.RULE_CHANGE,
    AuditHead: EntryType.AUDIT_HEAD,
}
_CLASS_OF: Final[Mapping[str, type]] = {str(entry_type): cls for cls, entry_type in TYPE_OF.items()}

Entry = SegmentSealed | HoldPlaced | HoldReleased | Disposal | Erasure | RuleChange | AuditHead


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEntry:
    """An entry, and the time (aware UTC) at which it was logged."""

    at: datetime
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueEntry:
    """Bytes of the log that this version does not read: of a later version, or of another program."""

    data: bytes


def commitment_of(document: bytes, salt: bytes) -> bytes:
    """Return SHA-256(salt ‖ document), for an entry. `salt` is 32 random bytes, kept with the document."""
    if len(salt) != SALT_BYTES:
        raise BadEntry(f"the salt of a commitment has {len(salt)} bytes; it must have {SALT_BYTES}")
    return sha256(salt + document).digest()


def encode(entry: Entry, *, at: datetime) -> bytes:
    """Return the bytes that the log keeps of an entry; raise `BadEntry`. `at` is aware."""
    values = {field.name: _plain(field.name, getattr(entry, field.name)) for field in fields(entry)}
    head = {"version": VERSION, "type": str(TYPE_OF[type(entry)]), "at": (at - _EPOCH) // _MICROSECOND}
    return cbor2.dumps(head | values, canonical=True)


def decode(data: bytes) -> LoggedEntry | OpaqueEntry:
    """Return the entry that bytes hold. Never raises: what is not exactly an entry of version 1 is opaque."""
    try:
        logged = _logged(cbor2.loads(data) if len(data) <= MAX_ENTRY_BYTES else None)
        known = encode(logged.entry, at=logged.at) == data
    except (cbor2.CBORDecodeError, KeyError, TypeError, ValueError, OverflowError, RecursionError, BadEntry):
        return OpaqueEntry(data=data)
    return logged if known else OpaqueEntry(data=data)


def _logged(found: Any) -> LoggedEntry:
    cls = _CLASS_OF[found["type"]]
    values = {field.name: _typed(field.name, found[field.name]) for field in fields(cls)}
    entry = cls(**values)
    return LoggedEntry(at=_EPOCH + found["at"] * _MICROSECOND, entry=entry)


def _typed(name: str, value: Any) -> Any:
    if not name.endswith("_id"):
        return value
    if not isinstance(value, bytes):
        raise BadEntry(f"{name} of a log entry is {value!r}; it must be 16 bytes")
    return UUID(bytes=value)


def _plain(name: str, value: Any) -> bytes | int:
    """Return a field as CBOR takes it: ids and digests as bytes, numbers as they are."""
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, bytes):
        if len(value) != _DIGEST_BYTES:
            raise BadEntry(f"{name} of a log entry has {len(value)} bytes; it must have {_DIGEST_BYTES}")
        return value
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_NUMBER:
        raise BadEntry(f"{name} of a log entry is {value!r}; it must be a whole number from 0 on")
    return value
