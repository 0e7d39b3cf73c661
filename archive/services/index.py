"""The index stage: from messages whose index document is out of date to documents. Idempotent, in batches.

What a hold on a query matches is held before it is put into the index (`archive.services.covering`).

A message is out of date while `indexed_revision` is below `revision`. The revision read before the document is
made is the one noted after it is durable, so a change in between is indexed again.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from archive.documents import CataloguedMessage, document_of
from archive.models import Message, Searchable, SegmentStage, Sighting, Stage, StageState, StaleDocument
from archive.queries.to_index import catalogued
from archive.services import covering
from archive.services.governing import tried_again
from muniment.engines.port import Document, DocumentsRefused, SearchEngine
from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId
from muniment.mail.parse import parse
from muniment.seal import ahead
from muniment.seal.opening import OpenSegment
from muniment.seal.segment import FrameEntry
from muniment.seal.vault import Vault

BATCH_MESSAGES: Final = 1_000  # a Tantivy commit costs some 20 ms; spec/performance.md section 10
BATCH_BYTES: Final = 16 * 1024 * 1024  # of raw: bounds the memory of one batch
LATELY: Final = 5_000  # so many of the newest that wait are looked through for mail of listeners: some seconds of them
MAX_REASON_CHARS: Final = 500
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What one batch did: `left` is False when nothing was waiting any more."""

    messages: int
    left: bool


def out_of_date() -> QuerySet[Message]:
    """Return messages whose document must be made again."""
    return Message.objects.filter(indexed_revision__lt=F("revision"))


def index_batch(*, vault: Vault, engine: SearchEngine, now: Callable[[], datetime] = timezone.now) -> Indexed:
    """Index one batch of messages that wait; raise `IndexUnavailable` with nothing noted as done."""
    _remove_stale(engine)
    as_of = now()
    rows = _waiting()
    taken = _within_budget(rows)
    if not taken:
        _close_stages()
        return Indexed(messages=0, left=False)
    holds = covering.query_holds()
    documents, failures = _documents(list(taken), vault)
    covering.cover_documents(documents, holds, store=vault.segments)
    failures |= _put(engine, documents, as_of)
    done = {document.message_id for document in documents} - failures.keys()
    tried_again(lambda: _note(taken, done, failures, holds))
    return Indexed(messages=len(taken), left=True)


def _waiting() -> list[tuple[UUID, int, int]]:
    """Return what comes next: messages that no search finds yet before those whose document is to be made again.

    Of the former, what listeners took of late comes first: it does not wait for the end of a large import.
    """
    rows = out_of_date().order_by("id").values_list("id", "revision", "size_bytes")
    new = rows.filter(indexed_revision=0)
    found = list(new[: BATCH_MESSAGES + 1])
    if not found:
        return list(rows[:BATCH_MESSAGES])
    if len(found) <= BATCH_MESSAGES:
        return found
    newest = new.order_by("-id").values("id")[:LATELY]
    live = list(rows.filter(sightings__import_key="", id__in=newest).distinct()[:BATCH_MESSAGES])
    already = {message_id for message_id, *_ in live}
    return live + [row for row in found if row[0] not in already][: BATCH_MESSAGES - len(live)]


def _within_budget(rows: Sequence[tuple[UUID, int, int]]) -> dict[UUID, int]:
    taken: dict[UUID, int] = {}
    budget = BATCH_BYTES
    for message_id, revision, size_bytes in rows:
        if taken and size_bytes > budget:
            break
        taken[message_id] = revision
        budget -= size_bytes
    return taken


def _documents(message_ids: list[UUID], vault: Vault) -> tuple[list[Document], dict[UUID, str]]:
    by_segment: dict[UUID, list[tuple[UUID, CataloguedMessage]]] = defaultdict(list)
    for found in catalogued(message_ids):
        first = min(found.sightings, key=lambda sighting: sighting.id)
        by_segment[first.segment_id].append((first.id, found))
    documents: list[Document] = []
    failures: dict[UUID, str] = {}
    for segment_id, opening in ahead.opened(vault, [SegmentId(found) for found in by_segment]):
        messages = by_segment[segment_id]
        try:
            opened = opening()
        except Corrupt as error:
            failures.update((found.message.id, str(error)) for _, found in messages)
            continue
        entries = {entry.sighting_id: entry for entry in opened.footer.frames}
        for sighting_id, found in messages:
            try:
                raw = _raw_of(SightingId(sighting_id), entries, opened)
                documents.append(document_of(found, parse(raw)))
            except Corrupt as error:
                failures[found.message.id] = str(error)
    return documents, failures


def _put(engine: SearchEngine, documents: Sequence[Document], as_of: datetime) -> dict[UUID, str]:
    """Put documents; return those that the index will never take, with why."""
    try:
        if documents:
            engine.put([replace(document, as_of=as_of) for document in documents])
    except DocumentsRefused as refusal:
        return refusal.reasons
    return {}


def _raw_of(sighting_id: SightingId, entries: Mapping[SightingId, FrameEntry], opened: OpenSegment) -> bytes:
    return opened.open(entries.get(sighting_id) or opened.entry_of(sighting_id)).raw


def _note(
    taken: dict[UUID, int], done: set[UUID], failures: dict[UUID, str], holds: Sequence[covering.QueryHold]
) -> None:
    """Note what is done; nothing, where a hold on a query was placed meanwhile: it has not seen these documents."""
    by_revision: dict[int, list[UUID]] = defaultdict(list)
    for message_id, revision in taken.items():
        if message_id in done:
            by_revision[revision].append(message_id)
    with transaction.atomic():
        if not covering.all_evaluated(holds):
            return
        for revision, message_ids in by_revision.items():
            for start in range(0, len(message_ids), _CHUNK):
                Message.objects.filter(id__in=message_ids[start : start + _CHUNK]).update(
                    indexed_revision=revision, searchable=Searchable.YES, not_searchable_reason=""
                )
        for message_id, reason in failures.items():
            Message.objects.filter(id=message_id).update(
                indexed_revision=taken[message_id],
                searchable=Searchable.FAILED,
                not_searchable_reason=reason[:MAX_REASON_CHARS],
            )


def _close_stages() -> None:
    """Note the index stage of segments as done once none of their messages waits."""
    waiting = Sighting.objects.filter(message__indexed_revision__lt=F("message__revision")).values("segment_id")
    SegmentStage.objects.filter(stage=Stage.INDEX, state=StageState.PENDING).exclude(segment_id__in=waiting).update(
        state=StageState.DONE
    )


def _remove_stale(engine: SearchEngine) -> None:
    stale = list(StaleDocument.objects.values_list("document_id", flat=True))
    if stale:
        engine.delete(stale)
        StaleDocument.objects.filter(document_id__in=stale).delete()
