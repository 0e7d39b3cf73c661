"""The queue's tasks: one per segment and stage, short, idempotent, safe to lose and to run twice."""

from uuid import UUID

from celery import shared_task
from django.conf import settings

from archive import wiring
from archive.models import Stage
from archive.services import sweep as sweeping
from archive.services.catalogue import catalogue_segment as catalogue
from archive.services.index import index_batch, out_of_date
from archive.services.stages import indexing
from archive.services.text import extract_segment
from muniment.errors import Transient
from muniment.ids import SegmentId

_RETRY = {"autoretry_for": (Transient,), "retry_backoff": True, "retry_backoff_max": 60, "max_retries": 10}


@shared_task(**_RETRY)
def catalogue_segment(segment_id: str) -> None:
    """Catalogue one segment, then ask for the next stages."""
    found = catalogue(SegmentId(UUID(segment_id)), vault=wiring.archive().vault)
    if found.sightings:
        index_pending.delay()
        extract_text.delay(segment_id)


@shared_task(**_RETRY)
def index_pending() -> None:
    """Index all that waits, unless another worker is at it."""
    archive = wiring.archive()
    with indexing(settings.MUNIMENT_DATA, wait=False) as mine:
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
    """Queue what was never queued or whose queue was lost; `whole` lists the entire store."""
    vault = wiring.archive().vault
    now = vault.now()
    for segment_id in sweeping.uncatalogued(vault=vault, whole=whole):
        if sweeping.settled(segment_id, now=now):
            catalogue_segment.delay(str(segment_id))
    for segment_id in sweeping.to_queue(Stage.CATALOGUE, now=now):
        catalogue_segment.delay(str(segment_id))
    for segment_id in sweeping.to_queue(Stage.TEXT, now=now):
        extract_text.delay(str(segment_id))
    if out_of_date().exists():
        index_pending.delay()
