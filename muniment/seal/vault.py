"""The vault: sightings in, sealed and durable; sightings out, checked. It joins the stores with the keys.

Order of a seal (DESIGN.md section 4): keyring, then segment; only then is anything acknowledged.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId, UuidSequence
from muniment.seal import frame, keyring, segment
from muniment.seal.header import SALT_BYTES
from muniment.seal.keyring import Keyring
from muniment.seal.keys import KekId, KeyProvider
from muniment.seal.layout import SEGMENTS, hour_folder, id_of, keyring_key, segment_key
from muniment.seal.segment import Footer, FrameEntry, SealedFrame
from muniment.seal.sighting import Sighting
from muniment.stores.port import ObjectMissing, ObjectStore

_TAIL_BYTES: Final = 64 * 1024  # holds the footer of some 800 frames; a longer one is read again, whole


class Erased(Corrupt):
    """A sighting's key is gone: its frame can never be opened again. Where erasure is expected, catch it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSegment:
    """A segment that is durable."""

    segment_id: SegmentId
    size_bytes: int
    footer: Footer


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSegment:
    """A segment read whole and checked, with its keyring: frames are opened one by one."""

    segment_id: SegmentId
    size_bytes: int
    footer: Footer
    keyring: Keyring
    data: bytes
    keys: KeyProvider

    def open(self, entry: FrameEntry) -> Sighting:
        """Return the sighting of a frame, checked against its commitment; raise `Corrupt` or `Erased`."""
        return self.open_salted(entry)[0]

    def open_salted(self, entry: FrameEntry) -> tuple[Sighting, bytes]:
        """Return the sighting and the salt of its commitment."""
        wrapped = self.keyring.keys.get(entry.sighting_id)
        if wrapped is None:
            raise Erased(f"sighting {entry.sighting_id} has no key in the keyring of segment {self.segment_id}")
        return frame.open_frame(
            self.data[entry.offset : entry.offset + entry.length],
            key=self.keys.unwrap(self.keyring.kek_id, wrapped),
            sighting_id=entry.sighting_id,
            raw_bytes=entry.raw_bytes,
            commitment=entry.commitment,
        )

    def entry_of(self, sighting_id: SightingId) -> FrameEntry:
        """Return the footer's entry of a sighting; raise `Erased` if the segment has none."""
        for entry in self.footer.frames:
            if entry.sighting_id == sighting_id:
                return entry
        raise Erased(f"segment {self.segment_id} has no sighting {sighting_id}")


class Vault:
    """Seal sightings into segments of one retention class and read segments of any."""

    def __init__(
        self,
        *,
        segments: ObjectStore,
        keyrings: ObjectStore,
        keys: KeyProvider,
        retention_class: str = "default",
        settling: timedelta = timedelta(days=3),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        random_bytes: Callable[[int], bytes] = os.urandom,
        ids: UuidSequence | None = None,
    ) -> None:
        self.segments = segments
        self.keyrings = keyrings
        self.keys = keys
        self._retention_class = retention_class
        self._settling = settling
        self._now = now
        self._random_bytes = random_bytes
        self._ids = ids or UuidSequence(random_bytes=random_bytes)

    def now(self) -> datetime:
        """Return the vault's time, aware UTC."""
        return self._now()

    def new_sighting_id(self) -> SightingId:
        """Return a fresh id for a sighting."""
        return SightingId(self._ids.next())

    def seal(self, sightings: Sequence[Sighting]) -> SealedSegment:
        """Seal sightings into one new segment; when this returns, they are durable.

        Raises `StoreUnavailable`; then nothing may be taken as kept, though an orphan keyring may stay (harmless).
        """
        created = self._now()
        lock_until = created + self._settling
        segment_id = SegmentId(self._ids.next())
        kek_id = self.keys.current(self._retention_class)
        frames: list[SealedFrame] = []
        wrapped: dict[SightingId, bytes] = {}
        for sighting in sightings:
            key = self._random_bytes(frame.KEY_BYTES)
            data, commitment = frame.seal(
                sighting, key=key, salt=self._random_bytes(SALT_BYTES), nonce=self._random_bytes(frame.NONCE_BYTES)
            )
            wrapped[sighting.id] = self.keys.wrap(kek_id, key)
            frames.append(
                SealedFrame(sighting_id=sighting.id, data=data, raw_bytes=len(sighting.raw), commitment=commitment)
            )
        data, footer = segment.build(
            frames,
            segment_id=segment_id,
            retention_class=self._retention_class,
            created=created,
            lock_until=lock_until,
            kek_id=kek_id,
        )
        ring = Keyring(segment_id=segment_id, kek_id=kek_id, keys=wrapped)
        self.keyrings.create(keyring_key(segment_id), keyring.encode(ring))
        self.segments.create(segment_key(segment_id), data, lock_until=lock_until)
        return SealedSegment(segment_id=segment_id, size_bytes=len(data), footer=footer)

    def open(self, segment_id: SegmentId) -> OpenSegment:
        """Read a segment whole, check it, and read its keyring; raise `ObjectMissing`, `Corrupt`."""
        data = self.segments.get(segment_key(segment_id))
        footer = segment.read(data, segment_id)
        return OpenSegment(
            segment_id=segment_id,
            size_bytes=len(data),
            footer=footer,
            keyring=self._keyring(segment_id, footer),
            data=data,
            keys=self.keys,
        )

    def footer(self, segment_id: SegmentId) -> Footer:
        """Return a segment's footer without reading its frames; raise `ObjectMissing`, `Corrupt`."""
        key = segment_key(segment_id)
        size = self.segments.info(key).size_bytes
        tail_bytes = min(size, _TAIL_BYTES)
        tail = self.segments.get(key, offset=size - tail_bytes, length=tail_bytes)
        start = segment.footer_at(tail, segment_id)
        if start < size - tail_bytes:
            tail = self.segments.get(key, offset=start, length=size - start)
        return segment.footer_of(tail, segment_id, missing=size - len(tail))

    def salvage(self, segment_id: SegmentId) -> OpenSegment:
        """Open a segment whose checksum fails, as far as its footer still reads: each frame proves itself when opened.

        Raises `Corrupt` when the footer is gone too, `ObjectMissing`.
        """
        key = segment_key(segment_id)
        size = self.segments.info(key).size_bytes
        data = self.segments.get(key, length=size // 2) + self.segments.get(
            key, offset=size // 2, length=size - size // 2
        )
        footer = segment.footer_of(data, segment_id)
        return OpenSegment(
            segment_id=segment_id,
            size_bytes=size,
            footer=footer,
            keyring=self._keyring(segment_id, footer),
            data=data,
            keys=self.keys,
        )

    def read(self, segment_id: SegmentId, sighting_id: SightingId) -> Sighting:
        """Return one sighting, checked; raise `ObjectMissing`, `Corrupt` or `Erased`."""
        opened = self.open(segment_id)
        return opened.open(opened.entry_of(sighting_id))

    def segment_ids(self, *, since: datetime | None = None) -> Iterator[SegmentId]:
        """Yield the ids of all segments in order, or of those whose hour is not before `since`'s."""
        after = "" if since is None else f"{SEGMENTS}{hour_folder(since)}"
        for key in self.segments.keys(SEGMENTS, after=after):
            yield SegmentId(id_of(key))

    def _keyring(self, segment_id: SegmentId, footer: Footer) -> Keyring:
        try:
            return keyring.decode(self.keyrings.get(keyring_key(segment_id)), segment_id)
        except ObjectMissing:
            return Keyring(segment_id=segment_id, kek_id=KekId(footer.kek_id), keys={})
