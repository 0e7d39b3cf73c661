"""Holds that the evidence log tells of and the database does not know: it was put back from a backup of before.

The store still keeps the segments of what they covered, but a segment does not say for which of its messages. So
nothing at all is destroyed until two people have said, for each, that it was placed again or is over.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Action, Approval, TextKind, User
from accounts.permissions import APPROVES_IN_MATTERS, MANAGES_MATTERS, may
from accounts.services import approvals, audit
from archive.models import Hold, LogNote, LostHold, Segment
from archive.services import notes
from archive.services.continuity import refuse_unless_settled
from archive.services.notes import last_known
from archive.wiring import Archive
from muniment.errors import Refused, Transient
from muniment.log.entries import HoldPlaced, HoldReleased, LoggedEntry, decode
from muniment.log.reader import LogEmpty, LogReader

LET_GO: Final = "lost-hold"  # the kind of the approval; its subject is the hold's id
APPROVAL_DAYS: Final = 14


class HoldLost(Transient):
    """A hold is known to the log and not to the database: nothing is destroyed before it is let go by two people."""

    def __init__(self, hold_id: UUID) -> None:
        super().__init__(
            f"the evidence log tells of hold {hold_id}, which this database does not know: it was put back from a "
            "backup of before. Place the hold again, then have two people let the lost one go; until then nothing is "
            "destroyed"
        )


def find(archive: Archive, *, now: datetime | None = None) -> int:
    """Look for lost holds in what the log holds beyond all that the rows know; return how many are new.

    Call it at the start, before anything is logged: then the entries of a later time lie at the end. Raises `Corrupt`
    where the log is damaged, `StoreUnavailable`.
    """
    try:
        reader = LogReader.latest(archive.vault.segments, [archive.signer.verifier])
    except LogEmpty:
        return 0
    first = max(last_known(Segment), last_known(LogNote)) + 1
    placed: dict[UUID, datetime] = {}
    for logged in _entries(reader, first):
        match logged.entry:
            case HoldPlaced(hold_id=hold_id):
                placed[hold_id] = logged.at
            case HoldReleased(hold_id=hold_id):
                placed.pop(hold_id, None)
    known = set(Hold.objects.filter(id__in=placed).values_list("id", flat=True))
    known |= set(LostHold.objects.filter(hold_id__in=placed).values_list("hold_id", flat=True))
    lost = [
        LostHold(hold_id=hold_id, placed_at=at, found_at=now or timezone.now())
        for hold_id, at in placed.items()
        if hold_id not in known
    ]
    LostHold.objects.bulk_create(lost)
    return len(lost)


def standing() -> QuerySet[LostHold]:
    """Return the lost holds that nobody has let go."""
    return LostHold.objects.filter(let_go_at__isnull=True).order_by("placed_at")


def refuse_while_any() -> None:
    """Raise `HoldLost` while a lost hold stands. What decides about destruction calls it, under its lock.

    Raises `DatabaseReturned` where they were not looked for yet.
    """
    refuse_unless_settled()
    lost = standing().first()
    if lost is not None:
        raise HoldLost(lost.hold_id)


def ask_to_let_go(*, actor: User, hold_id: UUID, reason: str, now: datetime | None = None) -> Approval:
    """Ask that a second person agree to let a lost hold go. Raises `Refused`, `ApprovalRefused`."""
    at = now or timezone.now()
    _require(actor)
    if not standing().filter(hold_id=hold_id).exists():
        raise Refused(_("There is no such lost hold."))
    return approvals.ask(
        actor=actor,
        kind=LET_GO,
        subject=str(hold_id),
        reason=reason,
        may_approve=APPROVES_IN_MATTERS,
        expires_at=at + timedelta(days=APPROVAL_DAYS),
        now=at,
    )


def let_go(*, actor: User, hold_id: UUID, now: datetime | None = None) -> LostHold:
    """Let a lost hold go that a second person agreed about. Raises `Refused`, `ApprovalRefused`."""
    at = now or timezone.now()
    _require(actor)
    with transaction.atomic():
        row = LostHold.objects.select_for_update().filter(hold_id=hold_id, let_go_at__isnull=True).first()
        if row is None:
            raise Refused(_("There is no such lost hold."))
        approval = approvals.consume(actor=actor, kind=LET_GO, subject=str(hold_id), now=at)
        row.let_go_at, row.let_go_by = at, actor
        row.save(update_fields=["let_go_at", "let_go_by"])
        decision = {"approval": approval.pk, "hold": str(hold_id), "lost": True, "released_at": at.isoformat()}
        notes.write(
            lambda commitment: HoldReleased(hold_id=hold_id, commitment=commitment),
            subject=f"hold:{hold_id}",
            document=json.dumps(decision, sort_keys=True, separators=(",", ":")),
            at=at,
        )  # so that another database from before does not miss it again
        audit.record(
            actor=actor,
            action=Action.HOLD_RELEASED,
            objects=[f"hold:{hold_id}", f"approval:{approval.pk}"],
            details={"lost": True},
            texts={TextKind.REASON: approval.reason},
            now=at,
        )
    return row


def _entries(reader: LogReader, first: int) -> Iterator[LoggedEntry]:
    if first < reader.checkpoint.size:
        for data in reader.entries(first):
            logged = decode(data)
            if isinstance(logged, LoggedEntry):
                yield logged


def _require(actor: User) -> None:
    if not may(actor, MANAGES_MATTERS):
        raise Refused(_("Lost holds are let go by legal or a compliance officer."))
