"""The state of the archive in counts and ages: never content."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import Count, Max, Sum

from archive.models import (
    LogNote,
    Message,
    Part,
    PartText,
    PersonalScan,
    Searchable,
    Segment,
    SegmentStage,
    Sighting,
    Stage,
    StageState,
)
from archive.services.index import out_of_date
from archive.services.stamping import last_try
from archive.wiring import Archive
from muniment.errors import MunimentError
from muniment.ids import unix_ms_of
from muniment.pii.model import DETECTOR_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One capture source."""

    source: str
    sightings: int
    last_captured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Counts and ages; ages are in seconds."""

    segments: int
    segments_uncatalogued: int
    segments_failed: int
    segments_not_logged: int  # not in the evidence log yet
    notes_not_logged: int  # acts that the evidence log does not tell of yet
    time_stamp_failure: str  # why the last checkpoint was not time-stamped; "" if it was, or none is asked for
    sightings: int
    messages: int
    searchable: int
    waiting_for_index: int
    not_searchable: int
    oldest_unindexed_seconds: float | None
    documents: int | None  # None: the index does not answer
    index_error: str
    parts: int
    parts_without_text_yet: int
    not_looked_through: int  # for personal data, by this version of the detector
    text_outcomes: dict[str, int]
    raw_bytes: int
    stored_bytes: int
    free_bytes: int
    sources: tuple[SourceStatus, ...]


def status(archive: Archive) -> Status:
    """Count everything now."""
    now = archive.vault.now()
    stages = SegmentStage.objects.filter(stage=Stage.CATALOGUE)
    catalogued = set(stages.filter(state=StageState.DONE).values_list("segment_id", flat=True))
    in_store = list(archive.vault.segment_ids())
    messages = Message.objects.count()
    missing = Message.objects.exclude(searchable=Searchable.YES).order_by()
    states = dict(missing.values_list("searchable").annotate(Count("id")))
    waiting = out_of_date()
    oldest = waiting.order_by("id").values_list("captured_at", flat=True).first()  # ids begin with the time
    unknown = [unix_ms_of(found) / 1000 for found in in_store if found not in catalogued]
    ages = [now.timestamp() - moment for moment in unknown]
    if oldest is not None:
        ages.append((now - oldest).total_seconds())
    documents, error = _documents(archive)
    looked = PersonalScan.objects.filter(detector_version=DETECTOR_VERSION)
    return Status(
        segments=len(in_store),
        segments_uncatalogued=len(unknown),
        segments_failed=stages.filter(state=StageState.FAILED).count(),
        segments_not_logged=Segment.objects.filter(log_index__isnull=True).count(),
        notes_not_logged=LogNote.objects.filter(log_index__isnull=True).count(),
        time_stamp_failure=_stamp_failure(archive),
        sightings=Sighting.objects.count(),
        messages=messages,
        searchable=messages - sum(states.values()),
        waiting_for_index=waiting.count(),
        not_searchable=states.get(Searchable.FAILED, 0),
        oldest_unindexed_seconds=max(ages, default=None),
        documents=documents,
        index_error=error,
        parts=Part.objects.count(),
        parts_without_text_yet=Part.objects.filter(text__isnull=True).count(),
        not_looked_through=messages - looked.count(),
        text_outcomes=dict(PartText.objects.order_by().values_list("outcome").annotate(Count("part_id"))),
        raw_bytes=Sighting.objects.aggregate(total=Sum("size_bytes"))["total"] or 0,
        stored_bytes=Segment.objects.aggregate(total=Sum("size_bytes"))["total"] or 0,
        free_bytes=shutil.disk_usage(Path(archive.data)).free,
        sources=_sources(),
    )


def _stamp_failure(archive: Archive) -> str:
    last = last_try(archive) if archive.stamping else None
    return last.failure if last else ""


def _documents(archive: Archive) -> tuple[int | None, str]:
    try:
        return archive.engine.count(), ""
    except MunimentError as error:
        return None, str(error)


def _sources() -> tuple[SourceStatus, ...]:
    rows = Sighting.objects.order_by("source").values_list("source").annotate(Count("id"), Max("captured_at"))
    return tuple(SourceStatus(source=source, sightings=count, last_captured_at=last) for source, count, last in rows)
