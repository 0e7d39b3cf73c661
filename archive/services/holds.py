"""Place legal holds, and release them by two people (docs/holds.md).

    place     the store's legal hold on what the hold covers first, then the row, then all other mail that was there;
              at last the store lets go of what was destroyed before the row
    ask       somebody asks for the release, another approves
    release   the row, then the store's legal hold, last, where no other hold stands

Between the row and the last cover a kill loses nothing: `complete` goes on, and the sweep calls it.
"""

import json
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator
from accounts.models import Action, Approval, Matter, MatterState, Role, TextKind, User
from accounts.permissions import APPROVES_IN_MATTERS, MANAGES_MATTERS, may, scope_of
from accounts.queries.matters import is_member
from accounts.services import approvals, audit
from archive.models import DestroyedSighting, HeldSighting, Hold, HoldIntent, HoldKind, Sighting
from archive.services import hold_terms, notes, store_holds
from archive.services.covering import ALL_MAIL, BATCH_MESSAGES, candidates, cover, cover_hold
from archive.services.governing import governing
from archive.wiring import Archive
from muniment.errors import MunimentError, Transient
from muniment.ids import UuidSequence
from muniment.log.entries import HoldPlaced, HoldReleased

RELEASE: Final = "hold-release"  # the kind of approval
APPROVAL_DAYS: Final = 14  # a release that nobody decided by then is asked for again
ABANDONED_AFTER: Final = timedelta(minutes=10)  # between the store's hold and the row: a batch takes seconds
_IDS: Final = UuidSequence()

log = logging.getLogger(__name__)
Actor = User | Operator


def place(
    *,
    actor: Actor,
    matter: Matter,
    name: str,
    reason: str,
    kind: HoldKind | str,
    addresses: Iterable[str] = (),
    query: str = "",
    message_ids: Collection[UUID] = (),
    archive: Archive,
    now: datetime | None = None,
    complete: bool = True,
) -> Hold:
    """Place a hold: from the moment that this returns, nothing that it covers can be destroyed.

    `message_ids` may be ids of messages or of their sightings, each visible to `actor`; holds on custodians and queries
    cover all such mail, whatever `actor` may see of it. What had been destroyed before is named by `too_late_for`.
    `covered_at` is NULL while mail is still being looked through, as it is when the store or the index stops answering
    in between; nothing at all is destroyed meanwhile, and the sweep completes it. With `complete` False it is left to
    `archive.services.holds.complete` from the start.

    Raises `HoldRefused`, `QueryError`, `NotFound`, and `StoreUnavailable` or `IndexUnavailable` with nothing placed.
    """
    at, begun = now or timezone.now(), timezone.now()
    _require(actor, matter)
    if matter.state != MatterState.OPEN:
        raise hold_terms.HoldRefused(_("The matter is closed: a hold is placed in an open one."))
    terms = hold_terms.checked(
        name=name,
        reason=reason,
        kind=HoldKind(kind),
        addresses=addresses,
        query=query,
        at=at,
        scope=scope_of(actor, now=at) if isinstance(actor, User) else ALL_MAIL,
        engine=archive.engine,
    )
    hold = Hold(
        id=_IDS.next(),
        matter=matter,
        name=terms.name,
        reason=terms.reason,
        kind=terms.kind,
        addresses=list(terms.addresses),
        query=terms.query,
        placed_by=actor if isinstance(actor, User) else None,
        placed_at=at,
    )
    chosen = hold_terms.chosen(actor, message_ids) if terms.kind == HoldKind.MESSAGES else None
    wanted = list(chosen.message_ids) if chosen else candidates(hold, archive.engine)
    first = wanted if chosen else wanted[:BATCH_MESSAGES]
    with _protected(hold, list(_segments(first)), archive):
        _commit(actor, hold, chosen, archive, lost=lambda: _destroyed_since(begun, wanted))
    _log_at_once(archive)
    if complete:
        _complete(hold, archive)
    return Hold.objects.get(id=hold.id)


def ask_release(*, actor: User, hold: Hold, reason: str, now: datetime | None = None) -> Approval:
    """Ask that somebody else allow the release. Raises `HoldRefused` or `ApprovalRefused`."""
    at = now or timezone.now()
    _require(actor, hold.matter)
    if Hold.objects.filter(id=hold.id, released_at__isnull=False).exists():
        raise _released()
    return approvals.ask(
        actor=actor,
        kind=RELEASE,
        subject=str(hold.id),
        reason=reason,
        may_approve=APPROVES_IN_MATTERS,
        expires_at=at + timedelta(days=APPROVAL_DAYS),
        digest=digest_of(hold),
        now=at,
    )


def release(*, actor: Actor, hold: Hold, archive: Archive, now: datetime | None = None) -> Hold:
    """Release a hold that a second person let go; afterwards the mail follows its retention rules again.

    Raises `HoldRefused` or `ApprovalRefused`. The store's legal hold is lifted last: where the store does not answer,
    `store_lifted_at` stays NULL, and the sweep lifts it.
    """
    at = now or timezone.now()
    _require(actor, hold.matter)
    with governing():
        row = Hold.objects.select_for_update().select_related("matter").get(id=hold.id)
        if row.released_at is not None:
            raise _released()
        if row.covered_at is None:
            raise hold_terms.HoldRefused(_("The hold is still being placed: release it once it covers all its mail."))
        approval = approvals.consume(actor=actor, kind=RELEASE, subject=str(row.id), digest=digest_of(row), now=at)
        row.released_at, row.released_by = at, actor if isinstance(actor, User) else None
        row.save(update_fields=["released_at", "released_by"])
        decision = {"approval": approval.pk, "hold": str(row.id), "released_at": at.isoformat()}
        notes.write(
            lambda commitment: HoldReleased(hold_id=row.id, commitment=commitment),
            subject=f"hold:{row.id}",
            document=_canonical(decision | {"terms": digest_of(row)}),
            at=at,
        )
        audit.record(
            actor=actor,
            action=Action.HOLD_RELEASED,
            matter_id=row.matter_id,
            objects=[f"hold:{row.id}", f"approval:{approval.pk}"],
            texts={TextKind.REASON: approval.reason},
            now=at,
        )
    _log_at_once(archive)
    _lift(row, archive)
    return Hold.objects.get(id=row.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What `complete` did: holds that now cover all, releases of which the store's hold is lifted, and what is left."""

    covered: int = 0
    lifted: int = 0
    left: int = 0


def unfinished() -> bool:
    """Return whether `complete` has anything to do."""
    covering_waits = Q(released_at__isnull=True, covered_at__isnull=True)
    lifting_waits = Q(released_at__isnull=False, store_lifted_at__isnull=True)
    return Hold.objects.filter(covering_waits | lifting_waits).exists() or HoldIntent.objects.exists()


def complete(
    archive: Archive, *, seconds: float | None = None, abandoned_after: timedelta = ABANDONED_AFTER
) -> Completed:
    """Go on with what a kill, or a store or index that did not answer, left undone. Safe to repeat and to run twice.

    `seconds` are for each hold, besides listing what it covers. A placing that was killed before its row was written is
    taken for abandoned after so long, and what one set in the store beyond its covers is lifted then.
    """
    standing = list(Hold.objects.filter(released_at__isnull=True, covered_at__isnull=True).order_by("id"))
    released = list(Hold.objects.filter(released_at__isnull=False, store_lifted_at__isnull=True).order_by("id"))
    covered = sum(_complete(hold, archive, seconds=seconds) for hold in standing)
    lifted = sum(_lift(hold, archive) for hold in released)
    with suppress(Transient):
        store_holds.lift_abandoned(store=archive.vault.segments, before=timezone.now() - abandoned_after)
    return Completed(covered=covered, lifted=lifted, left=len(standing) + len(released) - covered - lifted)


def terms_of(hold: Hold) -> dict[str, Any]:
    """Return what a hold says, as it is committed to in the evidence log."""
    return {
        "addresses": sorted(hold.addresses),
        "hold": str(hold.id),
        "kind": str(hold.kind),
        "matter": str(hold.matter_id),
        "name": hold.name,
        "placed_at": hold.placed_at.isoformat(),
        "query": hold.query,
    }


def digest_of(hold: Hold) -> str:
    """Return the hex SHA-256 of a hold's terms: what the approval of its release is bound to."""
    return sha256(_canonical(terms_of(hold)).encode()).hexdigest()


@contextmanager
def _protected(hold: Hold, segment_ids: Collection[UUID], archive: Archive) -> Iterator[None]:
    """Set the store's legal hold before the row is written; take it back where the row is not."""
    store_holds.intend(hold.id, segment_ids, at=timezone.now())
    try:
        store_holds.protect(archive.vault.segments, segment_ids)
        yield
    except BaseException:
        with suppress(Transient):  # then the sweep does it
            store_holds.let_go(hold.id, store=archive.vault.segments)
        raise


def _commit(
    actor: Actor, hold: Hold, chosen: hold_terms.Chosen | None, archive: Archive, *, lost: Callable[[], set[str]]
) -> None:
    """Write the row: from then on it binds. A hold on messages is covered in the same transaction.

    `lost` tells, under the lock, what was destroyed while this hold was on its way: its rows may be gone already.
    """
    with governing():
        if Matter.objects.select_for_update().get(id=hold.matter_id).state != MatterState.OPEN:
            raise hold_terms.HoldRefused(_("The matter is closed: a hold is placed in an open one."))
        hold.too_late_for = sorted(lost() | set(map(str, chosen.destroyed if chosen else ())))
        hold.save(force_insert=True)
        if chosen is not None:
            cover({hold.id: chosen.message_ids}, store=archive.vault.segments, at=hold.placed_at)
            hold.refresh_from_db(fields=["too_late_for"])
            hold.covered_at = hold.placed_at
            hold.save(update_fields=["covered_at"])
        covered = sorted(map(str, HeldSighting.objects.filter(hold=hold).values_list("sighting_id", flat=True)))
        document = terms_of(hold) | ({"sightings": covered} if chosen is not None else {})
        notes.write(
            lambda commitment: HoldPlaced(hold_id=hold.id, commitment=commitment),
            subject=f"hold:{hold.id}",
            document=_canonical(document),
            at=hold.placed_at,
        )
        texts = {TextKind.REASON: hold.reason, TextKind.QUERY: hold.query, TextKind.ADDRESS: " ".join(hold.addresses)}
        audit.record(
            actor=actor,
            action=Action.HOLD_PLACED,
            matter_id=hold.matter_id,
            objects=[f"hold:{hold.id}"],
            details={"kind": str(hold.kind), "sightings": len(covered), "too_late_for": len(hold.too_late_for)},
            texts=texts,
            now=hold.placed_at,
        )


def _log_at_once(archive: Archive) -> None:
    """Put what was just placed or released into the log now, so that a database from before is told what it lacks.

    Where that fails the sweep does it; the hold stands.
    """
    try:
        notes.log_pending(archive)
    except MunimentError:
        log.warning("hold placed or released, not in the evidence log yet", exc_info=True)


def _complete(hold: Hold, archive: Archive, *, seconds: float | None = None) -> bool:
    try:
        if hold.covered_at is None and not cover_hold(hold, archive=archive, seconds=seconds):
            return False
    except Transient:
        log.warning("hold stands, its coverage waits", extra={"hold_id": str(hold.id)}, exc_info=True)
        return False
    with suppress(Transient):  # then the sweep does it
        store_holds.let_go(hold.id, store=archive.vault.segments)
    return True


def _lift(hold: Hold, archive: Archive) -> bool:
    try:
        segments = store_holds.lift(store_holds.segments_of(hold), store=archive.vault.segments)
    except Transient:
        log.warning("hold released, the store's hold waits", extra={"hold_id": str(hold.id)}, exc_info=True)
        return False
    Hold.objects.filter(id=hold.id, store_lifted_at__isnull=True).update(store_lifted_at=timezone.now())
    log.info("store's hold lifted", extra={"hold_id": str(hold.id), "segments": segments})
    return True


def _destroyed_since(begun: datetime, message_ids: Collection[UUID]) -> set[str]:
    """Return the sightings of these messages that were destroyed since, or are being destroyed."""
    wanted = set(message_ids)
    recent = DestroyedSighting.objects.filter(Q(purged_at__isnull=True) | Q(purged_at__gte=begun))
    rows = recent.values_list("sighting_id", "message_id").iterator(chunk_size=BATCH_MESSAGES)
    return {str(sighting_id) for sighting_id, message_id in rows if not wanted.isdisjoint((sighting_id, message_id))}


def _require(actor: Actor, matter: Matter) -> None:
    """Raise `HoldRefused` for whoever neither works on the matter nor is a compliance officer."""
    watches = isinstance(actor, User) and actor.role == Role.COMPLIANCE
    if not may(actor, MANAGES_MATTERS) or not (watches or is_member(actor, matter)):
        raise hold_terms.HoldRefused(_("Holds are placed and released by legal or compliance, in their own matters."))


def _released() -> hold_terms.HoldRefused:
    return hold_terms.HoldRefused(_("The hold has been released already."))


def _segments(message_ids: Collection[UUID]) -> Iterable[UUID]:
    wanted = list(message_ids)
    for start in range(0, len(wanted), BATCH_MESSAGES):
        rows = Sighting.objects.filter(message_id__in=wanted[start : start + BATCH_MESSAGES])
        yield from rows.values_list("segment_id", flat=True)


def _canonical(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
