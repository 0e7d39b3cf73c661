"""Take keys out of a keyring for good: what they sealed can never be opened again (DESIGN.md section 4, "Erasing").

Only `archive/services/disposal.py` and the replay of the erasure ledger call this; a test holds that.
"""

from collections.abc import Collection
from typing import Final

from muniment.errors import Transient
from muniment.ids import SegmentId, SightingId
from muniment.seal import keyring
from muniment.seal.keyring import Keyring
from muniment.seal.layout import keyring_key
from muniment.stores.port import ObjectChanged, ObjectMissing, ObjectStore

MAX_TRIES: Final = 20  # each time another one changed the same keyring in between


class KeyringBusy(Transient):
    """Others changed the keyring each time it was to be changed. Nothing was taken out by this call."""


def shred(keyrings: ObjectStore, segment_id: SegmentId, sighting_ids: Collection[SightingId]) -> int:
    """Remove the keys of these sightings by compare-and-swap; return how many there were.

    Safe to repeat: keys that are gone are passed, and so is a keyring that is gone altogether. When this returns, the
    store holds no key of them. Raises `KeyringBusy`, `StoreUnavailable`, `KeyringCorrupt`.
    """
    key = keyring_key(segment_id)
    for _ in range(MAX_TRIES):
        try:
            etag = keyrings.info(key).etag
            ring = keyring.decode(keyrings.get(key), segment_id)
        except ObjectMissing:
            return 0
        gone = ring.keys.keys() & set(sighting_ids)
        if not gone:
            return 0
        kept = {sighting_id: wrapped for sighting_id, wrapped in ring.keys.items() if sighting_id not in gone}
        try:
            keyrings.replace(
                key, keyring.encode(Keyring(segment_id=segment_id, kek_id=ring.kek_id, keys=kept)), etag=etag
            )
        except ObjectChanged:
            continue
        return len(gone)
    raise KeyringBusy(f"the keyring of segment {segment_id} was changed {MAX_TRIES} times meanwhile: try again")
