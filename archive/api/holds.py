"""Legal holds of a matter: placed by one person of it, released by two."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from accounts.api.approvals import ApprovalOut, Because, shown
from accounts.api.once import ONCE, once
from accounts.api.shapes import In, Slice
from accounts.models import Approval, ApprovalState, Matter, User
from accounts.permissions import MANAGES_MATTERS, OPENED_BY_MATTERS, may
from accounts.queries.matters import get_worked_on
from accounts.views.refusals import only_for
from archive.api.evidence import Proved, notes_of, proved
from archive.models import Hold, HoldKind
from archive.queries.holds import covered_messages, covered_sightings
from archive.services import holds
from archive.services.hold_terms import MAX_ADDRESSES, MAX_MESSAGES, MAX_NAME_CHARS, MAX_REASON_CHARS
from archive.wiring import archive
from muniment.errors import Refused

router = Router(tags=["holds"])


class NoSuchHold(Refused):
    """There is no such hold, or it is in a matter that the caller does not work on."""


class HoldIn(In):
    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    reason: str = Field(min_length=1, max_length=MAX_REASON_CHARS)
    kind: HoldKind
    addresses: list[str] = Field(
        [], max_length=MAX_ADDRESSES, description=gettext_noop("Whose mail, for a hold on custodians.")
    )
    query: str = Field("", description=gettext_noop("Which mail, for a hold on a query: also what comes later."))
    messages: list[UUID] = Field(
        [], max_length=MAX_MESSAGES, description=gettext_noop("Which messages, for a hold on messages.")
    )


class HoldOut(Schema):
    id: UUID
    matter: UUID
    name: str
    reason: str
    kind: HoldKind
    addresses: list[str]
    query: str
    placed_by: str | None
    placed_at: datetime
    covered_at: datetime | None = Field(
        description=gettext_noop("When all mail that was there had been looked through.")
    )
    captures: int = Field(description=gettext_noop("How many captures of messages it covers, of those you may see."))
    messages_seen: int = Field(description=gettext_noop("How many messages of it you may see."))
    too_late_for: int = Field(description=gettext_noop("How many captures had been destroyed before."))
    released_by: str | None
    released_at: datetime | None
    approval: ApprovalOut | None = Field(description=gettext_noop("The request for its release that is open or given."))


class Holds(Schema):
    total: int
    items: list[HoldOut]


class Proofs(Schema):
    items: list[Proved] = Field(description=gettext_noop("That it was placed, and that it was released."))


@router.get(
    "/matters/{uuid:matter_id}/holds", response=Holds, summary=gettext_noop("List holds"), operation_id="list_holds"
)
@only_for(lambda actor: may(actor, OPENED_BY_MATTERS))
def list_holds(request: HttpRequest, matter_id: UUID, wanted: Query[Slice]):
    """Those of a matter that you work on, released ones too, the newest first."""
    rows = _of(get_worked_on(request.user, matter_id)).order_by("-id")
    return Holds(total=rows.count(), items=[_out(request.user, row) for row in wanted.of(rows)])


@router.post(
    "/matters/{uuid:matter_id}/holds",
    response={201: HoldOut},
    summary=gettext_noop("Place a hold"),
    operation_id="place_hold",
    openapi_extra=ONCE,
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def place_hold(request: HttpRequest, matter_id: UUID, body: HoldIn):
    """From then on nothing that it covers can be destroyed. Its terms never change."""
    matter = get_worked_on(request.user, matter_id)
    made = once(
        request,
        lambda: (
            holds.place(
                actor=request.user,
                matter=matter,
                name=body.name,
                reason=body.reason,
                kind=body.kind,
                addresses=body.addresses,
                query=body.query,
                message_ids=body.messages,
                archive=archive(),
            ).pk
        ),
    )
    return Status(201, _out(request.user, _hold(request, matter_id, UUID(made))))


@router.get(
    "/matters/{uuid:matter_id}/holds/{uuid:hold_id}",
    response=HoldOut,
    summary=gettext_noop("One hold"),
    operation_id="get_hold",
)
@only_for(lambda actor: may(actor, OPENED_BY_MATTERS))
def get_hold(request: HttpRequest, matter_id: UUID, hold_id: UUID):
    return _out(request.user, _hold(request, matter_id, hold_id))


@router.get(
    "/matters/{uuid:matter_id}/holds/{uuid:hold_id}/proof",
    response=Proofs,
    summary=gettext_noop("Prove a hold"),
    operation_id="prove_hold",
)
@only_for(lambda actor: may(actor, OPENED_BY_MATTERS))
def prove_hold(request: HttpRequest, matter_id: UUID, hold_id: UUID):
    """That its terms stand in the evidence log; not there until they are logged, which takes seconds."""
    row = _hold(request, matter_id, hold_id)
    return Proofs(items=[proved(note) for note in notes_of("hold", row.pk)])


@router.post(
    "/matters/{uuid:matter_id}/holds/{uuid:hold_id}/ask-release",
    response={201: ApprovalOut},
    summary=gettext_noop("Ask for the release of a hold"),
    operation_id="ask_release",
    openapi_extra=ONCE,
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def ask_release(request: HttpRequest, matter_id: UUID, hold_id: UUID, body: Because):
    """Somebody else has to approve it."""
    row = _hold(request, matter_id, hold_id)
    made = once(request, lambda: holds.ask_release(actor=request.user, hold=row, reason=body.reason).pk)
    return Status(201, shown(Approval.objects.select_related("asked_by", "decided_by").get(pk=int(made)), request.user))


@router.post(
    "/matters/{uuid:matter_id}/holds/{uuid:hold_id}/release",
    response=HoldOut,
    summary=gettext_noop("Release a hold"),
    operation_id="release_hold",
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def release_hold(request: HttpRequest, matter_id: UUID, hold_id: UUID):
    """Once a second person has approved it. The mail follows its retention rules again."""
    row = _hold(request, matter_id, hold_id)
    return _out(request.user, holds.release(actor=request.user, hold=row, archive=archive()))


def _of(matter: Matter):
    return Hold.objects.select_related("matter", "placed_by", "released_by").filter(matter=matter)


def _hold(request: HttpRequest, matter_id: UUID, hold_id: UUID) -> Hold:
    row = _of(get_worked_on(request.user, matter_id)).filter(pk=hold_id).first()
    if row is None:
        raise NoSuchHold
    return row


def _out(actor: User, row: Hold) -> HoldOut:
    live = Approval.objects.select_related("asked_by", "decided_by").filter(
        kind=holds.RELEASE,
        subject=str(row.pk),
        state__in=(ApprovalState.OPEN, ApprovalState.GIVEN),
        expires_at__gt=timezone.now(),
    )
    approval = live.first()
    return HoldOut(
        id=row.pk,
        matter=row.matter_id,
        name=row.name,
        reason=row.reason,
        kind=row.kind,
        addresses=row.addresses,
        query=row.query,
        placed_by=row.placed_by.email if row.placed_by else None,
        placed_at=row.placed_at,
        covered_at=row.covered_at,
        captures=covered_sightings(actor, row).count(),
        messages_seen=covered_messages(actor, row).count(),
        too_late_for=len(row.too_late_for),
        released_by=row.released_by.email if row.released_by else None,
        released_at=row.released_at,
        approval=shown(approval, actor) if approval else None,
    )
