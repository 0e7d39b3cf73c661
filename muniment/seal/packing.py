"""Pack segments: the frames of several move into one, verbatim, and their keys with them (DESIGN.md section 4).

Frames are bound to their sightings, not to their place, so nothing is sealed anew. What has no key stays behind: it was
erased. Every frame is opened and compared with its commitment before it moves, and the packed segment is read back.
The sources stay as they are; who lets them go is `archive.services.packing`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from muniment.errors import Corrupt, Refused
from muniment.ids import SegmentId, SightingId
from muniment.seal import keyring, origins, segment
from muniment.seal.keyring import Keyring
from muniment.seal.keys import KekId
from muniment.seal.layout import keyring_key, segment_key
from muniment.seal.opening import Erased, OpenSegment
from muniment.seal.origins import Origin
from muniment.seal.segment import SealedFrame
from muniment.seal.vault import SealedSegment, Vault
from muniment.stores.port import ObjectMissing


class PackUnlike(Corrupt):
    """A packed segment that was read back is not what was written. Nothing was taken from its sources."""


@dataclass(slots=True, kw_only=True)
class _Moving:
    """What moves, as it is put together."""

    kek_id: KekId
    frames: list[SealedFrame] = field(default_factory=list)
    keys: dict[SightingId, bytes] = field(default_factory=dict)  # wrapped
    places: dict[SightingId, int] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)


def pack(
    vault: Vault,
    sources: Sequence[OpenSegment],
    *,
    into: SegmentId,
    lock_until: datetime | None,
    left_out: Collection[SightingId] = (),
) -> SealedSegment:
    """Write the frames of several segments of one retention class into a new one; it is durable when this returns.

    The sources were read whole (`Vault.open`). `left_out` and whatever has no key stay behind. Raises `Refused` where
    nothing would move or classes differ, `Corrupt` where a frame does not open, `PackUnlike` where the pack does not
    read back, `StoreUnavailable`; then a keyring `into` may stay alone.
    """
    classes = {source.footer.retention_class for source in sources}
    if len(classes) != 1:
        raise Refused(f"segments of one retention class are packed together, not of {sorted(classes)}")
    moving = _Moving(kek_id=vault.keys.current(classes.pop()))
    for source in sources:
        _move(source, moving, vault, frozenset(left_out))
    if not moving.frames:
        raise Refused("no frame of these segments has a key: there is nothing to pack")
    pieces, footer = segment.build(
        moving.frames,
        segment_id=into,
        retention_class=sources[0].footer.retention_class,
        created=vault.now(),
        lock_until=lock_until,
        kek_id=moving.kek_id,
        came_from=moving.origins,
    )
    ring = Keyring(segment_id=into, kek_id=moving.kek_id, keys=moving.keys)
    vault.keyrings.create(keyring_key(into), keyring.encode(ring))
    vault.segments.create(segment_key(into), pieces, lock_until=lock_until)
    _read_back(vault, into, moving.frames)
    return SealedSegment(segment_id=into, size_bytes=sum(map(len, pieces)), footer=footer)


def holds_all(
    vault: Vault, source_id: SegmentId, *, packed: Sequence[OpenSegment], gone: Collection[SightingId]
) -> bool:
    """Tell whether packed segments, which were read whole, hold every frame of a source but those that are `gone`.

    Raises `Corrupt`, `ObjectMissing` where the source does not read.
    """
    there = {
        (entry.sighting_id, entry.commitment)
        for one in packed
        for entry in one.footer.frames
        if entry.sighting_id in one.keyring.keys
    }
    frames = vault.footer(source_id).frames
    return all(entry.sighting_id in gone or (entry.sighting_id, entry.commitment) in there for entry in frames)


def former_places(
    vault: Vault, segment_id: SegmentId, sighting_ids: Collection[SightingId]
) -> dict[SegmentId, set[SightingId]]:
    """Return the segments in which these sightings of a segment lay before; raise `Corrupt`, `ObjectMissing`."""
    footer = vault.footer(segment_id)
    ids = [entry.sighting_id for entry in footer.frames]
    found: dict[SegmentId, set[SightingId]] = {}
    for origin in footer.origins:
        here = {ids[place] for place in origin.places()} & set(sighting_ids)
        if here:
            found[origin.segment_id] = here
    return found


def _move(source: OpenSegment, moving: _Moving, vault: Vault, left_out: Collection[SightingId]) -> None:
    commitments = [entry.commitment for entry in source.footer.frames]
    moved: dict[int, int] = {}
    for there, entry in enumerate(source.footer.frames):
        if entry.sighting_id in moving.places:
            moved[there] = moving.places[entry.sighting_id]
            continue
        if entry.sighting_id in left_out:
            continue
        try:
            source.open(entry)
        except Erased:
            continue
        data_key = vault.keys.unwrap(source.keyring.kek_id, source.keyring.keys[entry.sighting_id])
        moving.keys[entry.sighting_id] = vault.keys.wrap(moving.kek_id, data_key)
        moved[there] = moving.places[entry.sighting_id] = len(moving.frames)
        moving.frames.append(
            SealedFrame(
                sighting_id=entry.sighting_id,
                data=bytes(source.fetch(entry.offset, entry.length)),
                raw_bytes=entry.raw_bytes,
                commitment=entry.commitment,
            )
        )
    moving.origins.extend(origins.moved_on(source.footer.origins, commitments, moved))
    moving.origins.append(origins.origin_of(source.segment_id, commitments, moved))


def _read_back(vault: Vault, into: SegmentId, frames: Sequence[SealedFrame]) -> None:
    try:
        opened = vault.open(into)
        for entry in opened.footer.frames:
            opened.open(entry)
    except (Corrupt, ObjectMissing) as error:
        raise PackUnlike(f"packed segment {into} does not read back: {error}") from error
    if [entry.sighting_id for entry in opened.footer.frames] != [frame.sighting_id for frame in frames]:
        raise PackUnlike(f"packed segment {into} holds other frames than were written")
