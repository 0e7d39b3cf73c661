"""The located messages of a request: read, decided, frozen, approved, carried out, answered."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from accounts.api.approvals import Because, Why
from accounts.api.shapes import In, Slice
from accounts.models import Action, User
from accounts.services import audit
from accounts.views.refusals import only_for
from archive.queries.messages import visible_rows
from gdpr import tasks
from gdpr.api.shapes import RequestWhole, handles, reads, whole
from gdpr.models import Choice, Code, Concern, LocatedItem, Request, Right
from gdpr.queries.located import messages_of
from gdpr.queries.register import get_request
from gdpr.services import answering, deciding, erasing, packs, reopening
from gdpr.states import NotAllowed

MAX_ITEMS = 10_000

router = Router(tags=["requests"])


class ItemsIn(Slice):
    concern: Concern | None = None
    undecided: bool = Field(default=False, description=gettext_noop("Only messages that nobody has decided about."))


class Item(Schema):
    """A located message. Subject and sender only where you may see the message."""

    id: int
    message: UUID | None
    subject: str
    sender: str
    sent_at: datetime | None
    concern: Concern
    others: int = Field(description=gettext_noop("How many other addresses take part."))
    proposal: str
    reasons: list[str]
    choice: str
    code: str
    reason: str
    carried_out: str


class Items(Schema):
    total: int
    items: list[Item]


class DecisionIn(In):
    """A decision about these messages, or about all of a class that are undecided."""

    choice: Choice
    code: Code | None = Field(None, description=gettext_noop("The ground, where a message is withheld or kept."))
    reason: str = Field(min_length=1, max_length=deciding.MAX_REASON_CHARS)
    items: list[int] = Field([], max_length=MAX_ITEMS)
    concern: Concern | None = None


class Decided(Schema):
    taken: int
    refused: dict[str, int] = Field(description=gettext_noop("How many were not decided so, by reason."))


class Settled(Schema):
    sealed: bool
    changed: int = Field(description=gettext_noop("How many came back because rules or holds have changed."))


class Confirmed(In):
    messages: int = Field(
        ge=0,
        description=gettext_noop("How many messages it is about: said again, so that nothing else is carried out."),
    )


@router.get(
    "/requests/{uuid:request_id}/messages",
    response=Items,
    summary=gettext_noop("List located messages"),
    operation_id="list_located",
)
@only_for(reads)
def list_located(request: HttpRequest, request_id: UUID, wanted: Query[ItemsIn]):
    row = get_request(request.user, request_id)
    found = row.items.order_by("concern", "sent_at", "pk")
    if wanted.concern:
        found = found.filter(concern=wanted.concern)
    if wanted.undecided:
        found = found.filter(choice="", carried_out="")
    chosen = list(wanted.of(found))
    audit.record(
        actor=request.user,
        action=Action.VIEW,
        objects=[f"request:{row.pk}"],
        details={"page": "request-messages", "messages": len(chosen)},
    )
    return Items(total=found.count(), items=_items(request.user, chosen))


@router.post(
    "/requests/{uuid:request_id}/decide",
    response=Decided,
    summary=gettext_noop("Decide about located messages"),
    operation_id="decide_located",
)
@only_for(handles)
def decide(request: HttpRequest, request_id: UUID, body: DecisionIn):
    """By their ids, or by their class."""
    if bool(body.items) == bool(body.concern):
        raise NotAllowed(_("Choose messages, or a class of them."))
    made = deciding.decide(
        actor=request.user,
        request_id=request_id,
        choice=body.choice,
        code=body.code,
        reason=body.reason,
        item_ids=body.items or None,
        concern=body.concern,
    )
    return Decided(taken=made.taken, refused=dict(made.refused))


@router.post(
    "/requests/{uuid:request_id}/check",
    response=RequestWhole,
    summary=gettext_noop("End the review"),
    operation_id="check_request",
)
@only_for(handles)
def check(request: HttpRequest, request_id: UUID):
    """Every message is decided."""
    deciding.check(actor=request.user, request_id=request_id)
    return whole(request.user, request_id)


@router.post(
    "/requests/{uuid:request_id}/settle",
    response=Settled,
    summary=gettext_noop("Freeze the decisions"),
    operation_id="settle_request",
)
@only_for(handles)
def settle(request: HttpRequest, request_id: UUID):
    """Rules and holds of today are asked about each; what has changed goes back to the review."""
    made = deciding.settle(actor=request.user, request_id=request_id)
    return Settled(sealed=made.sealed, changed=made.changed)


@router.post(
    "/requests/{uuid:request_id}/back",
    response=RequestWhole,
    summary=gettext_noop("Go back to the review"),
    operation_id="back_to_review",
)
@only_for(handles)
def back(request: HttpRequest, request_id: UUID, body: Why):
    deciding.back_to_review(actor=request.user, request_id=request_id, reason=body.reason)
    return whole(request.user, request_id)


@router.post(
    "/requests/{uuid:request_id}/ask-approval",
    response=RequestWhole,
    summary=gettext_noop("Ask for approval of an erasure"),
    operation_id="ask_erasure_approval",
)
@only_for(handles)
def ask_approval(request: HttpRequest, request_id: UUID, body: Because):
    """A second person of compliance or legal decides."""
    erasing.ask_approval(actor=request.user, request_id=request_id, reason=body.reason)
    return whole(request.user, request_id)


@router.post(
    "/requests/{uuid:request_id}/stop",
    response=RequestWhole,
    summary=gettext_noop("Stop before it is carried out"),
    operation_id="stop_request",
)
@only_for(handles)
def stop(request: HttpRequest, request_id: UUID, body: Because):
    """The decisions are open again."""
    row = get_request(request.user, request_id)
    act = erasing.stop if row.right == Right.ERASURE else packs.stop
    act(actor=request.user, request_id=request_id, reason=body.reason)
    return whole(request.user, request_id)


@router.post(
    "/requests/{uuid:request_id}/carry-out",
    response={202: RequestWhole},
    summary=gettext_noop("Carry the decisions out"),
    operation_id="carry_out_request",
)
@only_for(handles)
def carry_out(request: HttpRequest, request_id: UUID, body: Confirmed):
    """An erasure that was approved and whose days of cooling off are over, or an access. A worker goes on with it."""
    row = get_request(request.user, request_id)
    expected = _expected(row)
    if body.messages != expected:
        raise NotAllowed(
            _("Nothing was carried out: it is about %(count)d messages; say that number.") % {"count": expected}
        )
    if row.right == Right.ERASURE:
        erasing.begin(actor=request.user, request_id=row.pk)
        tasks.queue_erasure(row.pk, request.user.pk)
    else:
        packs.release(actor=request.user, request_id=row.pk)
        tasks.queue_pack(row.pk)
    return Status(202, whole(request.user, request_id))


@router.post(
    "/requests/{uuid:request_id}/close",
    response=RequestWhole,
    summary=gettext_noop("Close a request"),
    operation_id="close_request",
)
@only_for(handles)
def close(request: HttpRequest, request_id: UUID):
    """Once the answer was sent."""
    answering.close(actor=request.user, request_id=request_id)
    return whole(request.user, request_id)


@router.post(
    "/requests/{uuid:request_id}/reopen",
    response=RequestWhole,
    summary=gettext_noop("Open a closed request again"),
    operation_id="reopen_request",
)
@only_for(handles)
def reopen(request: HttpRequest, request_id: UUID, body: Because):
    """Its clock counts from today."""
    reopening.reopen(actor=request.user, request_id=request_id, reason=body.reason)
    return whole(request.user, request_id)


@router.post(
    "/requests/{uuid:request_id}/decide-again",
    response=RequestWhole,
    summary=gettext_noop("Decide again what can be decided now"),
    operation_id="decide_again",
)
@only_for(handles)
def decide_again(request: HttpRequest, request_id: UUID):
    reopening.decide_again(actor=request.user, request_id=request_id)
    return whole(request.user, request_id)


def _expected(row: Request) -> int:
    """Return the number that the page asks to be typed."""
    chosen = Choice.ERASE if row.right == Right.ERASURE else Choice.RELEASE
    return row.items.filter(carried_out="", choice=chosen).count()


def _items(actor: User, rows: list[LocatedItem]) -> list[Item]:
    belongs = messages_of([row.sighting_id for row in rows])
    seen = visible_rows(actor, set(belongs.values()))
    language = "fr" if get_language() == "fr" else "en"
    return [_item(row, seen.get(belongs.get(row.sighting_id)), language) for row in rows]


def _item(row: LocatedItem, message, language: str) -> Item:
    same = ("sent_at", "concern", "others", "proposal", "choice", "code", "reason", "carried_out")
    return Item(
        **{name: getattr(row, name) for name in same},
        id=row.pk,
        message=message.pk if message else None,
        subject=message.subject if message else "",
        sender=message.sender if message else "",
        reasons=list(row.reasons.get(language, ())),
    )
