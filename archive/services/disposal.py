"""Destroy what was approved: the only place in the product that destroys mail (DESIGN.md section 4, "Erasing").

    decide       under the lock that holds share, rules and holds are read again; tombstones are committed; where a hold
                 on a query stands, what waits is indexed before, so that it is known whether the hold covers it
    intent       into the locked ledger of the vault (`muniment.seal.ledger`)
    shred        keys out of the keyrings, by compare-and-swap; rows, texts and staged exports removed; `shredded_at`
    purge        index and database written anew without them (`archive.services.removal`); `purged_at`
    certificate  once everything on the list is destroyed or spared (`archive.services.certificates`)
    ciphertext   deleted as soon as its lock allows; `ciphertext_gone_at`

The tombstone is the point of no return: before it a hold wins, after it whoever places one is told. Each step may be
repeated, so a run that was killed is simply run again; it ends in the same state with one certificate.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator
from accounts.models import Action, Approval, Outcome, User
from accounts.permissions import APPROVES_DESTRUCTION, HANDLES_REQUESTS, MANAGES_RETENTION, may
from accounts.services import approvals, audit
from archive.models import (
    Cause,
    DestroyedSighting,
    Disposal,
    DisposalItem,
    DisposalState,
    Hold,
    HoldIntent,
    ItemOutcome,
    Sighting,
)
from archive.queries.facts import day_of, facts_of, policy_on
from archive.queries.holds import not_evaluated
from archive.services import certificates, intents, lost_holds, packing, store_holds
from archive.services.governing import governing
from archive.services.proposals import spared
from archive.services.removal import drop_ciphertext, purge, remove
from archive.services.stages import index_all, turn
from archive.services.sweep import catch_up
from archive.sparing import Spared
from archive.wiring import Archive
from muniment.engines.port import IndexUnavailable
from muniment.errors import Refused, Transient
from muniment.ids import SegmentId
from muniment.seal import ledger
from muniment.seal.layout import segment_key
from muniment.seal.shredding import shred
from muniment.stores.port import ObjectMissing

log = logging.getLogger(__name__)

BATCH_MESSAGES: Final = 200  # decided and destroyed together: what a kill can leave half-way
BATCH_SIGHTINGS: Final = 1_000
CATCH_UP_SECONDS: Final = 300.0  # for the catalogue, before anything is decided; the next sweep goes on with it


class HoldBeingPlaced(Transient):
    """A hold stands whose coverage is not complete yet: nothing is destroyed before it is."""


class CatalogueBehind(Transient):
    """So much mail is not catalogued yet that nobody knows whether it makes a hold cover what is to go."""


class TooEarly(Refused):
    """The days of cooling off are not over."""


def execute(*, actor: User | Operator, disposal_id: UUID, archive: Archive, now: datetime | None = None) -> Disposal:
    """Destroy what the list names and nothing forbids; return the disposal with its certificate.

    Needs the approval of a second person, who may not be the one that executes. Safe to repeat, and to run twice at
    once. Raises `ApprovalRefused`, `TooEarly`, `HoldBeingPlaced`, `CatalogueBehind`, `StoreUnavailable`; what was done
    until then stays done, and the next run goes on from there.
    """
    with turn(archive.data, "disposal", wait=True):
        begin(actor=actor, disposal_id=disposal_id, now=now)
        packing.settle(archive)
        _carry_on(disposal_id, archive, now)
    return Disposal.objects.get(id=disposal_id)


def begin(*, actor: User | Operator, disposal_id: UUID, now: datetime | None = None) -> None:
    """Use the approval and note who executes: from then on the sweep goes on with it, whatever becomes of the queue.

    Nothing is destroyed yet. One that was begun stays as it is. Raises `ApprovalRefused`, `TooEarly`.
    """
    try:
        _begin(actor, disposal_id, now or timezone.now())
    except Refused as error:
        _record_refusal(actor, disposal_id, error)
        raise


def resume(archive: Archive, *, now: datetime | None = None) -> int:
    """Go on with every destruction that was cut short; return how many are done. What the sweep calls.

    One that has to wait (for a hold that is being placed, a store that does not answer) waits for the next sweep.
    """
    resumed = 0
    with turn(archive.data, "disposal", wait=False) as mine:
        if not mine:
            return 0
        packing.settle(archive)
        for disposal_id in Disposal.objects.filter(state=DisposalState.EXECUTING).values_list("id", flat=True):
            try:
                _carry_on(disposal_id, archive, now)
            except Transient as error:
                log.warning("destruction waits", extra={"disposal_id": str(disposal_id), "kind": type(error).__name__})
            else:
                resumed += 1
        _finish_orphans(archive)
        drop_ciphertext(archive)
    return resumed


def _begin(actor: User | Operator, disposal_id: UUID, at: datetime) -> None:
    """Use the approval and note who executes; a disposal that was begun is only gone on with."""
    cause = Disposal.objects.values_list("cause", flat=True).get(id=disposal_id)
    if not may(actor, HANDLES_REQUESTS if cause == Cause.ERASURE else MANAGES_RETENTION | APPROVES_DESTRUCTION):
        raise Refused(_("Your role may not execute a destruction."))
    with governing():
        row = Disposal.objects.select_for_update().get(id=disposal_id)
        if row.state in {DisposalState.EXECUTING, DisposalState.DONE}:
            return
        if row.state != DisposalState.PROPOSED or not row.digest:
            raise Refused(_("This list was withdrawn, or is not whole: propose it again."))
        approval = approvals.consume(actor=actor, kind=row.cause, subject=str(row.id), digest=row.digest, now=at)
        _check_approval(row, approval, actor, at)
        row.state, row.started_at, row.approved_by = DisposalState.EXECUTING, at, approval.decided_by
        row.executed_by = actor if isinstance(actor, User) else None
        row.save(update_fields=["state", "started_at", "approved_by", "executed_by"])
        audit.record(actor=actor, action=Action.DESTRUCTION_BEGUN, objects=[f"disposal:{row.id}"], now=at)


def _record_refusal(actor: User | Operator, disposal_id: UUID, error: Refused) -> None:
    """Keep the attempt: what `consume` recorded went with its transaction."""
    audit.record(
        actor=actor,
        action=Action.REFUSAL,
        outcome=Outcome.REFUSED,
        objects=[f"disposal:{disposal_id}"],
        details={"of": "destruction", "why": type(error).__name__},
    )


def _check_approval(row: Disposal, approval: Approval, actor: User | Operator, at: datetime) -> None:
    if isinstance(actor, User) and approval.decided_by_id == actor.pk:
        raise Refused(_("Whoever approved a destruction does not execute it: ask a colleague."))
    if approval.decided_at is None or (at - approval.decided_at).days < row.cooling_days:
        raise TooEarly(
            _("%(days)d days must pass after the approval, in which it can be stopped.") % {"days": row.cooling_days}
        )


def _carry_on(disposal_id: UUID, archive: Archive, now: datetime | None) -> None:
    _destroy_marked(disposal_id, archive)
    _catch_up(disposal_id, archive)
    _evaluate(archive)
    while _decide_batch(disposal_id, archive, now or timezone.now()):
        _destroy_marked(disposal_id, archive)
        _evaluate(archive)
    _purge(DestroyedSighting.objects.filter(disposal_id=disposal_id), archive)
    certificates.issue(disposal_id, archive, now=now or timezone.now())


def _catch_up(disposal_id: UUID, archive: Archive) -> None:
    """Catalogue what was captured by now: a copy of a listed message may have come to somebody who is on hold."""
    if not DisposalItem.objects.filter(disposal_id=disposal_id, outcome=ItemOutcome.WAITING).exists():
        return
    _refuse_in_doubt()
    if not catch_up(vault=archive.vault, seconds=CATCH_UP_SECONDS):
        raise CatalogueBehind("mail was captured that the catalogue does not know yet: nothing is destroyed before")


def _evaluate(archive: Archive) -> None:
    """Index what waits, while a hold on a query stands: else the next batch spares what is not evaluated.

    Each batch makes the rest of its threads wait for the index. What cannot be indexed now is spared.
    """
    if not_evaluated().filter(indexed_revision__lt=F("revision")).exists():
        with suppress(IndexUnavailable):
            index_all(archive)


def _decide_batch(disposal_id: UUID, archive: Archive, at: datetime) -> bool:
    """Decide about the next messages of the list and commit their tombstones; return False when none waited."""
    with governing():
        row = Disposal.objects.select_for_update().get(id=disposal_id)
        waiting = row.items.filter(outcome=ItemOutcome.WAITING).order_by("message_id")
        items = list(waiting[:BATCH_MESSAGES]) if row.state == DisposalState.EXECUTING else []
        if not items:
            return False
        _refuse_in_doubt()
        _decide(row, items, archive, at)
    return True


def _refuse_in_doubt() -> None:
    """Raise `HoldLost` or `HoldBeingPlaced` while it is not known of all holds what they cover."""
    lost_holds.refuse_while_any()
    unfinished = Hold.objects.filter(released_at__isnull=True, covered_at__isnull=True).first()
    if unfinished is not None:
        raise HoldBeingPlaced(f"hold {unfinished.id} is being placed: nothing is destroyed before it is complete")


def _decide(row: Disposal, items: Sequence[DisposalItem], archive: Archive, at: datetime) -> None:
    owners = _owners(items)
    facts = {found.id: found for found in facts_of(set(owners.values()))}
    policy = policy_on(day_of(at))
    unknown = set(not_evaluated().filter(id__in=owners.values()).values_list("id", flat=True))
    rows_of = _sightings(owners.values())
    locked = _held_in_store({one.segment_id for rows in rows_of.values() for one in rows}, archive)
    if HoldIntent.objects.filter(segment_id__in=locked).exists():
        raise HoldBeingPlaced("a hold is being placed on some of this: nothing is destroyed before it stands")
    tombstones: list[DestroyedSighting] = []
    for item in items:
        found = facts.get(owners.get(item.message_id))
        decided = spared(row, policy.decide(found)) if found else Spared.GONE
        item.why = _why(
            row, item, decided, rows_of.get(owners.get(item.message_id), ()), unknown=unknown, locked=locked
        )
        item.outcome = ItemOutcome.SPARED if item.why else ItemOutcome.DESTROYED
        if not item.why:
            tombstones.extend(_tombstones(row, rows_of[found.id], archive, at))
    DestroyedSighting.objects.bulk_create(tombstones)  # the database refuses what a standing hold covers
    DisposalItem.objects.bulk_update(items, ["outcome", "why"])


def _why(
    row: Disposal,
    item: DisposalItem,
    decided: str,
    rows: Sequence[Sighting],
    *,
    unknown: set[UUID],
    locked: set[UUID],
) -> str:
    """Return why a message is spared: what the rules `decided`, unless something is in doubt that they cannot know."""
    if decided == Spared.GONE or decided.partition(":")[0] == Spared.HELD:
        return decided
    if row.cause == Cause.ERASURE and len(rows) > item.sighting_count:
        return Spared.CHANGED  # a copy came that nobody has looked at
    if any(one.message_id in unknown for one in rows):
        return Spared.NOT_EVALUATED
    if any(one.segment_id in locked for one in rows):
        return Spared.STORE_HOLD
    return decided


def _owners(items: Sequence[DisposalItem]) -> dict[UUID, UUID]:
    """Return the present id of each listed message: an earlier sighting may have given it a smaller one."""
    listed = Sighting.objects.filter(id__in=[item.message_id for item in items])
    return dict(listed.values_list("id", "message_id"))


def _sightings(message_ids: Iterable[UUID]) -> dict[UUID, list[Sighting]]:
    rows_of: dict[UUID, list[Sighting]] = defaultdict(list)
    for one in Sighting.objects.filter(message_id__in=set(message_ids)).select_related("segment").order_by("id"):
        rows_of[one.message_id].append(one)
    return rows_of


def _held_in_store(segment_ids: set[UUID], archive: Archive) -> set[UUID]:
    """Return the segments that the store keeps under a legal hold which no standing hold of the database explains.

    So a database restored from before a hold was placed cannot lead to the destruction of what was held.
    """
    explained = store_holds.explained(segment_ids)
    lifting = store_holds.being_lifted(segment_ids)
    strange = set()
    for segment_id in segment_ids - explained - lifting:
        try:
            if archive.vault.segments.info(segment_key(SegmentId(segment_id))).legal_hold:
                strange.add(segment_id)
        except ObjectMissing:
            continue
    return strange


def _tombstones(row: Disposal, rows: Sequence[Sighting], archive: Archive, at: datetime) -> list[DestroyedSighting]:
    return [
        DestroyedSighting(
            sighting_id=one.id,
            segment_id=one.segment_id,
            message_id=one.message_id,
            disposal_id=row.id,
            import_mark=_mark(one, archive),
            destroyed_at=at,
        )
        for one in rows
    ]


def _mark(one: Sighting, archive: Archive) -> str | None:
    if not one.import_key:
        return None
    keys = archive.vault.keys
    return ledger.import_mark(keys, keys.current(one.segment.retention_class), one.import_key).hex()


def _destroy_marked(disposal_id: UUID, archive: Archive) -> None:
    """Write the intent of every tombstone of the disposal that has none yet, and shred and remove what it names."""
    cause = ledger.Cause(Disposal.objects.values_list("cause", flat=True).get(id=disposal_id))
    marked = DestroyedSighting.objects.filter(disposal_id=disposal_id, shredded_at__isnull=True)
    while rows := list(marked.order_by("destroyed_at", "sighting_id")[:BATCH_SIGHTINGS]):
        intents.write(rows, cause, archive)
        destroy(rows, archive)


def _finish_orphans(archive: Archive) -> None:
    """Go on with tombstones that the ledger brought back and whose disposal this database does not know."""
    _purge(DestroyedSighting.objects.exclude(disposal_id__in=Disposal.objects.values("id")), archive)


def destroy(rows: Sequence[DestroyedSighting], archive: Archive) -> None:
    """Shred the sightings of these tombstones, whose intent is in the ledger, and remove what names them."""
    for segment_id, found in intents.places_of(rows, archive).items():
        shred(archive.vault.keyrings, segment_id, found)
    remove(rows, archive)
    ids = [one.sighting_id for one in rows]
    DestroyedSighting.objects.filter(sighting_id__in=ids, shredded_at__isnull=True).update(shredded_at=timezone.now())


def _purge(tombstones: QuerySet[DestroyedSighting], archive: Archive) -> None:
    rows = list(tombstones.filter(purged_at__isnull=True, shredded_at__isnull=False))
    if not rows:
        return
    purge(rows, archive)
    ids = [one.sighting_id for one in rows]
    for start in range(0, len(ids), BATCH_SIGHTINGS):
        chunk = DestroyedSighting.objects.filter(sighting_id__in=ids[start : start + BATCH_SIGHTINGS])
        chunk.update(purged_at=timezone.now())
