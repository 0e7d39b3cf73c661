"""The vault: sightings in, sealed and durable; sightings out, checked. It joins the stores with the keys.

Order of a seal (DESIGN.md section 4): keyring, then segment; only then is anything acknowledged.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from muniment.ids import SegmentId, SightingId, UuidSequence
from muniment.seal import frame, keyring, segment
from muniment.seal.header import SALT_BYTES
from muniment.seal.keyring import Keyring
from muniment.seal.keys import KekId, KeyProvider
from muniment.seal.layout import SEGMENTS, hour_folder, id_of, keyring_key, segment_key
from muniment.seal.opening import Fetch, OpenSegment, ranged, whole
from muniment.seal.segment import Footer, SealedFrame
from muniment.seal.sighting import Sighting
from muniment.stores.pair import InTurn, NewObject, PairWriter
from muniment.stores.port import ObjectMissing, ObjectStore

_TAIL_BYTES: Final = 64 * 1024  # holds the footer of some 800 frames; a longer one is read again, whole
WHOLE_BYTES: Final = 16 * 1024 * 1024  # a larger segment than this holds one very large message: read it in ranges
_RANGE_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSegment:
    """A segment that is durable."""

    segment_id: SegmentId
    size_bytes: int
    footer: Footer


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
        writer: PairWriter | None = None,
        ahead: int = 1,
    ) -> None:
        """`writer` creates a keyring in `keyrings` and a segment in `segments`; without one they are made in turn.

        `ahead`: how many segments may be fetched at once where many are read (`muniment.seal.ahead`), from 1.
        """
        self._writer = writer
        self.segments = segments
        self.keyrings = keyrings
        self.keys = keys
        self._retention_class = retention_class
        self.settling = settling
        self.ahead = ahead
        self._now = now
        self._random_bytes = random_bytes
        self._ids = ids or UuidSequence(random_bytes=random_bytes)

    def now(self) -> datetime:
        """Return the vault's time, aware UTC."""
        return self._now()

    def new_sighting_id(self) -> SightingId:
        """Return a fresh id for a sighting."""
        return SightingId(self._ids.next())

    def new_segment_id(self) -> SegmentId:
        """Return a fresh id for a segment that others are packed into."""
        return SegmentId(self._ids.next())

    def seal(self, sightings: Sequence[Sighting]) -> SealedSegment:
        """Seal sightings into one new segment; when this returns, they are durable.

        Raises `StoreUnavailable`; then nothing may be taken as kept, though an orphan keyring may stay (harmless).
        """
        created = self._now()
        lock_until = created + self.settling
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
        pieces, footer = segment.build(
            frames,
            segment_id=segment_id,
            retention_class=self._retention_class,
            created=created,
            lock_until=lock_until,
            kek_id=kek_id,
        )
        ring = Keyring(segment_id=segment_id, kek_id=kek_id, keys=wrapped)
        writer = self._writer or InTurn(self.keyrings, self.segments)
        writer.create(
            NewObject(key=keyring_key(segment_id), data=keyring.encode(ring)),
            NewObject(key=segment_key(segment_id), data=pieces, lock_until=lock_until),
        )
        return SealedSegment(segment_id=segment_id, size_bytes=sum(map(len, pieces)), footer=footer)

    def open(self, segment_id: SegmentId) -> OpenSegment:
        """Read a segment whole, check it, and read its keyring; raise `ObjectMissing`, `Corrupt`.

        A very large one is not kept: its frames are read again, one by one, when they are opened.
        """
        size = self.segments.info(segment_key(segment_id)).size_bytes
        if size <= WHOLE_BYTES:
            data = self.segments.get(segment_key(segment_id))
            footer = segment.read([data], data, size_bytes=len(data), segment_id=segment_id)
            return self._opened(segment_id, footer, whole(data), len(data))
        tail = self._tail(segment_id, size)
        footer = segment.read(self._ranges(segment_id, size), tail, size_bytes=size, segment_id=segment_id)
        return self._in_ranges(segment_id, footer, tail, size)

    def footer(self, segment_id: SegmentId) -> Footer:
        """Return a segment's footer without reading its frames; raise `ObjectMissing`, `Corrupt`."""
        return self.glance(segment_id).footer

    def glance(self, segment_id: SegmentId) -> OpenSegment:
        """Open a segment by its footer, reading no frame before it is opened: each frame proves itself then.

        What is not opened is not checked, nor is the footer. Raises `Corrupt` when that does not read, `ObjectMissing`.
        """
        size = self.segments.info(segment_key(segment_id)).size_bytes
        tail = self._tail(segment_id, size)
        footer = segment.footer_of(tail, segment_id, missing=size - len(tail))
        return self._in_ranges(segment_id, footer, tail, size)

    def read(self, segment_id: SegmentId, sighting_id: SightingId) -> Sighting:
        """Return one sighting, checked against its commitment; raise `ObjectMissing`, `Corrupt` or `Erased`."""
        opened = self.glance(segment_id)
        return opened.open(opened.entry_of(sighting_id))

    def segment_ids(self, *, since: datetime | None = None) -> Iterator[SegmentId]:
        """Yield the ids of all segments in order, or of those made at `since` or later, by their ids."""
        after = "" if since is None else f"{SEGMENTS}{hour_folder(since)}{int(since.timestamp() * 1000):012x}"
        for key in self.segments.keys(SEGMENTS, after=after):
            yield SegmentId(id_of(key))

    def _opened(self, segment_id: SegmentId, footer: Footer, fetch: Fetch, size: int) -> OpenSegment:
        return OpenSegment(
            segment_id=segment_id,
            size_bytes=size,
            footer=footer,
            keyring=self._keyring(segment_id, footer),
            fetch=fetch,
            keys=self.keys,
        )

    def _in_ranges(self, segment_id: SegmentId, footer: Footer, tail: bytes, size: int) -> OpenSegment:
        fetch = ranged(self.segments, segment_key(segment_id), tail=tail, size_bytes=size)
        return self._opened(segment_id, footer, fetch, size)

    def _tail(self, segment_id: SegmentId, size: int) -> bytes:
        """Return the last bytes of a segment, its footer among them.

        Never from the header on: of a whole object the store checks every byte, though another frame may be sound.
        """
        key = segment_key(segment_id)
        tail_bytes = min(max(0, size - segment.HEADER_BYTES), _TAIL_BYTES)
        tail = self.segments.get(key, offset=size - tail_bytes, length=tail_bytes)
        start = segment.footer_at(tail, segment_id)
        if start < size - tail_bytes:
            tail = self.segments.get(key, offset=start, length=size - start)
        return tail

    def _ranges(self, segment_id: SegmentId, size: int) -> Iterator[bytes]:
        for offset in range(0, size, _RANGE_BYTES):
            yield self.segments.get(segment_key(segment_id), offset=offset, length=min(_RANGE_BYTES, size - offset))

    def _keyring(self, segment_id: SegmentId, footer: Footer) -> Keyring:
        try:
            return keyring.decode(self.keyrings.get(keyring_key(segment_id)), segment_id)
        except ObjectMissing:
            return Keyring(segment_id=segment_id, kek_id=KekId(footer.kek_id), keys={})
