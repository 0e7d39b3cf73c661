"""The catalogue follows frames that were packed: a sighting lies in the newest segment that holds it.

So it does not matter in which order a pack and its sources are catalogued. Called by the catalogue stage, inside its
transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from archive.models import HeldSighting, Pack, PackedSegment, Segment, SegmentStage, Sighting, Stage, StageState
from archive.services import store_holds
from archive.services.rows import ReadSegment
from muniment.ids import SegmentId
from muniment.stores.port import ObjectStore

_CHUNK: Final = 500
_LATER: Final = (Stage.INDEX, Stage.TEXT, Stage.PERSONAL_DATA)


def move(batch: Iterable[ReadSegment], *, store: ObjectStore) -> Mapping[SegmentId, set[Stage]]:
    """Point sightings that were known at the newest segment that holds them; note packs and what they come from.

    What a hold covers is under the store's hold before. Return the stages that all sources of a pack have behind them.
    May raise `StoreUnavailable`.
    """
    done: dict[SegmentId, set[Stage]] = {}
    for segment in batch:
        for start in range(0, len(segment.known), _CHUNK):
            _point_here(segment.known[start : start + _CHUNK], segment.segment_id, store)
        if segment.footer.origins:
            sources = [origin.segment_id for origin in segment.footer.origins]
            _note_pack(segment, sources)
            if not segment.found:
                done[segment.segment_id] = _behind(sources)
    return done


def _point_here(sighting_ids: Sequence[UUID], segment_id: SegmentId, store: ObjectStore) -> None:
    older = Sighting.objects.filter(id__in=sighting_ids, segment_id__lt=segment_id)
    standing = HeldSighting.objects.filter(hold__released_at__isnull=True, sighting_id__in=older.values("id"))
    if standing.exists():
        store_holds.protect(store, [segment_id])
    older.update(segment_id=segment_id)


def _note_pack(segment: ReadSegment, sources: Iterable[SegmentId]) -> None:
    pack, _ = Pack.objects.get_or_create(id=segment.segment_id, defaults={"begun_at": segment.footer.created})
    source_ids = list(dict.fromkeys(sources))
    logged: dict[UUID, int | None] = {}
    for start in range(0, len(source_ids), _CHUNK):
        rows = Segment.objects.filter(id__in=source_ids[start : start + _CHUNK])
        logged.update(rows.values_list("id", "log_index"))
    PackedSegment.objects.bulk_create(
        (PackedSegment(source_id=one, pack=pack, log_index=logged.get(one)) for one in source_ids),
        batch_size=_CHUNK,
        ignore_conflicts=True,
    )


def _behind(sources: Sequence[SegmentId]) -> set[Stage]:
    """Return the stages that every one of these segments that is known has done, and at least one is known."""
    waiting: set[str] = set()
    found: dict[str, int] = defaultdict(int)
    for start in range(0, len(sources), _CHUNK):
        chunk = sources[start : start + _CHUNK]
        for stage, state in SegmentStage.objects.filter(segment_id__in=chunk).values_list("stage", "state"):
            found[stage] += 1
            if state != StageState.DONE:
                waiting.add(stage)
    return {stage for stage in _LATER if found[stage] and stage not in waiting}
