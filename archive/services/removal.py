"""Remove what is left of destroyed sightings: rows, index, texts, staged exports, and at last the sealed bytes.

Called by `archive.services.disposal` alone, after the keys are gone. Every step may be repeated.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from archive.exporting import ready
from archive.models import (
    DestroyedSighting,
    Message,
    MessageStanding,
    PackedSegment,
    ReviewVerdict,
    Segment,
    SegmentStage,
    Sighting,
    SightingLabel,
    Stage,
    StageState,
    StaleDocument,
)
from archive.services import exports
from archive.services.database_files import purge_database
from archive.services.governing import governing, tried_again
from archive.services.purging import leave_threads, purge_index, purge_threads
from archive.wiring import Archive
from muniment.ids import SegmentId
from muniment.seal.layout import keyring_key, segment_key
from muniment.stores.port import ObjectLocked, ObjectMissing

_CHUNK: Final = 500


def remove(rows: Sequence[DestroyedSighting], archive: Archive) -> None:
    """Remove rows, texts and staged exports: from now on no page, no search result and no new export names them."""
    sighting_ids = [one.sighting_id for one in rows]
    messages = _names(rows) | set(Sighting.objects.filter(id__in=sighting_ids).values_list("message_id", flat=True))
    exports.purge(archive.data, messages)
    ready.purge(archive.data, messages)
    leave_threads(messages, vault=archive.vault)
    tried_again(lambda: _remove_rows(sighting_ids))


def purge(rows: Iterable[DestroyedSighting], archive: Archive) -> None:
    """Make what was removed leave the files of index and database, which are written anew: once for many messages."""
    purge_index(archive, _names(rows))
    purge_database()


def _names(rows: Iterable[DestroyedSighting]) -> set[UUID]:
    """Return every id that the messages of these sightings may have had: a message's id is that of a sighting."""
    return {one for row in rows for one in (row.message_id, row.sighting_id)}


def _remove_rows(sighting_ids: Sequence[UUID]) -> None:
    """Remove the messages of these sightings. One that has another sighting by now is catalogued again from that."""
    with governing():
        SightingLabel.objects.filter(sighting_id__in=sighting_ids).delete()
        ReviewVerdict.objects.filter(sighting_id__in=sighting_ids).delete()
        messages = Message.objects.filter(sightings__id__in=sighting_ids).distinct()
        found = dict(messages.values_list("id", "thread_id"))
        left = Sighting.objects.filter(message_id__in=found).exclude(id__in=sighting_ids)
        _catalogue_again(set(left.values_list("segment_id", flat=True)))
        StaleDocument.objects.bulk_create(
            (StaleDocument(document_id=message_id) for message_id in found), ignore_conflicts=True
        )
        MessageStanding.objects.filter(message_id__in=found).delete()
        Message.objects.filter(id__in=found).delete()
        purge_threads(set(found.values()))


def _catalogue_again(segment_ids: Collection[UUID]) -> None:
    SegmentStage.objects.filter(segment_id__in=segment_ids, stage=Stage.CATALOGUE).update(
        state=StageState.PENDING, changed_at=timezone.now()
    )


def drop_ciphertext(archive: Archive) -> int:
    """Delete segments in which nothing can be opened any more and whose lock is over; return how many.

    What shares a segment with mail that lives stays as unreadable bytes until the segment is packed anew.
    """
    dropped = 0
    for segment_id in list(_dead_segments()):
        if drop_segment(SegmentId(segment_id), archive):
            dropped += 1
    return dropped


def _dead_segments() -> Iterable[UUID]:
    purged = DestroyedSighting.objects.filter(ciphertext_gone_at__isnull=True).values("segment_id")
    counted = purged.annotate(gone=Count("sighting_id", filter=Q(purged_at__isnull=False)))
    gone = dict(counted.order_by("segment_id").values_list("segment_id", "gone"))
    segment_ids = list(gone)
    for start in range(0, len(segment_ids), _CHUNK):
        rows = Segment.objects.filter(id__in=segment_ids[start : start + _CHUNK]).values_list("id", "frame_count")
        yield from (segment_id for segment_id, frames in rows if frames == gone[segment_id])


def drop_segment(segment_id: SegmentId, archive: Archive) -> bool:
    """Delete a segment of which nothing is needed, then its keyring, then its rows; return False while it is locked.

    In this order a kill leaves nothing that looks like a loss. What is missing was deleted by a run that was killed
    before it noted so.
    """
    try:
        with suppress(ObjectMissing):
            archive.vault.segments.delete(segment_key(segment_id))
    except ObjectLocked:
        return False
    with suppress(ObjectMissing):
        archive.vault.keyrings.delete(keyring_key(segment_id))
    with transaction.atomic():
        SegmentStage.objects.filter(segment_id=segment_id).delete()
        Segment.objects.filter(id=segment_id).delete()
        _note_gone(segment_id)
    return True


def _note_gone(segment_id: SegmentId) -> None:
    """Note that sealed bytes are gone where the last segment that held them is: a pack, or what it was packed from."""
    packs = set(PackedSegment.objects.filter(source_id=segment_id).values_list("pack_id", flat=True))
    packs -= set(Segment.objects.filter(id__in=packs).values_list("id", flat=True))
    for gone_from in {segment_id, *packs}:
        others = PackedSegment.objects.filter(pack_id=gone_from, gone_at__isnull=True).exclude(source_id=segment_id)
        if not others.exists():
            rows = DestroyedSighting.objects.filter(segment_id=gone_from, ciphertext_gone_at__isnull=True)
            rows.update(ciphertext_gone_at=timezone.now())
