"""The safety net: find work that was never queued, or whose queue was lost (DESIGN.md section 1)."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from archive.models import SegmentStage, Stage, StageState
from archive.services.catalogue import catalogue_segments
from muniment.ids import SegmentId, unix_ms_of
from muniment.seal.vault import Vault

MAX_ATTEMPTS: Final = 5  # after that a failed stage waits for a person, and is listed
TAIL: Final = timedelta(hours=1)  # how far back the first sweep of a process lists; the whole store each hour
# From the time in a segment's id to when it can be listed: clocks that differ, and a store that takes it after many
# tries. What took longer is found with the whole store.
SKEW: Final = timedelta(minutes=10)
SETTLED: Final = timedelta(seconds=15)  # younger segments are being catalogued by whoever sealed them
QUEUED: Final = timedelta(minutes=5)  # how long a queued stage is left alone before it is queued again
LOST: Final = timedelta(minutes=1)  # and how long where its queue is empty: either a worker is at it, or it was lost
_CHUNK: Final = 500


class Horizon:
    """Until when all that was sealed is known to be catalogued: what is older is not listed each time. Of a process."""

    def __init__(self) -> None:
        self._known: datetime | None = None

    def since(self, now: datetime) -> datetime:
        """Return from when on the store is to be listed."""
        return now - TAIL if self._known is None else self._known - SKEW

    def reach(self, now: datetime) -> None:
        """Note that a sweep which began at `now` catalogued all that it found."""
        self._known = now - SETTLED


def uncatalogued(*, vault: Vault, since: datetime | None = None) -> Iterator[SegmentId]:
    """Yield segments of the store that the catalogue lacks, oldest first: all, or those sealed since then."""
    chunk: list[SegmentId] = []
    for segment_id in vault.segment_ids(since=since):
        chunk.append(segment_id)
        if len(chunk) == _CHUNK:
            yield from missing(chunk)
            chunk = []
    yield from missing(chunk)


def left_behind(*, vault: Vault, since: datetime | None = None) -> Iterator[SegmentId]:
    """Yield segments that whoever sealed them should have catalogued by now, and those whose stage failed."""
    newest = (vault.now() - SETTLED).timestamp() * 1000
    for segment_id in uncatalogued(vault=vault, since=since):
        if unix_ms_of(segment_id) < newest:
            yield segment_id
    yield from to_queue(Stage.CATALOGUE, now=vault.now())


def catalogue_missing(*, vault: Vault, progress: Callable[[int], None] = lambda _sightings: None) -> int:
    """Catalogue every segment that the catalogue lacks; return how many sightings. Corrupt ones are noted only."""
    done = 0
    for batch in catalogue_segments(uncatalogued(vault=vault), vault=vault):
        done += batch.sightings
        progress(batch.sightings)
    return done


def catch_up(*, vault: Vault, seconds: float, clock: Callable[[], float] = time.monotonic) -> bool:
    """Catalogue all that the store holds and the catalogue lacks; return whether it was done within so many seconds."""
    started = clock()
    batches = catalogue_segments(uncatalogued(vault=vault), vault=vault)
    return all(clock() - started < seconds for _ in batches)


def undone(stage: Stage, *, among: Sequence[SegmentId] | None = None, limit: int = 1000) -> list[SegmentId]:
    """Return segments whose stage waits, or failed fewer than `MAX_ATTEMPTS` times, oldest first; or those `among`."""
    rows = _undone(stage).order_by("segment_id")
    if among is not None:
        rows = rows.filter(segment_id__in=among)
    return [SegmentId(found) for found in rows.values_list("segment_id", flat=True)[:limit]]


def to_queue(stage: Stage, *, now: datetime, limit: int = 200, after: timedelta = QUEUED) -> list[SegmentId]:
    """Return undone segments that nobody touched for so long, and mark them as queued now."""
    rows = _undone(stage).filter(changed_at__lt=now - after).order_by("segment_id")
    found = list(rows.values_list("segment_id", flat=True)[:limit])
    SegmentStage.objects.filter(stage=stage, segment_id__in=found).update(changed_at=now)
    return [SegmentId(segment_id) for segment_id in found]


def _undone(stage: Stage) -> QuerySet[SegmentStage]:
    waits = Q(state=StageState.PENDING) | Q(state=StageState.FAILED, attempts__lt=MAX_ATTEMPTS)
    rows = SegmentStage.objects.filter(waits, stage=stage)
    if stage is Stage.PERSONAL_DATA:  # it reads what the text stage leaves
        return rows.filter(~Exists(_undone(Stage.TEXT).filter(segment_id=OuterRef("segment_id"))))
    return rows


def missing(chunk: Sequence[SegmentId]) -> list[SegmentId]:
    """Return those of some segments that the catalogue knows nothing of, in the same order."""
    done = SegmentStage.objects.filter(segment_id__in=chunk, stage=Stage.CATALOGUE)
    known = set(done.values_list("segment_id", flat=True))
    return [segment_id for segment_id in chunk if segment_id not in known]
