"""A segment: many sealed sightings in one immutable object. `docs/format.md` fixes it byte for byte.

header 32 ‖ frame* ‖ footer (CBOR) ‖ trailer 56
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import cbor2

from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId
from muniment.log import merkle
from muniment.seal import origins
from muniment.seal.frame import VERSION
from muniment.seal.header import microseconds_of, moment_of
from muniment.seal.origins import Origin

MAGIC: Final = b"MUNIMENT"
HEADER_BYTES: Final = 32
TRAILER_BYTES: Final = 56
_UNDIGESTED_BYTES: Final = 40  # the checksum itself and the magic


class SegmentCorrupt(Corrupt):
    """An object under a segment's key is not the segment that was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameEntry:
    """Where a frame stands and what it must open to."""

    sighting_id: SightingId
    offset: int
    length: int
    raw_bytes: int
    commitment: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """What a segment says of itself."""

    segment_id: SegmentId
    retention_class: str
    created: datetime
    lock_until: datetime | None
    kek_id: UUID
    root: bytes
    frames: tuple[FrameEntry, ...]
    origins: tuple[Origin, ...] = ()  # of a packed segment: where its frames were sealed first


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFrame:
    """A frame on its way into a segment."""

    sighting_id: SightingId
    data: bytes
    raw_bytes: int
    commitment: bytes


def build(
    frames: Sequence[SealedFrame],
    *,
    segment_id: SegmentId,
    retention_class: str,
    created: datetime,
    lock_until: datetime | None,
    kek_id: UUID,
    came_from: Sequence[Origin] = (),
) -> tuple[list[bytes], Footer]:
    """Return the bytes of a segment, in pieces, and its footer."""
    pieces = [MAGIC + VERSION.to_bytes(2) + bytes(6) + segment_id.bytes]
    entries: list[FrameEntry] = []
    offset = HEADER_BYTES
    for frame in frames:
        entries.append(
            FrameEntry(
                sighting_id=frame.sighting_id,
                offset=offset,
                length=len(frame.data),
                raw_bytes=frame.raw_bytes,
                commitment=frame.commitment,
            )
        )
        pieces.append(frame.data)
        offset += len(frame.data)
    footer = Footer(
        segment_id=segment_id,
        retention_class=retention_class,
        created=created,
        lock_until=lock_until,
        kek_id=kek_id,
        root=merkle.root([entry.commitment for entry in entries]),
        frames=tuple(entries),
        origins=tuple(came_from),
    )
    encoded = _encode_footer(footer)
    pieces.extend((encoded, offset.to_bytes(8), len(encoded).to_bytes(8)))
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
    pieces.extend((digest.digest(), MAGIC))
    return pieces, footer


def read(pieces: Iterable[bytes], tail: bytes, *, size_bytes: int, segment_id: SegmentId) -> Footer:
    """Check a whole segment (magic, version, checksum, footer, Merkle root) and return its footer.

    `pieces` are all its bytes in order, the first at least a header long; `tail` are its last ones, from the footer or
    from before it. Raises `SegmentCorrupt` with what is wrong.
    """
    end = footer_at(tail, segment_id)
    header, digest = _header_and_digest(pieces, size_bytes - _UNDIGESTED_BYTES)
    if digest != tail[-40:-8]:
        raise SegmentCorrupt(f"segment {segment_id}: the checksum does not match: bytes were changed")
    if header[:8] != MAGIC or header[8:10] != VERSION.to_bytes(2) or header[16:] != segment_id.bytes:
        raise SegmentCorrupt(f"segment {segment_id}: the header is not that of this segment in version {VERSION}")
    footer = footer_of(tail, segment_id, missing=size_bytes - len(tail))
    commitments = [entry.commitment for entry in footer.frames]
    if merkle.root(commitments) != footer.root:
        raise SegmentCorrupt(f"segment {segment_id}: the Merkle root does not match the commitments")
    if any(entry.offset < HEADER_BYTES or entry.offset + entry.length > end for entry in footer.frames):
        raise SegmentCorrupt(f"segment {segment_id}: a frame lies outside of the segment")
    for origin in footer.origins:
        origin.commitments(commitments)
    return footer


def _header_and_digest(pieces: Iterable[bytes], digested_bytes: int) -> tuple[bytes, bytes]:
    digest = sha256()
    header = b""
    for piece in pieces:
        header = header or piece[:HEADER_BYTES]
        digest.update(memoryview(piece)[: max(0, digested_bytes)])
        digested_bytes -= len(piece)
    return header, digest.digest()


def footer_at(tail: bytes, segment_id: SegmentId) -> int:
    """Return the offset of the footer in the segment, from the segment's last bytes (56 at least)."""
    if len(tail) < TRAILER_BYTES or tail[-8:] != MAGIC:
        raise SegmentCorrupt(f"segment {segment_id}: it is cut short, or not a segment")
    return int.from_bytes(tail[-56:-48])


def footer_of(tail: bytes, segment_id: SegmentId, *, missing: int = 0) -> Footer:
    """Return what the footer says, unchecked, from a segment without its first `missing` bytes.

    Raises `SegmentCorrupt` if it cannot be read.
    """
    start = footer_at(tail, segment_id) - missing
    length = int.from_bytes(tail[-48:-40])
    if start + missing < HEADER_BYTES or start < 0 or start + length != len(tail) - TRAILER_BYTES:
        raise SegmentCorrupt(f"segment {segment_id}: the trailer points outside of the segment")
    return _decode_footer(tail[start : start + length], segment_id)


def _encode_footer(footer: Footer) -> bytes:
    packed = {"origins": origins.plain(footer.origins)} if footer.origins else {}
    return cbor2.dumps(
        packed
        | {
            "retention_class": footer.retention_class,
            "created": microseconds_of(footer.created),
            "lock_until": None if footer.lock_until is None else microseconds_of(footer.lock_until),
            "kek": footer.kek_id.bytes,
            "root": footer.root,
            "frames": [
                [entry.sighting_id.bytes, entry.offset, entry.length, entry.raw_bytes, entry.commitment]
                for entry in footer.frames
            ],
        },
        canonical=True,
    )


def _decode_footer(data: bytes, segment_id: SegmentId) -> Footer:
    try:
        found: Any = cbor2.loads(data)
        until = found["lock_until"]
        return Footer(
            segment_id=segment_id,
            retention_class=found["retention_class"],
            created=moment_of(found["created"]),
            lock_until=None if until is None else moment_of(until),
            kek_id=UUID(bytes=found["kek"]),
            root=found["root"],
            frames=tuple(
                FrameEntry(
                    sighting_id=SightingId(UUID(bytes=sighting_id)),
                    offset=int(offset),
                    length=int(length),
                    raw_bytes=int(raw_bytes),
                    commitment=bytes(commitment),
                )
                for sighting_id, offset, length, raw_bytes, commitment in found["frames"]
            ),
            origins=origins.from_plain(found.get("origins", ())),
        )
    except (cbor2.CBORDecodeError, KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise SegmentCorrupt(f"segment {segment_id}: the footer is malformed: {error!r}") from error
