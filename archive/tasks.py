"""The queue's tasks: one per segment and stage, short, idempotent, safe to lose and to run twice."""

import logging
import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from celery import shared_task
from django.conf import settings

from accounts.models import User
from accounts.services.once_keys import forget_old as forget_old_keys
from archive import wiring
from archive.models import DraftState, RuleChangeDraft, SegmentStage, Stage, StageState
from archive.services import disposal, evaluation, holds, simulations, stamping
from archive.services import sweep as sweeping
from archive.services.audit_heads import note_head
from archive.services.catalogue import catalogue_segments as catalogue
from archive.services.index import index_batch, out_of_date
from archive.services.notes import log_pending
from archive.services.personal import reopen_outdated, scan_segment
from archive.services.stages import turn
from archive.services.text import extract_segment
from muniment.errors import Corrupt, Refused, Transient
from muniment.ids import SegmentId

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 10.0  # live work waits no longer than this behind a sweep
STAMP_EXPIRES_SECONDS: Final = 60.0  # the next sweep asks again
EVALUATION_SECONDS: Final = 10.0  # a turn of a run over all mail; others on the queue come between
DECIDED_DRAFTS: Final = (DraftState.IN_FORCE, DraftState.WITHDRAWN)
SCANNED_AT_ONCE: Final = 20  # segments in one task: of 1,000 messages each, some 10 s
_RETRY = {"autoretry_for": (Transient,), "retry_backoff": True, "retry_backoff_max": 60, "max_retries": 10}


@shared_task(**_RETRY)
def catalogue_segments(segment_ids: list[str]) -> None:
    """Catalogue segments that were just sealed, then ask for the next stages."""
    found = [SegmentId(UUID(segment_id)) for segment_id in segment_ids]
    for _ in catalogue(found, vault=wiring.archive().vault):
        pass
    _queue_text(found)
    _queue_personal(sweeping.undone(Stage.PERSONAL_DATA, among=found))
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
    _queue_personal(sweeping.undone(Stage.PERSONAL_DATA, among=[found]))


@shared_task(**_RETRY)
def scan_personal_data(segment_ids: list[str]) -> None:
    """Look for personal data in segments; one that does not open is noted, and the rest go on."""
    done = 0
    for segment_id in segment_ids:
        try:
            done += scan_segment(SegmentId(UUID(segment_id)), vault=wiring.archive().vault)
        except Corrupt:
            log.exception("segment not looked through for personal data", extra={"segment_id": segment_id})
    if done:
        index_pending.delay()


@shared_task
def complete_holds() -> None:
    """Go on with holds and releases that were cut short, for a while; the sweep asks again for what is left."""
    with turn(settings.MUNIMENT_DATA, "holding", wait=False) as mine:
        if mine:
            holds.complete(wiring.archive(), seconds=SWEEP_SECONDS)


@shared_task
def sweep(*, whole: bool = False) -> None:
    """Do what was never queued or whose queue was lost, for a while; `whole` looks at the entire store.

    Segments are catalogued here rather than queued again: a queue that is behind must not grow by its own sweep.
    """
    archive = wiring.archive()
    vault = archive.vault
    forget_old_keys()
    started = time.monotonic()
    with turn(settings.MUNIMENT_DATA, "sweeping", wait=False) as mine:
        for _ in catalogue(sweeping.left_behind(vault=vault, whole=whole) if mine else (), vault=vault):
            if time.monotonic() - started > SWEEP_SECONDS:
                break
    for segment_id in sweeping.to_queue(Stage.TEXT, now=vault.now()):
        extract_text.delay(str(segment_id))
    reopen_outdated()
    _queue_personal(sweeping.to_queue(Stage.PERSONAL_DATA, now=vault.now()))
    if out_of_date().exists():
        index_pending.delay()
    if stamping.is_due(archive):
        stamp_log.apply_async(expires=STAMP_EXPIRES_SECONDS)
    if holds.unfinished():
        complete_holds.apply_async(expires=SWEEP_SECONDS)
    try:
        disposal.resume(archive)  # destructions that were cut short
    finally:  # one that fails does not keep the others' acts from the log
        note_head(now=vault.now())
        log_pending(archive)


@shared_task
def evaluate_retention(*, forced: bool = False) -> None:
    """Write down what the rules say of all mail: once a day, and when something has changed; in short turns."""
    with turn(settings.MUNIMENT_DATA, "evaluating", wait=False) as mine:
        if not mine or not (forced or evaluation.is_needed()):
            return
        run = evaluation.evaluate(seconds=EVALUATION_SECONDS)
    if run.finished_at is None:
        evaluate_retention.delay(forced=True)


@shared_task
def count_rule_change(draft_id: str) -> None:
    """Count what a change of rules would do to all mail."""
    draft = RuleChangeDraft.objects.filter(pk=UUID(draft_id)).exclude(state__in=DECIDED_DRAFTS).first()
    if draft is not None:
        simulations.count(draft)


@shared_task(**_RETRY)
def dispose(disposal_id: str, user_id: int, token_id: str | None = None) -> None:
    """Execute an approved destruction, as whoever ordered it and by what token; a refusal was recorded where it was."""
    actor = User.objects.get(pk=user_id)
    actor.through_token = UUID(token_id) if token_id else None
    try:
        disposal.execute(actor=actor, disposal_id=UUID(disposal_id), archive=wiring.archive())
    except Refused as error:
        log.warning("destruction refused", extra={"disposal_id": disposal_id, "kind": type(error).__name__})
    evaluate_retention.delay(forced=True)


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


def queue_personal_data() -> None:
    """Queue the search for personal data in what waits for it, as an import does at its end."""
    _queue_personal(sweeping.undone(Stage.PERSONAL_DATA))


def _queue_personal(segment_ids: Sequence[SegmentId]) -> None:
    for start in range(0, len(segment_ids), SCANNED_AT_ONCE):
        chunk = segment_ids[start : start + SCANNED_AT_ONCE]
        scan_personal_data.delay([str(segment_id) for segment_id in chunk])
