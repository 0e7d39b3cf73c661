"""The erasure ledger: which sightings had to be destroyed, written before any key goes (`docs/format.md`).

An intent names ids only: segments, sightings, messages, the disposal and its cause, and for what was imported a blind
mark of the item. The ledger outlives every backup that still holds a key: whoever restores one replays it first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import cbor2

from muniment.errors import Corrupt, Refused
from muniment.ids import SegmentId, SightingId, unix_ms_of
from muniment.seal.keys import KekId, KeyProvider
from muniment.seal.layout import hour_folder
from muniment.stores.port import ObjectExists, ObjectStore

PREFIX: Final = "ledger/"
VERSION: Final = 1
LOCK: Final = timedelta(days=30 * 365)  # longer than any backup is kept; an intent holds nothing personal
MAX_NAMED: Final = 5_000  # in one intent
_DIGEST_BYTES: Final = 32
_MARK_BYTES: Final = 16  # of the digest; a kek id of 16 bytes stands before it
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class LedgerCorrupt(Corrupt):
    """An object under a ledger key is not the intent that was written."""


class Cause(StrEnum):
    """Why sightings were destroyed."""

    DISPOSAL = "disposal"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is destroyed from `at` (aware UTC) on: sightings, by segment, and free texts of the audit trail."""

    disposal_id: UUID
    cause: Cause
    at: datetime
    sightings: Mapping[SegmentId, frozenset[SightingId]] = field(default_factory=dict)
    messages: Mapping[SightingId, UUID] = field(default_factory=dict)  # of which message each was
    marks: Mapping[SightingId, bytes] = field(default_factory=dict)  # of the item imported: `import_mark`
    audit_entries: frozenset[bytes] = frozenset()  # hashes of the audit entries whose texts go

    def __post_init__(self) -> None:
        count = sum(map(len, self.sightings.values())) + len(self.audit_entries)
        if not 0 < count <= MAX_NAMED:
            raise Refused(f"an intent names 1 to {MAX_NAMED} sightings and audit entries, not {count}")


def key_of(intent: Intent) -> str:
    """Return where the intent lies in the vault bucket: equal intents have equal keys."""
    moment = datetime.fromtimestamp(unix_ms_of(intent.disposal_id) / 1000, UTC)
    digest = sha256(encode(intent)).hexdigest()[:16]
    return f"{PREFIX}{hour_folder(moment)}{intent.disposal_id.hex}-{digest}"


def write(store: ObjectStore, intent: Intent) -> str:
    """Make the intent durable and locked; return its key. Written twice, it stands once."""
    key = key_of(intent)
    try:
        store.create(key, encode(intent), lock_until=intent.at + LOCK)
    except ObjectExists:
        decode(store.get(key))  # ours, whole: the key names its content
    return key


def read_all(store: ObjectStore, *, after: str = "") -> Iterator[tuple[str, Intent]]:
    """Yield each intent of a vault with its key, in the order of the keys; raise `LedgerCorrupt`."""
    for key in store.keys(PREFIX, after=after):
        yield key, decode(store.get(key))


def cause_of(store: ObjectStore, disposal_id: UUID) -> Cause | None:
    """Return why a disposal destroyed, as its first intent says; None where the ledger has none of it."""
    moment = datetime.fromtimestamp(unix_ms_of(disposal_id) / 1000, UTC)
    for key in store.keys(f"{PREFIX}{hour_folder(moment)}{disposal_id.hex}-"):
        return decode(store.get(key)).cause
    return None


def erased(store: ObjectStore) -> set[SightingId]:
    """Return what the ledger of a vault names, wherever it lies or lay; raise `LedgerCorrupt`."""
    return {
        sighting_id for _, intent in read_all(store) for found in intent.sightings.values() for sighting_id in found
    }


def encode(intent: Intent) -> bytes:
    """Return the stored bytes."""
    body = cbor2.dumps(
        {
            "version": VERSION,
            "disposal": intent.disposal_id.bytes,
            "cause": intent.cause.value,
            "at": (intent.at - _EPOCH) // _MICROSECOND,
            "sightings": {
                segment.bytes: sorted(sighting.bytes for sighting in found)
                for segment, found in intent.sightings.items()
            },
            "messages": {sighting.bytes: message.bytes for sighting, message in intent.messages.items()},
            "marks": {sighting.bytes: mark for sighting, mark in intent.marks.items()},
            "audit": sorted(intent.audit_entries),
        },
        canonical=True,
    )
    return body + sha256(body).digest()


def decode(data: bytes) -> Intent:
    """Return the intent from its stored bytes; raise `LedgerCorrupt`."""
    body, digest = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    if sha256(body).digest() != digest:
        raise LedgerCorrupt("an intent of the erasure ledger does not match its checksum")
    try:
        found: Any = cbor2.loads(body)
        if found["version"] != VERSION:
            raise LedgerCorrupt(f"an intent of the erasure ledger has version {found['version']!r}: a newer Muniment's")
        return Intent(
            disposal_id=UUID(bytes=found["disposal"]),
            cause=Cause(found["cause"]),
            at=_EPOCH + found["at"] * _MICROSECOND,
            sightings={
                SegmentId(UUID(bytes=segment)): frozenset(SightingId(UUID(bytes=one)) for one in ids)
                for segment, ids in found["sightings"].items()
            },
            messages={SightingId(UUID(bytes=one)): UUID(bytes=of) for one, of in found["messages"].items()},
            marks={SightingId(UUID(bytes=one)): bytes(mark) for one, mark in found["marks"].items()},
            audit_entries=frozenset(map(bytes, found["audit"])),
        )
    except (cbor2.CBORDecodeError, KeyError, TypeError, ValueError, AttributeError, OverflowError, Refused) as error:
        raise LedgerCorrupt(f"an intent of the erasure ledger is malformed: {error!r}") from error


def import_mark(keys: KeyProvider, kek_id: KekId, import_key: str) -> bytes:
    """Return 32 bytes that tell, to nobody but the holder of the master key, that an item was imported and erased.

    An import key is a digest of the item, so whoever has the item could find it in a list of plain keys. RFC 3394 wraps
    deterministically, so a digest of the wrapped key can be compared and not be undone. The mark begins with the id of
    the key-encryption key that it was made with.
    """
    wrapped = keys.wrap(kek_id, sha256(import_key.encode()).digest())
    return kek_id.bytes + sha256(wrapped).digest()[:_MARK_BYTES]


def kek_of(mark: bytes) -> KekId:
    """Return the key-encryption key that a mark was made with."""
    return KekId(UUID(bytes=mark[:-_MARK_BYTES]))
