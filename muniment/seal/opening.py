"""A segment that is open: its frames are fetched, decrypted and checked one by one."""

from collections.abc import Callable
from dataclasses import dataclass

from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId
from muniment.seal import frame
from muniment.seal.frame import FrameCorrupt
from muniment.seal.keyring import Keyring
from muniment.seal.keys import KeyProvider
from muniment.seal.segment import Footer, FrameEntry
from muniment.seal.sighting import Sighting
from muniment.stores.port import ObjectStore

Fetch = Callable[[int, int], bytes | memoryview]  # offset and length in the segment, and within it


class Erased(Corrupt):
    """A sighting's key is gone: its frame can never be opened again. Where erasure is expected, catch it."""


def whole(data: bytes) -> Fetch:
    """Fetch from a segment that is in memory, without a copy."""
    view = memoryview(data)
    return lambda offset, length: view[offset : offset + length]


def ranged(store: ObjectStore, key: str, *, tail: bytes, size_bytes: int) -> Fetch:
    """Fetch from a segment in a store, of which the last bytes are here."""
    start = size_bytes - len(tail)
    here = whole(tail)
    return lambda offset, length: (
        here(offset - start, length) if offset >= start else store.get(key, offset=offset, length=length)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSegment:
    """A segment with its keyring: frames are opened one by one."""

    segment_id: SegmentId
    size_bytes: int
    footer: Footer
    keyring: Keyring
    fetch: Fetch
    keys: KeyProvider

    def open(self, entry: FrameEntry) -> Sighting:
        """Return the sighting of a frame, checked against its commitment; raise `Corrupt` or `Erased`."""
        return self.open_salted(entry)[0]

    def open_salted(self, entry: FrameEntry) -> tuple[Sighting, bytes]:
        """Return the sighting and the salt of its commitment."""
        wrapped = self.keyring.keys.get(entry.sighting_id)
        if wrapped is None:
            raise Erased(f"sighting {entry.sighting_id} has no key in the keyring of segment {self.segment_id}")
        if not (0 <= entry.offset <= entry.offset + entry.length <= self.size_bytes):
            raise FrameCorrupt(f"sighting {entry.sighting_id}: its frame lies outside of segment {self.segment_id}")
        key = self.keys.unwrap(self.keyring.kek_id, wrapped)
        # In two steps, so that a large frame is gone before it is unpacked.
        packed = frame.decrypt(self.fetch(entry.offset, entry.length), key=key, sighting_id=entry.sighting_id)
        return frame.unpack(
            packed, sighting_id=entry.sighting_id, raw_bytes=entry.raw_bytes, commitment=entry.commitment
        )

    def entry_of(self, sighting_id: SightingId) -> FrameEntry:
        """Return the footer's entry of a sighting; raise `Erased` if the segment has none."""
        for entry in self.footer.frames:
            if entry.sighting_id == sighting_id:
                return entry
        raise Erased(f"segment {self.segment_id} has no sighting {sighting_id}")
