"""A request as the API gives it, and for whom its routes are."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Schema

from accounts.api.approvals import ApprovalOut
from accounts.api.approvals import shown as approval_shown
from accounts.models import User
from accounts.permissions import HANDLES_REQUESTS, READS_REQUESTS, may
from gdpr.clock import Clock, Standing, clock_of
from gdpr.models import Channel, Outcome, Request, Right, TermKind, TermState
from gdpr.queries.register import get_request
from gdpr.services import erasing
from gdpr.states import MOVES, State


def reads(actor: User) -> bool:
    """Return whether `actor` may read the register."""
    return may(actor, READS_REQUESTS)


def handles(actor: User) -> bool:
    """Return whether `actor` handles requests."""
    return may(actor, HANDLES_REQUESTS)


class ClockOut(Schema):
    """How a request stands in time."""

    standing: Standing
    legal_on: date = Field(description=gettext_noop("The last day by law."))
    safe_on: date = Field(description=gettext_noop("The day to answer by, with some to spare."))
    days_left: int
    paused: bool


class RequestOut(Schema):
    """A request in the register."""

    id: UUID
    number: str
    right: Right
    state: State
    person_name: str
    channel: Channel
    language: str
    received_on: date
    registered_at: datetime
    handler: str | None
    outcome: Outcome
    closed_at: datetime | None
    clock: ClockOut


class Term(Schema):
    """By what the person is known."""

    id: int
    kind: TermKind
    value: str
    state: TermState
    seen: int


class RequestWhole(RequestOut):
    """A request with where it is and what may follow."""

    grounds: list[str]
    identity_method: str
    mentions: bool | None
    may_become: list[State]
    terms: list[Term]
    messages: int = Field(description=gettext_noop("How many messages are located."))
    undecided: int
    disposal: UUID | None
    approval: ApprovalOut | None
    may_begin_at: datetime | None = Field(
        description=gettext_noop("From when on an approved erasure can be carried out.")
    )
    pack: str = Field(description=gettext_noop("The state of the copy of an access."))


def out(row: Request, clock: Clock) -> RequestOut:
    """Return a request of the register."""
    return RequestOut(**_fields(row, clock))


def whole(actor: User, request_id: UUID) -> RequestWhole:
    """Return a request as it is now; raise `NoSuchRequest`."""
    row = get_request(actor, request_id)
    approval = erasing.approval_of(row)
    pack = getattr(row, "pack", None)
    open_items = row.items.filter(carried_out="")
    return RequestWhole(
        **_fields(row, clock_of(row, list(row.questions.all()), today=timezone.localdate())),
        grounds=row.grounds,
        identity_method=row.identity_method,
        mentions=row.mentions,
        may_become=sorted(MOVES[State(row.state)]),
        terms=[
            Term(id=one.pk, kind=one.kind, value=one.value, state=one.state, seen=one.seen)
            for one in row.terms.order_by("id")
        ],
        messages=row.items.count(),
        undecided=open_items.filter(choice="").count(),
        disposal=row.disposal_id,
        approval=approval_shown(approval, actor) if approval else None,
        may_begin_at=erasing.may_begin_at(row),
        pack=pack.state if pack else "",
    )


def _fields(row: Request, clock: Clock) -> dict[str, object]:
    same = ("number", "right", "state", "person_name", "channel", "language", "received_on", "registered_at", "outcome")
    return {name: getattr(row, name) for name in same} | {
        "id": row.pk,
        "handler": row.handler.email if row.handler else None,
        "closed_at": row.closed_at,
        "clock": ClockOut(
            standing=clock.standing,
            legal_on=clock.deadline.legal_on,
            safe_on=clock.deadline.safe_on,
            days_left=clock.days_left,
            paused=clock.deadline.paused,
        ),
    }
