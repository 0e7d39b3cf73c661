"""What is written into the erasure ledger before a key goes: every place in which a destroyed sighting lies or lay.

A sighting that was packed has keys in the keyring of each segment that it passed through, as long as that stands, and
in every backup of one. The intent names them all, so that whichever comes back loses the key again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from archive.models import DestroyedSighting, PackedSegment
from archive.wiring import Archive
from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId
from muniment.seal import ledger
from muniment.seal.packing import former_places
from muniment.stores.port import ObjectMissing

Places = Mapping[SegmentId, set[SightingId]]


def places_of(rows: Iterable[DestroyedSighting], archive: Archive) -> Places:
    """Return the segments in which the sightings of these tombstones lie or lay. May raise `StoreUnavailable`."""
    places: dict[SegmentId, set[SightingId]] = defaultdict(set)
    for row in rows:
        places[SegmentId(row.segment_id)].add(SightingId(row.sighting_id))
    packs = PackedSegment.objects.filter(pack__in=list(places)).values_list("pack_id", flat=True)
    for pack_id in set(packs):
        for segment_id, found in _former(SegmentId(pack_id), set(places[SegmentId(pack_id)]), archive).items():
            places[segment_id] |= found
    return places


def write(
    rows: Sequence[DestroyedSighting], cause: ledger.Cause, archive: Archive, *, also: SegmentId | None = None
) -> None:
    """Write the intents of tombstones of one disposal; written twice, they stand once. May raise `StoreUnavailable`.

    `also` is a segment that holds all of them though no row says so.
    """
    for (disposal_id, at), group in groupby(rows, key=lambda one: (one.disposal_id, one.destroyed_at)):
        found = {SightingId(one.sighting_id): one for one in group}
        everywhere = dict(places_of(found.values(), archive)) | ({also: set(found)} if also else {})
        for places in _parts(everywhere):
            named = set().union(*places.values())
            ledger.write(
                archive.vault.segments,
                ledger.Intent(
                    disposal_id=disposal_id,
                    cause=cause,
                    at=at,
                    sightings={segment_id: frozenset(ids) for segment_id, ids in places.items()},
                    messages={sighting_id: found[sighting_id].message_id for sighting_id in named},
                    marks={
                        sighting_id: bytes.fromhex(mark)
                        for sighting_id in named
                        if (mark := found[sighting_id].import_mark)
                    },
                ),
            )


def _former(pack_id: SegmentId, sighting_ids: set[SightingId], archive: Archive) -> Places:
    """Return where sightings of a packed segment lay before; where that does not read, all that it was packed from."""
    try:
        return former_places(archive.vault, pack_id, sighting_ids)
    except (Corrupt, ObjectMissing):
        sources = PackedSegment.objects.filter(pack_id=pack_id).values_list("source_id", flat=True)
        return {SegmentId(source_id): sighting_ids for source_id in sources}


def _parts(places: Places) -> Iterator[dict[SegmentId, set[SightingId]]]:
    """Divide places so that an intent can name each part."""
    part: dict[SegmentId, set[SightingId]] = {}
    room = ledger.MAX_NAMED
    for segment_id, found in sorted(places.items()):
        rest = sorted(found)
        while rest:
            part[segment_id] = set(rest[:room])
            rest, room = rest[room:], room - len(rest[:room])
            if not room:
                yield part
                part, room = {}, ledger.MAX_NAMED
    if part:
        yield part
