"""The keyring of a segment: its wrapped data keys. `docs/format.md` fixes it. An absent entry is an erased sighting."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import cbor2

from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId
from muniment.seal.keys import KekId

VERSION: Final = 1
_DIGEST_BYTES: Final = 32


class KeyringCorrupt(Corrupt):
    """An object under a keyring's key is not the keyring that was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The wrapped data keys of one segment."""

    segment_id: SegmentId
    kek_id: KekId
    keys: Mapping[SightingId, bytes]


def encode(keyring: Keyring) -> bytes:
    """Return the stored bytes."""
    data = cbor2.dumps(
        {
            "version": VERSION,
            "segment": keyring.segment_id.bytes,
            "kek": keyring.kek_id.bytes,
            "keys": {sighting_id.bytes: wrapped for sighting_id, wrapped in keyring.keys.items()},
        },
        canonical=True,
    )
    return data + sha256(data).digest()


def decode(data: bytes, segment_id: SegmentId) -> Keyring:
    """Return the keyring from its stored bytes; raise `KeyringCorrupt`."""
    body, digest = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    if sha256(body).digest() != digest:
        raise KeyringCorrupt(f"keyring of segment {segment_id}: the checksum does not match")
    try:
        found: Any = cbor2.loads(body)
        keyring = Keyring(
            segment_id=SegmentId(UUID(bytes=found["segment"])),
            kek_id=KekId(UUID(bytes=found["kek"])),
            keys={SightingId(UUID(bytes=key)): bytes(wrapped) for key, wrapped in found["keys"].items()},
        )
        version = found["version"]
    except (cbor2.CBORDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise KeyringCorrupt(f"keyring of segment {segment_id}: it is malformed: {error!r}") from error
    if version != VERSION or keyring.segment_id != segment_id:
        raise KeyringCorrupt(f"keyring of segment {segment_id}: it is of another segment or version")
    return keyring
