"""The packer: small segments become large ones, frames whose keys are gone are left behind (DESIGN.md section 4).

    begin     a row of the pack is committed before its first byte: from then on whoever destroys settles it first
    pack      keyring, then segment, locked; read back (`muniment.seal.packing`)
    settle    the catalogue points at it (`archive.services.catalogue`); keys of what was destroyed are taken out of it
    let go    sources whose frames are all in a pack that was read whole again, or destroyed, go when their lock ends

All of it runs in the turn of destruction, so no key is moved while another is taken out. What is under a hold is left
where it is until the hold is over. Every step may be killed and repeated.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from archive.models import (
    Cause,
    DestroyedSighting,
    Disposal,
    HeldSighting,
    Pack,
    PackedSegment,
    Segment,
    SegmentStage,
    Sighting,
    Stage,
    StageState,
)
from archive.services import intents, store_holds
from archive.services.catalogue import catalogue_segment
from archive.services.removal import drop_segment
from archive.services.stages import turn
from archive.wiring import Archive
from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId
from muniment.seal import keyring, ledger
from muniment.seal.layout import keyring_key, segment_key
from muniment.seal.opening import Erased, OpenSegment
from muniment.seal.packing import holds_all, pack
from muniment.seal.shredding import shred
from muniment.stores.port import ObjectMissing

SMALL_BYTES: Final = 1024 * 1024  # DESIGN.md section 4: a larger segment stays as it is
PACK_BYTES: Final = 32 * 1024 * 1024  # of one pack: it is held in memory while it is made, and read whole
PACK_FRAMES: Final = 10_000
ENOUGH_FRAMES: Final = 1_000  # as many as capture puts into one segment: worth a pack before time presses
PRESSING: Final = timedelta(hours=24)  # before a lock ends, even a few small segments are packed
LET_GO_AFTER: Final = timedelta(hours=1)  # who read the place of a frame before it moved has opened it by then
PACKS_OF_A_RUN: Final = 20
_CHOSEN: Final = 5_000  # segments looked at in a run
_CHUNK: Final = 500

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Packed:
    """What a run did."""

    packs: int = 0
    sources: int = 0  # segments that were packed
    frames: int = 0  # that moved
    bytes_written: int = 0
    extended: int = 0  # locks of large segments that now reach to the term of their class
    let_go: int = 0  # sources whose objects are gone
    damaged: int = 0  # segments that were passed over because they do not open


def run(
    archive: Archive,
    *,
    after: timedelta,
    term: timedelta = timedelta(0),
    now: datetime | None = None,
    wait: bool = False,
) -> Packed:
    """Pack what is older than `after` and worth it, and let go what was packed; return what was done.

    `term` is how long mail of this archive is locked from its capture on. May raise `StoreUnavailable`; what was done
    until then stays done. While a destruction runs, nothing is done, unless told to `wait`.
    """
    done, at = Packed(), now or timezone.now()
    with turn(archive.data, "disposal", wait=wait) as mine:
        if mine:
            settle(archive, now=at)
            for sources in _worth_packing(archive, at=at, after=after):
                _pack(sources, archive, done, term=term, at=at)
            done.extended = _extend(archive, term=term, at=at)
            done.let_go = _let_go(archive, at=at)
    return done


def settle(archive: Archive, *, now: datetime | None = None) -> None:
    """Bring packs that were begun to their end. Call it in the turn of destruction, before anything is destroyed."""
    for row in Pack.objects.filter(settled_at__isnull=True).order_by("id"):
        segment_id = SegmentId(row.id)
        try:
            archive.vault.segments.info(segment_key(segment_id))
        except ObjectMissing:  # it was killed before the segment was there
            with suppress(ObjectMissing):
                archive.vault.keyrings.delete(keyring_key(segment_id))
            row.delete()
            continue
        try:
            catalogue_segment(segment_id, vault=archive.vault)
            _take_out_destroyed(segment_id, archive)
        except Corrupt:
            log.exception("packed segment cannot be settled", extra={"segment_id": str(segment_id)})
            continue
        row.settled_at = now or timezone.now()
        row.save(update_fields=["settled_at"])


def _take_out_destroyed(segment_id: SegmentId, archive: Archive) -> None:
    """Take keys out that came into a pack although their sightings are destroyed; the ledger names the pack then."""
    with suppress(ObjectMissing):
        ids = sorted(keyring.decode(archive.vault.keyrings.get(keyring_key(segment_id)), segment_id).keys)
        by_disposal: dict[UUID, list[DestroyedSighting]] = defaultdict(list)
        for start in range(0, len(ids), _CHUNK):
            for row in DestroyedSighting.objects.filter(sighting_id__in=ids[start : start + _CHUNK]):
                by_disposal[row.disposal_id].append(row)
        for disposal_id, rows in by_disposal.items():
            rows.sort(key=lambda row: (row.destroyed_at, row.sighting_id))
            intents.write(rows, _cause_of(disposal_id, archive), archive, also=segment_id)
            shred(archive.vault.keyrings, segment_id, [SightingId(row.sighting_id) for row in rows])


def _cause_of(disposal_id: UUID, archive: Archive) -> ledger.Cause:
    known = Disposal.objects.filter(id=disposal_id).values_list("cause", flat=True).first()
    if known is not None:
        return ledger.Cause(known)
    return ledger.cause_of(archive.vault.segments, disposal_id) or ledger.Cause(Cause.ERASURE)


def _worth_packing(archive: Archive, *, at: datetime, after: timedelta) -> Iterator[list[Segment]]:
    """Yield what is packed together: segments of one class, in the order of their capture."""
    packs = 0
    rows = _candidates(at=at, after=after).order_by("retention_class", "id")[:_CHOSEN]
    for sources in _together(_free_of_holds(list(rows), archive)):
        if packs < PACKS_OF_A_RUN and _is_worth_it(sources, at):
            packs += 1
            yield sources


def _candidates(*, at: datetime, after: timedelta) -> QuerySet[Segment]:
    """Return segments that may be packed: small ones, and unlocked ones in which frames are dead, not all of them."""
    of_segment = {"segment_id": OuterRef("id")}
    catalogued = SegmentStage.objects.filter(**of_segment, stage=Stage.CATALOGUE, state=StageState.DONE)
    dead = DestroyedSighting.objects.filter(**of_segment, purged_at__isnull=False)
    unlocked = Q(lock_until__isnull=True) | Q(lock_until__lte=at)
    covers = HeldSighting.objects.filter(hold__released_at__isnull=True)  # else what is held would fill every run
    held = Exists(covers.filter(**of_segment)) | Exists(
        Sighting.objects.filter(**of_segment, id__in=covers.values("sighting_id"))
    )
    return (
        Segment.objects.annotate(has_dead=Exists(dead))
        .filter(Q(size_bytes__lt=SMALL_BYTES) | (unlocked & Q(has_dead=True)))
        .filter(Exists(catalogued), Exists(Sighting.objects.filter(**of_segment)))
        .filter(created_at__lte=at - after, log_index__isnull=False)
        .exclude(held)
        .exclude(id__in=PackedSegment.objects.values("source_id"))
        .exclude(id__in=Pack.objects.filter(settled_at__isnull=True).values("id"))
    )


def _free_of_holds(rows: Sequence[Segment], archive: Archive) -> Iterator[Segment]:
    """Yield those that neither the database nor the store keeps for a hold."""
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        kept = store_holds.explained([row.id for row in chunk])
        for row in chunk:
            with suppress(ObjectMissing):
                if row.id not in kept and not archive.vault.segments.info(_key(row)).legal_hold:
                    yield row


def _together(rows: Iterable[Segment]) -> Iterator[list[Segment]]:
    sources: list[Segment] = []
    for row in rows:
        unlike = sources and row.retention_class != sources[0].retention_class
        size = sum(one.size_bytes for one in sources) + row.size_bytes
        frames = sum(one.frame_count for one in sources) + row.frame_count
        if unlike or (sources and (size > PACK_BYTES or frames > PACK_FRAMES)):
            yield sources
            sources = []
        sources.append(row)
    if sources:
        yield sources


def _is_worth_it(sources: Sequence[Segment], at: datetime) -> bool:
    if any(row.has_dead and (row.lock_until is None or row.lock_until <= at) for row in sources):
        return True
    enough = sum(row.size_bytes for row in sources) >= SMALL_BYTES
    enough = enough or sum(row.frame_count for row in sources) >= ENOUGH_FRAMES
    pressing = any(row.lock_until is not None and row.lock_until - at < PRESSING for row in sources)
    return len(sources) > 1 and (enough or pressing)


def _pack(sources: Sequence[Segment], archive: Archive, done: Packed, *, term: timedelta, at: datetime) -> None:
    opened = _sound(sources, archive, done)
    if not opened:
        return
    into = archive.vault.new_segment_id()
    Pack.objects.create(id=into, begun_at=at)
    sealed = pack(
        archive.vault,
        opened,
        into=into,
        lock_until=_lock_of(sources, archive, term=term, at=at),
        left_out=_destroyed([one.segment_id for one in opened]),
    )
    settle(archive, now=at)
    done.packs += 1
    done.sources += len(opened)
    done.frames += len(sealed.footer.frames)
    done.bytes_written += sealed.size_bytes


def _sound(sources: Sequence[Segment], archive: Archive, done: Packed) -> list[OpenSegment]:
    """Return the sources that open whole; a damaged one stays where it is, for a person to look at."""
    found = []
    for row in sources:
        try:
            opened = archive.vault.open(SegmentId(row.id))
            _open_all(opened)
            _refuse_lost_keys(opened)
        except (Corrupt, ObjectMissing):
            log.exception("segment is not packed", extra={"segment_id": str(row.id)})
            done.damaged += 1
        else:
            found.append(opened)
    return found


def _open_all(opened: OpenSegment) -> None:
    """Open every frame that has a key; raise `Corrupt`."""
    for entry in opened.footer.frames:
        if entry.sighting_id in opened.keyring.keys:
            opened.open(entry)


def _refuse_lost_keys(opened: OpenSegment) -> None:
    """Raise `Erased` where a sighting that lives here has no key: as those that were erased, it would stay behind."""
    here = {"segment_id": opened.segment_id}
    living = Sighting.objects.filter(**here).exclude(
        id__in=DestroyedSighting.objects.filter(**here).values("sighting_id")
    )
    for sighting_id in living.values_list("id", flat=True):
        if SightingId(sighting_id) not in opened.keyring.keys:
            raise Erased(f"sighting {sighting_id} was not destroyed, and segment {opened.segment_id} has no key for it")


def _destroyed(source_ids: Sequence[SegmentId]) -> set[SightingId]:
    rows = DestroyedSighting.objects.filter(segment_id__in=source_ids).values_list("sighting_id", flat=True)
    return {SightingId(sighting_id) for sighting_id in rows}


def _lock_of(sources: Sequence[Segment], archive: Archive, *, term: timedelta, at: datetime) -> datetime:
    """Return until when a pack is locked: as its sources were, to the term of what came last, or to settle at least."""
    locks = [row.lock_until for row in sources if row.lock_until is not None]
    return max([*locks, max(row.created_at for row in sources) + term, at + archive.vault.settling])


def _extend(archive: Archive, *, term: timedelta, at: datetime) -> int:
    """Extend the locks of large segments, as those of packs, to the term of what is in them."""
    if not term:
        return 0
    rows = Segment.objects.filter(size_bytes__gte=SMALL_BYTES, created_at__gt=at - term)
    rows = rows.exclude(id__in=PackedSegment.objects.values("source_id"))
    rows = rows.exclude(id__in=Pack.objects.values("id")).order_by("id")
    extended = 0
    for row in rows.filter(Q(lock_until__isnull=True) | Q(lock_until__lt=at + PRESSING))[:_CHOSEN]:
        until = row.created_at + term
        if row.lock_until is None or row.lock_until < until:
            with suppress(ObjectMissing):
                archive.vault.segments.lock(_key(row), until=until)
                Segment.objects.filter(id=row.id).update(lock_until=until)
                extended += 1
    return extended


def _let_go(archive: Archive, *, at: datetime) -> int:
    """Delete the objects of sources that are packed, once their locks are over; return how many."""
    waiting = PackedSegment.objects.filter(gone_at__isnull=True, pack__settled_at__lte=at - LET_GO_AFTER)
    waiting = waiting.exclude(source_id__in=Segment.objects.filter(lock_until__gt=at).values("id"))
    opened: dict[UUID, OpenSegment | None] = {}
    gone = 0
    for source_id in waiting.order_by("source_id").values_list("source_id", flat=True).distinct()[:_CHOSEN]:
        try:
            there = archive.vault.segments.info(segment_key(SegmentId(source_id)))
        except ObjectMissing:
            there = None
        if there is not None:
            locked = there.legal_hold or (there.locked_until is not None and there.locked_until > archive.vault.now())
            if locked or not _is_all_elsewhere(SegmentId(source_id), archive, opened):
                continue
        elif not _is_over(SegmentId(source_id), archive, opened):
            continue
        if drop_segment(SegmentId(source_id), archive):
            PackedSegment.objects.filter(source_id=source_id, gone_at__isnull=True).update(gone_at=at)
            gone += 1
    return gone


def _is_all_elsewhere(source_id: SegmentId, archive: Archive, opened: dict[UUID, OpenSegment | None]) -> bool:
    """Tell whether what lives of a source lies in packs that read whole, and what does not was purged."""
    tombstones = DestroyedSighting.objects.filter(sighting_id__in=_frames_of(source_id, archive))
    if tombstones.filter(purged_at__isnull=True).exists():
        return False
    gone = {SightingId(one) for one in tombstones.values_list("sighting_id", flat=True)}
    packs = PackedSegment.objects.filter(source_id=source_id).values_list("pack_id", flat=True)
    packed = [found for pack_id in packs if (found := _whole(SegmentId(pack_id), archive, opened)) is not None]
    try:
        return holds_all(archive.vault, source_id, packed=packed, gone=gone)
    except (Corrupt, ObjectMissing):
        log.exception("packed source is kept", extra={"segment_id": str(source_id)})
        return False


def _is_over(source_id: SegmentId, archive: Archive, opened: dict[UUID, OpenSegment | None]) -> bool:
    """Tell whether nothing needs the keys of a source whose object is gone: a pack of it reads whole, or all are gone.

    Its object may be hidden, or its version still in the bucket: where no pack reads, its keys are the last.
    """
    packs = list(PackedSegment.objects.filter(source_id=source_id).values_list("pack_id", flat=True))
    if Sighting.objects.filter(segment_id=source_id).exists():
        return False
    standing = Segment.objects.filter(id__in=packs).values_list("id", flat=True)
    return not standing or any(_whole(SegmentId(one), archive, opened) is not None for one in standing)


def _frames_of(source_id: SegmentId, archive: Archive) -> list[SightingId]:
    try:
        return [entry.sighting_id for entry in archive.vault.footer(source_id).frames]
    except (Corrupt, ObjectMissing):
        return []


def _whole(segment_id: SegmentId, archive: Archive, opened: dict[UUID, OpenSegment | None]) -> OpenSegment | None:
    """Read a pack whole, once in a run, and forget its bytes."""
    if segment_id not in opened:
        try:
            found = archive.vault.open(segment_id)
            _open_all(found)
            opened[segment_id] = archive.vault.glance(segment_id)
        except (Corrupt, ObjectMissing):
            log.exception("pack does not read: its sources are kept", extra={"segment_id": str(segment_id)})
            opened[segment_id] = None
    return opened[segment_id]


def _key(row: Segment) -> str:
    return segment_key(SegmentId(row.id))
