"""The queue's tasks: one per segment and stage, short, idempotent, safe to lose and to run twice."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final
from uuid import UUID

from celery import shared_task
from django.conf import settings

from accounts.models import User
from accounts.services.once_keys import forget_old as forget_old_keys
from archive import wiring
from archive.models import DraftState, RuleChangeDraft, Stage
from archive.pace import Pace
from archive.queueing import hint, waiting
from archive.services import disposal, evaluation, holds, packing, promotion, simulations, stamping
from archive.services import sweep as sweeping
from archive.services.audit_heads import note_head
from archive.services.catalogue import catalogue_segments as catalogue
from archive.services.index import index_batch, out_of_date
from archive.services.notes import log_pending
from archive.services.personal import reopen_outdated, scan_segment
from archive.services.stages import turn
from archive.services.text import extract_segment
from archive.wiring import Archive
from muniment.errors import Corrupt, Refused, Transient
from muniment.ids import SegmentId
from muniment.seal.vault import Vault

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 10.0  # a sweep catalogues no longer than this
INDEX_SECONDS: Final = 5.0  # a turn of the index; mail that was just sealed is catalogued between two
GATHERED_SECONDS: Final = 1.0  # while live mail waits for the catalogue, the index waits so long for more of it
QUEUED_AT_ONCE: Final = 200  # a sweep adds to a queue up to so many tasks
CATALOGUED_AT_ONCE: Final = 50  # segments in one task of bulk
EVALUATION_SECONDS: Final = 10.0  # a turn of a run over all mail; others on the queue come between
DECIDED_DRAFTS: Final = (DraftState.IN_FORCE, DraftState.WITHDRAWN)
SCANNED_AT_ONCE: Final = 20  # segments in one task: of 1,000 messages each, some 10 s
PACE: Final = Pace(GATHERED_SECONDS)
_RETRY = {"autoretry_for": (Transient,), "retry_backoff": True, "retry_backoff_max": 60, "max_retries": 10}


@shared_task(**_RETRY)
def catalogue_segments(segment_ids: list[str]) -> None:
    """Catalogue segments that were just sealed, then ask for the next stages."""
    found = _catalogue(segment_ids)
    for segment_id in sweeping.undone(Stage.TEXT, among=found):
        hint(extract_text, str(segment_id))
    _queue_personal(sweeping.undone(Stage.PERSONAL_DATA, among=found))
    hint(index_pending)


@shared_task(**_RETRY)
def catalogue_bulk(segment_ids: list[str]) -> None:
    """Catalogue segments that nobody waits for; the sweep asks for their text and personal data little by little."""
    _catalogue(segment_ids)
    hint(index_pending)


def _catalogue(segment_ids: Sequence[str]) -> list[SegmentId]:
    found = [SegmentId(UUID(segment_id)) for segment_id in segment_ids]
    for _ in catalogue(found, vault=wiring.archive().vault):
        pass
    return found


@shared_task(**_RETRY)
def index_pending() -> None:
    """Index what waits, for some seconds, unless another worker is at it; then let others on the queue come between.

    A batch costs the engine almost the same for one message as for a hundred. So a turn that follows the last one at
    once leaves its messages to the next, where a task of the catalogue is waiting: that one asks for the index again.
    """
    if PACE.is_early() and waiting("catalogue"):
        return
    archive = wiring.archive()
    started = time.monotonic()
    left = True
    while left and time.monotonic() - started < INDEX_SECONDS:
        with turn(settings.MUNIMENT_DATA, "indexing", wait=False) as mine:
            if not mine:  # whoever has the turn looks once more after giving it back
                return
            while left and time.monotonic() - started < INDEX_SECONDS:
                left = index_batch(vault=archive.vault, engine=archive.engine).left
        left = out_of_date().exists()
    PACE.end()
    if left:
        hint(index_pending)


@shared_task(**_RETRY)
def extract_text(segment_id: str) -> None:
    """Draw the text of one segment's attachments."""
    found = SegmentId(UUID(segment_id))
    if extract_segment(found, vault=wiring.archive().vault, extractor=wiring.extractor()):
        hint(index_pending)
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
        hint(index_pending)


@shared_task
def complete_holds() -> None:
    """Go on with holds and releases that were cut short, for a while; the sweep asks again for what is left."""
    with turn(settings.MUNIMENT_DATA, "holding", wait=False) as mine:
        if mine:
            holds.complete(wiring.archive(), seconds=SWEEP_SECONDS)


@shared_task
def resume_destruction() -> None:
    """Go on with destructions that were cut short."""
    disposal.resume(wiring.archive())


@shared_task
def sweep(*, whole: bool = False) -> None:
    """Do what was never queued or whose queue was lost, for a while; `whole` looks at the entire store.

    One sweeps at a time, however many beats there are. It queues only into queues that are short (`_room`), so that it
    never piles up what workers that are behind have yet to do.
    """
    archive = wiring.archive()
    now = archive.vault.now()
    with turn(settings.MUNIMENT_DATA, "sweeping", wait=False) as mine:
        if not mine:
            return
        forget_old_keys()
        try:
            returned = promotion.settle(archive)  # what it lacks may be older than what is mostly listed
            _catalogue_left_behind(archive.vault, whole=whole or returned)
            _queue_stages(now)
            _queue_acts(archive)
        finally:  # what fails does not keep the others' acts from the log
            note_head(now=now)
            log_pending(archive)


def _catalogue_left_behind(vault: Vault, *, whole: bool) -> None:
    """Catalogue for a while here; what is left after that goes to the workers of bulk, unless they have enough."""
    now, horizon = vault.now(), _horizon(vault)
    left = iter(sweeping.left_behind(vault=vault, since=None if whole else horizon.since(now)))
    started = time.monotonic()
    for _ in catalogue(left, vault=vault):
        if time.monotonic() - started > SWEEP_SECONDS:
            break
    else:
        horizon.reach(now)
        return
    if (room := _room("bulk")) == QUEUED_AT_ONCE:
        while room and (chunk := [str(segment_id) for segment_id in islice(left, CATALOGUED_AT_ONCE)]):
            hint(catalogue_bulk, chunk)
            room -= 1


@lru_cache(maxsize=1)
def _horizon(_vault: Vault) -> sweeping.Horizon:
    return sweeping.Horizon()


def _queue_stages(now: datetime) -> None:
    """Queue text, personal data and index of what nobody touched for a while."""
    if room := _room("bulk"):
        after = sweeping.LOST if room == _room("text") == QUEUED_AT_ONCE else sweeping.QUEUED
        for segment_id in sweeping.to_queue(Stage.TEXT, now=now, limit=room, after=after):
            hint(extract_text, str(segment_id), queue="bulk")
    reopen_outdated()
    if room := _room("personal"):
        after = sweeping.LOST if room == QUEUED_AT_ONCE else sweeping.QUEUED
        _queue_personal(sweeping.to_queue(Stage.PERSONAL_DATA, now=now, limit=room, after=after))
    if out_of_date().exists() and not waiting("index"):
        hint(index_pending)


def _queue_acts(archive: Archive) -> None:
    """Queue acts that were cut short or whose order was lost, and that the slow workers have no order of."""
    if _room("slow") != QUEUED_AT_ONCE:
        return
    hint(resume_destruction)
    if holds.unfinished():
        hint(complete_holds)
    if stamping.is_due(archive):
        hint(stamp_log)
    for draft_id in simulations.uncounted():
        hint(count_rule_change, str(draft_id))


def _room(queue: str) -> int:
    """Return how many more tasks a sweep may put into a queue: none where it does not answer."""
    already = waiting(queue)
    return 0 if already is None else max(0, QUEUED_AT_ONCE - already)


@shared_task
def evaluate_retention(*, forced: bool = False) -> None:
    """Write down what the rules say of all mail: once a day, and when something has changed; in short turns."""
    with turn(settings.MUNIMENT_DATA, "evaluating", wait=False) as mine:
        if not mine or not (forced or evaluation.is_needed()):
            return
        run = evaluation.evaluate(seconds=EVALUATION_SECONDS)
    if run.finished_at is None:
        hint(evaluate_retention, forced=True)


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
    hint(evaluate_retention, forced=True)


@shared_task
def pack() -> None:
    """Pack small segments into large ones, and let go of what is packed or dead and no longer locked."""
    done = packing.run(
        wiring.archive(),
        after=timedelta(hours=settings.MUNIMENT_PACK_AFTER_HOURS),
        term=timedelta(days=settings.MUNIMENT_LOCK_DAYS),
    )
    if done.damaged:
        log.error("segments do not open and were not packed", extra={"segments": done.damaged})


@shared_task
def stamp_log() -> None:
    """Have the newest checkpoint of the evidence log time-stamped; an authority that fails is asked again later."""
    done = stamping.stamp_newest(wiring.archive())
    if done is not None and done.failure:
        log.warning("checkpoint not time-stamped", extra={"entries": done.size, "reason": done.failure})


def queue_personal_data() -> None:
    """Queue the search for personal data in what waits for it, as an import does at its end."""
    _queue_personal(sweeping.undone(Stage.PERSONAL_DATA))


def _queue_personal(segment_ids: Sequence[SegmentId]) -> None:
    for start in range(0, len(segment_ids), SCANNED_AT_ONCE):
        chunk = segment_ids[start : start + SCANNED_AT_ONCE]
        hint(scan_personal_data, [str(segment_id) for segment_id in chunk])
