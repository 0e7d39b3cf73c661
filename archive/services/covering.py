"""What a standing hold covers: mail that was there when it was placed, and mail that arrives later.

    place       the hold's row is committed: from then on it binds whoever decides about destruction
    cover       all mail that was there, in batches: store's legal hold, then the cover; at the end `covered_at`
    catalogue   holds on custodians, and holds of the other sightings of a message, in the catalogue's own transaction
    index       holds on queries, before the document is put: what matches is held before it can be found

A cover is written under `archive.services.governing`. Each step may be killed and repeated.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from archive.models import DestroyedSighting, HeldSighting, Hold, HoldKind, Message, Participant, Searchable, Sighting
from archive.queries.holds import covers_of, of_custodians, standing_holds
from archive.services import store_holds
from archive.services.governing import beside_governing, governing
from archive.services.inserting import insert
from archive.wiring import Archive
from muniment.engines.memory import MemoryEngine
from muniment.engines.port import Document, IndexUnavailable, Scope, SearchEngine
from muniment.query.parser import parse
from muniment.query.refusals import QueryError
from muniment.query.tree import Everything, Node, Span
from muniment.stores.port import ObjectStore

BATCH_MESSAGES: Final = 500  # covered in one transaction, while nobody else writes
# A hold protects and shows nothing: it looks at all there is.
ALL_MAIL: Final = Scope(everything=True, blind=True, personal=True, restricted=True)
_CHUNK: Final = 500

log = logging.getLogger(__name__)

Wanted = Mapping[UUID, Collection[UUID]]  # hold → messages


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryHold:
    """A standing hold on a query, as mail that arrives is compared with it."""

    id: UUID
    tree: Node


def cover(wanted: Wanted, *, store: ObjectStore, at: datetime) -> int:
    """Cover every sighting of messages by holds, as far as they stand; return how many covers are new.

    Call it under `governing`, or beside it. What has a tombstone cannot be covered: the hold names it from then on.
    May raise `StoreUnavailable`; then nothing may be committed.
    """
    standing = set(standing_holds().filter(id__in=list(wanted)).values_list("id", flat=True))
    message_ids = list({message_id for hold_id in standing for message_id in wanted[hold_id]})
    new = 0
    for start in range(0, len(message_ids), _CHUNK):
        chunk = message_ids[start : start + _CHUNK]
        rows = list(Sighting.objects.filter(message_id__in=chunk).values_list("id", "segment_id", "message_id"))
        sighting_ids = [row[0] for row in rows]
        gone = _destroyed(sighting_ids)
        pairs = _covered(standing, sighting_ids)
        covers, too_late = [], defaultdict(set)
        for hold_id in standing:
            mine = frozenset(wanted[hold_id])
            for sighting_id, segment_id, message_id in rows:
                if message_id not in mine or (hold_id, sighting_id) in pairs:
                    continue
                if sighting_id in gone:
                    too_late[hold_id].add(sighting_id)
                else:
                    covers.append((hold_id, sighting_id, segment_id, at))
        store_holds.protect(store, (segment_id for _, _, segment_id, _ in covers))
        insert(HeldSighting, ("hold_id", "sighting_id", "segment_id", "since"), covers)
        note_too_late(too_late)
        new += len(covers)
    return new


def note_too_late(too_late: Wanted) -> None:
    """Note on each hold which sightings it would cover, had they not been destroyed."""
    for hold_id, sighting_ids in too_late.items():
        hold = Hold.objects.get(id=hold_id)
        known = set(hold.too_late_for)
        named = sorted(known | {str(sighting_id) for sighting_id in sighting_ids})
        if len(named) > len(known):
            Hold.objects.filter(id=hold_id).update(too_late_for=named)
            log.warning("hold came too late", extra={"hold_id": str(hold_id), "sightings": len(named) - len(known)})


def cover_hold(hold: Hold, *, archive: Archive, seconds: float | None = None, again: bool = False) -> bool:
    """Cover the mail that was there before the hold; return whether all of it is.

    After `seconds` it stops, and the next call goes on. `again` looks at what is covered already, too. May raise
    `StoreUnavailable` or `IndexUnavailable`: the hold stands and binds meanwhile.
    """
    message_ids = candidates(hold, archive.engine)
    if not again:
        done = _messages_of(hold)
        message_ids = [message_id for message_id in message_ids if message_id not in done]
    until = None if seconds is None else time.monotonic() + seconds
    for start in range(0, len(message_ids), BATCH_MESSAGES):
        if until is not None and time.monotonic() > until:
            return False
        _cover_apart({hold.id: message_ids[start : start + BATCH_MESSAGES]}, store=archive.vault.segments)
    with governing():
        Hold.objects.filter(id=hold.id, covered_at__isnull=True).update(covered_at=timezone.now())
    return True


def cover_catalogued(message_ids: Sequence[UUID], *, store: ObjectStore) -> None:
    """Cover messages that were just catalogued, or got a sighting more. Call it in the catalogue's transaction."""
    holds = list(standing_holds())
    if not holds:
        return
    wanted: dict[UUID, set[UUID]] = defaultdict(set)
    for found in (covers_of(message_ids), of_custodians(holds, message_ids)):
        for hold_id, matched in found.items():
            wanted[hold_id] |= matched
    if wanted:
        cover(wanted, store=store, at=timezone.now())


def query_holds() -> tuple[QueryHold, ...]:
    """Return the standing holds on queries."""
    return tuple(QueryHold(id=hold.id, tree=tree_of(hold)) for hold in standing_holds().filter(kind=HoldKind.QUERY))


def cover_documents(documents: Sequence[Document], holds: Sequence[QueryHold], *, store: ObjectStore) -> None:
    """Cover the messages of documents that match holds on queries, before they are put into the index."""
    if not holds or not documents:
        return
    looked_at = MemoryEngine()
    looked_at.put(documents)
    wanted = {hold.id: _matching(looked_at, hold, documents) for hold in holds}
    if any(wanted.values()):
        _cover_apart(wanted, store=store)


def all_evaluated(holds: Sequence[QueryHold]) -> bool:
    """Tell whether no other hold on a query stands by now. Call it in the transaction that notes documents as put."""
    beside_governing()
    standing = set(standing_holds().filter(kind=HoldKind.QUERY).values_list("id", flat=True))
    return standing <= {hold.id for hold in holds}


def tree_of(hold: Hold) -> Node:
    """Return the tree of a hold's query. Ages in it count from the day of the placing: its terms never change."""
    try:
        return parse(hold.query, today=timezone.localtime(hold.placed_at).date())
    except QueryError:  # of an earlier version of the language: what cannot be compared is kept
        log.warning("query of a hold cannot be read: it covers all mail", extra={"hold_id": str(hold.id)})
        return Everything(span=Span(start=0, end=len(hold.query)))


def candidates(hold: Hold, engine: SearchEngine) -> list[UUID]:
    """Return the messages that are within a hold's terms now; for one on messages, those that it covers."""
    match HoldKind(hold.kind):
        case HoldKind.QUERY:
            _check_complete(engine)
            return sorted(engine.matching(tree_of(hold), ALL_MAIL))
        case HoldKind.CUSTODIANS:
            by_person = Participant.objects.filter(address__in=hold.addresses).values("message_id")
            rows = Sighting.objects.filter(Q(message_id__in=by_person) | Q(custodian__in=hold.addresses))
        case HoldKind.MESSAGES:
            rows = Sighting.objects.filter(id__in=hold.covered.values("sighting_id"))
    return list(rows.order_by("message_id").values_list("message_id", flat=True).distinct())


def _messages_of(hold: Hold) -> set[UUID]:
    """Return the messages that a hold covers: whole, because all sightings of one are covered in one transaction."""
    rows = Sighting.objects.filter(id__in=hold.covered.values("sighting_id"))
    return set(rows.values_list("message_id", flat=True))


def _cover_apart(wanted: Wanted, *, store: ObjectStore) -> None:
    """Cover messages in a transaction of its own. The store is asked before, so that nobody waits for it meanwhile."""
    standing = set(standing_holds().filter(id__in=list(wanted)).values_list("id", flat=True))
    message_ids = list({message_id for hold_id in standing for message_id in wanted[hold_id]})
    for start in range(0, len(message_ids), _CHUNK):
        rows = Sighting.objects.filter(message_id__in=message_ids[start : start + _CHUNK])
        gone = DestroyedSighting.objects.filter(sighting_id__in=rows.values("id")).values("sighting_id")
        store_holds.protect(store, rows.exclude(id__in=gone).values_list("segment_id", flat=True))
    with governing():
        cover(wanted, store=store, at=timezone.now())


def _matching(engine: MemoryEngine, hold: QueryHold, documents: Sequence[Document]) -> set[UUID]:
    try:
        return set(engine.matching(hold.tree, ALL_MAIL))
    except QueryError:  # a field that this version cannot look into: what cannot be compared is kept
        return {document.message_id for document in documents}


def _check_complete(engine: SearchEngine) -> None:
    """Raise `IndexUnavailable` where the index lacks messages that it should hold: a search would miss them."""
    being_purged = DestroyedSighting.objects.filter(purged_at__isnull=True).values("message_id")
    indexed = Message.objects.filter(indexed_revision__gte=F("revision"), searchable=Searchable.YES)
    if engine.count() < indexed.exclude(id__in=being_purged).count():
        raise IndexUnavailable("The index lacks messages: run reconcile --repair, then the hold is completed.")


def _destroyed(sighting_ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for start in range(0, len(sighting_ids), _CHUNK):
        tombstones = DestroyedSighting.objects.filter(sighting_id__in=sighting_ids[start : start + _CHUNK])
        found.update(tombstones.values_list("sighting_id", flat=True))
    return found


def _covered(hold_ids: Collection[UUID], sighting_ids: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    found: set[tuple[UUID, UUID]] = set()
    for start in range(0, len(sighting_ids), _CHUNK):
        rows = HeldSighting.objects.filter(hold__in=hold_ids, sighting_id__in=sighting_ids[start : start + _CHUNK])
        found.update(rows.values_list("hold_id", "sighting_id"))
    return found
