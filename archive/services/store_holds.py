"""The store's own legal hold on segments: with it no account that may delete objects can delete held mail.

It is set before a cover is written, and lifted only where no standing hold covers anything. Both are decided under
`archive.services.governing`, so that a hold that is placed and one that is lifted never cross.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from archive.models import HeldSighting, Hold, HoldIntent, Sighting
from archive.services.governing import governing
from muniment.ids import SegmentId
from muniment.seal.layout import segment_key
from muniment.stores.port import ObjectMissing, ObjectStore

_CHUNK: Final = 100  # segments of one transaction: each is a request to the store


def protect(store: ObjectStore, segment_ids: Iterable[UUID]) -> None:
    """Set the store's legal hold on segments that lack it; one that is lost is passed over, and told by `verify`.

    May raise `StoreUnavailable`. Safe to repeat.
    """
    for segment_id in sorted(set(segment_ids)):
        key = segment_key(SegmentId(segment_id))
        try:
            if not store.info(key).legal_hold:
                store.set_legal_hold(key, on=True)
        except ObjectMissing:
            continue


def intend(hold_id: UUID, segment_ids: Iterable[UUID], *, at: datetime) -> None:
    """Note which segments the store is about to keep for a hold that covers nothing yet, so that no kill forgets."""
    HoldIntent.objects.bulk_create(
        HoldIntent(hold_id=hold_id, segment_id=segment_id, since=at) for segment_id in sorted(set(segment_ids))
    )


def let_go(hold_id: UUID, *, store: ObjectStore) -> None:
    """Lift what was intended for a hold from where no standing hold covers anything, and forget the intents.

    For a hold that has all its covers, and for one that was not written: of what it was to cover, some may have been
    destroyed before its row stood. May raise `StoreUnavailable`. Safe to repeat.
    """
    intents = HoldIntent.objects.filter(hold_id=hold_id)
    lift(list(intents.values_list("segment_id", flat=True)), store=store)
    intents.delete()


def lift_abandoned(*, store: ObjectStore, before: datetime) -> int:
    """Let go of what holds intended before that moment and did not come to an end with; return of how many holds.

    Should one be covered yet, its covers set the store's hold again: they look, under the same lock.
    """
    hold_ids = set(HoldIntent.objects.filter(since__lt=before).values_list("hold_id", flat=True))
    for hold_id in hold_ids:
        let_go(hold_id, store=store)
    return len(hold_ids)


def lift(segment_ids: Iterable[UUID], *, store: ObjectStore) -> int:
    """Lift the store's legal hold from those of these segments in which no standing hold covers a sighting.

    Return from how many. May raise `StoreUnavailable`. Safe to repeat.
    """
    lifted = 0
    segments = sorted(set(segment_ids))
    for start in range(0, len(segments), _CHUNK):
        with governing():
            chunk = segments[start : start + _CHUNK]
            kept = explained(chunk)
            lifted += sum(_lift(store, segment_id) for segment_id in chunk if segment_id not in kept)
    return lifted


def segments_of(hold: Hold) -> set[UUID]:
    """Return where the sightings of a hold lay when they were covered, and where they lie now."""
    there = Sighting.objects.filter(id__in=hold.covered.values("sighting_id")).values_list("segment_id", flat=True)
    return set(hold.covered.values_list("segment_id", flat=True)) | set(there)


def explained(segment_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these segments, at most some hundred, in which a standing hold covers a sighting."""
    return _kept_by(HeldSighting.objects.filter(hold__released_at__isnull=True), segment_ids)


def being_lifted(segment_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these segments in which a hold covered a sighting that is released and not lifted yet."""
    released = HeldSighting.objects.filter(hold__released_at__isnull=False, hold__store_lifted_at__isnull=True)
    return _kept_by(released, segment_ids)


def _kept_by(covers: QuerySet[HeldSighting], segment_ids: Collection[UUID]) -> set[UUID]:
    """Return in which of these segments the sightings of covers lay when they were covered, or lie now."""
    covered = set(covers.filter(segment_id__in=segment_ids).values_list("segment_id", flat=True))
    moved = Sighting.objects.filter(segment_id__in=segment_ids, id__in=covers.values("sighting_id"))
    return covered | set(moved.values_list("segment_id", flat=True))


def _lift(store: ObjectStore, segment_id: UUID) -> bool:
    key = segment_key(SegmentId(segment_id))
    try:
        if not store.info(key).legal_hold:
            return False
        store.set_legal_hold(key, on=False)
    except ObjectMissing:
        return False
    return True
