"""The queue's tasks: one per segment and stage, short, idempotent, safe to lose and to run twice."""

import logging
import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from celery import shared_task
from django.conf import settings

from archive import wiring
from archive.models import SegmentStage, Stage, StageState
from archive.services import stamping
from archive.services import sweep as sweeping
from archive.services.audit_heads import note_head
from archive.services.catalogue import catalogue_segments as catalogue
from archive.services.index import index_batch, out_of_date
from archive.services.notes import log_pending
from archive.services.stages import turn
from archive.services.text import extract_segment
from muniment.errors import Transient
from muniment.ids import SegmentId

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 10.0  # live work waits no longer than this behind a sweep
STAMP_EXPIRES_SECONDS: Final = 60.0  # the next sweep asks again
_RETRY = {"autoretry_for": (Transient,), "retry_backoff": True, "retry_backoff_max": 60, "max_retries": 10}


@shared_task(**_RETRY)
def catalogue_segments(segment_ids: list[str]) -> None:
    """Catalogue segments that were just sealed, then ask for the next stages."""
    found = [SegmentId(UUID(segment_id)) for segment_id in segment_ids]
    for _ in catalogue(found, vault=wiring.archive().vault):
        pass
    _queue_text(found)
    index_pending.delay()


@shared_task(**_RETRY)
def index_pending() -> None:
    """Index all that waits, unless another worker is at it."""
    archive = wiring.archive()
    with turn(settings.MUNIMENT_DATA, "indexing", wait=False) as mine:
        while mine and index_batch(vault=archive.vault, engine=archive.engine).left:
            pass


@shared_task(**_RETRY)
def extract_text(segment_id: str) -> None:
    """Draw the text of one segment's attachments."""
    found = SegmentId(UUID(segment_id))
    if extract_segment(found, vault=wiring.archive().vault, extractor=wiring.extractor()):
        index_pending.delay()


@shared_task
def sweep(*, whole: bool = False) -> None:
    """Do what was never queued or whose queue was lost, for a while; `whole` looks at the entire store.

    Segments are catalogued here rather than queued again: a queue that is behind must not grow by its own sweep.
    """
    archive = wiring.archive()
    vault = archive.vault
    started = time.monotonic()
    with turn(settings.MUNIMENT_DATA, "sweeping", wait=False) as mine:
        for _ in catalogue(sweeping.left_behind(vault=vault, whole=whole) if mine else (), vault=vault):
            if time.monotonic() - started > SWEEP_SECONDS:
                break
    for segment_id in sweeping.to_queue(Stage.TEXT, now=vault.now()):
        extract_text.delay(str(segment_id))
    if out_of_date().exists():
        index_pending.delay()
    if stamping.is_due(archive):
        stamp_log.apply_async(expires=STAMP_EXPIRES_SECONDS)
    note_head(now=vault.now())
    log_pending(archive)


@shared_task
def stamp_log() -> None:
    """Have the newest checkpoint of the evidence log time-stamped; an authority that fails is asked again later."""
    done = stamping.stamp_newest(wiring.archive())
    if done is not None and done.failure:
        log.warning("checkpoint not time-stamped", extra={"entries": done.size, "reason": done.failure})


def _queue_text(segment_ids: Sequence[SegmentId]) -> None:
    """Queue the text of attachments, for the segments that have any."""
    waiting = SegmentStage.objects.filter(segment_id__in=segment_ids, stage=Stage.TEXT, state=StageState.PENDING)
    for segment_id in waiting.values_list("segment_id", flat=True):
        extract_text.delay(str(segment_id))
