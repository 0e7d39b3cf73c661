"""What the rules make of mail: counts, lists, one message explained; labels, verdicts, events."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from accounts.api.once import ONCE, once
from accounts.api.shapes import In
from accounts.models import Action
from accounts.permissions import scope_of
from accounts.services import audit
from accounts.views.refusals import only_for
from archive import tasks
from archive.api.permitted import manages_retention, reads_retention
from archive.models import CustodianEvent
from archive.queries import due
from archive.queries.explanation import explained
from archive.queries.messages import get_visible
from archive.queries.reach import reaches_address
from archive.queueing import hint, order
from archive.services import events, labels, verdicts
from archive.shown import code_of, language, outcome_of
from muniment.policy.decide import Outcome
from muniment.policy.facts import Event

MAX_EVENTS: Final = 500

router = Router(tags=["retention"])

OutcomeCode = StrEnum("OutcomeCode", {one.name: code_of(one) for one in Outcome})


class Tally(Schema):
    """Counts of the last run, in what you may see."""

    counted_at: datetime | None = Field(description=gettext_noop("When the last run began; null before the first."))
    changed_since: int = Field(description=gettext_noop("Captures, rules, holds, events and restrictions since then."))
    messages: int
    by_outcome: dict[str, int]
    by_rule: dict[str, int]
    oldest_due: date | None


class DueIn(In):
    outcome: OutcomeCode = OutcomeCode.DUE
    rule: str = Field("", max_length=200, description=gettext_noop("A rule, as “id” or “id@version”."))
    through: date | None = Field(None, description=gettext_noop("Due up to this day."))
    after: UUID | None = Field(None, description=gettext_noop("What `following` gave, for the next page."))


class Listed(Schema):
    message: UUID
    subject: str
    sender: str
    date: datetime | None
    due_on: date | None
    rules: list[str]
    in_disposal: UUID | None = Field(description=gettext_noop("A list to destroy that it is on already."))


class DueList(Schema):
    total: int
    items: list[Listed] = Field(description=gettext_noop("The longest due first, 100 at a time."))
    following: UUID | None


class RuleSaid(Schema):
    id: str
    version: int
    said: list[str]


class HoldSaid(Schema):
    placed_on: date
    matter: UUID | None = Field(description=gettext_noop("Null where you may not know the matter."))
    name: str


class Explained(Schema):
    """Why a message is still here, and when it goes."""

    outcome: str
    due_on: date | None
    decided_on: date
    headline: str
    reasons: list[str]
    others: list[str] = Field(description=gettext_noop("Rules that have no say about it, and why."))
    rules: list[RuleSaid]
    holds: list[HoldSaid]
    labels: list[str]


class LabelIn(In):
    messages: list[UUID] = Field(min_length=1, max_length=labels.MAX_BATCH)
    label: str = Field(min_length=1, max_length=labels.MAX_LABEL_CHARS)


class VerdictIn(In):
    messages: list[UUID] = Field(min_length=1, max_length=verdicts.MAX_BATCH)
    keep_through: date | None = Field(description=gettext_noop("Keep them through this day; null lets them go."))
    reason: str = Field(min_length=1)


class Count(Schema):
    messages: int


class EventIn(In):
    address: str = Field(max_length=320)
    event: Event
    on: date


class EventOut(Schema):
    id: int
    address: str
    event: str
    on: date
    noted_by: str | None
    noted_at: datetime


class Events(Schema):
    items: list[EventOut]


@router.get("/retention", response=Tally, summary=gettext_noop("What is due, in counts"), operation_id="get_retention")
@only_for(reads_retention)
def get_retention(request: HttpRequest):
    last, tally = due.last_run(), due.tally(request.user)
    return Tally(
        counted_at=last.started_at if last else None,
        changed_since=due.changed_since(last).total if last else 0,
        messages=tally.messages,
        by_outcome={code_of(outcome): count for outcome, count in tally.by_outcome.items()},
        by_rule=tally.by_rule,
        oldest_due=tally.oldest_due,
    )


@router.post(
    "/retention/evaluate",
    response={202: None},
    summary=gettext_noop("Look at all mail again"),
    operation_id="evaluate_retention",
)
@only_for(manages_retention)
def evaluate(request: HttpRequest):  # noqa: ARG001 - handed over by place and name
    """A worker does it; the counts change when that is done."""
    order(tasks.evaluate_retention, forced=True)
    return Status(202, None)


@router.get("/retention/due", response=DueList, summary=gettext_noop("List what is due"), operation_id="list_due")
@only_for(reads_retention)
def list_due(request: HttpRequest, wanted: Query[DueIn]):
    """Messages of an outcome that you may see."""
    outcome = outcome_of(wanted.outcome.value)
    chosen = due.Wanted(outcome=outcome, rule=wanted.rule, through=wanted.through)
    found = due.page(request.user, chosen, after=wanted.after)
    audit.record(
        actor=request.user,
        action=Action.VIEW,
        scope=scope_of(request.user),
        details={"page": "retention-due", "outcome": outcome.name, "total": found.total},
    )
    return DueList(total=found.total, items=[_listed(one) for one in found.rows], following=found.following)


@router.get(
    "/messages/{uuid:message_id}/retention",
    response=Explained,
    summary=gettext_noop("Why a message is still here"),
    operation_id="explain_message",
)
@only_for(reads_retention)
def explain_message(request: HttpRequest, message_id: UUID):
    message = get_visible(request.user, message_id)
    audit.record(
        actor=request.user,
        action=Action.VIEW,
        objects=[f"message:{message.pk}"],
        details={"page": "message-retention"},
    )
    said = explained(request.user, message, language=language())
    return Explained(
        outcome=code_of(said.outcome),
        due_on=said.due_on,
        decided_on=said.decided_on,
        headline=said.headline,
        reasons=list(said.reasons),
        others=list(said.others),
        rules=[RuleSaid(id=one.rule.id, version=one.rule.version, said=list(one.sentences)) for one in said.rules],
        holds=[HoldSaid(placed_on=one.placed_on, matter=one.matter_id, name=one.name) for one in said.holds],
        labels=list(said.labels),
    )


@router.post(
    "/retention/labels/put", response=Count, summary=gettext_noop("Put a label on messages"), operation_id="put_label"
)
@only_for(manages_retention)
def put_label(request: HttpRequest, body: LabelIn):
    """Putting it again changes nothing."""
    return Count(messages=labels.put(actor=request.user, message_ids=body.messages, label=body.label))


@router.post(
    "/retention/labels/take-off",
    response=Count,
    summary=gettext_noop("Take a label off messages"),
    operation_id="take_label_off",
)
@only_for(manages_retention)
def take_label_off(request: HttpRequest, body: LabelIn):
    return Count(messages=labels.take_off(actor=request.user, message_ids=body.messages, label=body.label))


@router.post(
    "/retention/verdicts",
    response={201: Count},
    summary=gettext_noop("Decide about messages that came up"),
    operation_id="give_verdict",
    openapi_extra=ONCE,
)
@only_for(manages_retention)
def give_verdict(request: HttpRequest, body: VerdictIn):
    made = once(
        request,
        lambda: verdicts.give(
            actor=request.user, message_ids=body.messages, keep_through=body.keep_through, reason=body.reason
        ),
    )
    return Status(201, Count(messages=int(made)))


@router.get(
    "/retention/events",
    response=Events,
    summary=gettext_noop("List events of custodians"),
    operation_id="list_custodian_events",
)
@only_for(reads_retention)
def list_events(request: HttpRequest):
    """Of mailboxes in your scope, the newest first."""
    rows = CustodianEvent.objects.select_related("noted_by").order_by("-noted_at", "-id")[:MAX_EVENTS]
    return Events(items=[_event(row) for row in rows if reaches_address(request.user, row.address)])


@router.post(
    "/retention/events",
    response={201: EventOut},
    summary=gettext_noop("Note an event of a custodian"),
    operation_id="note_custodian_event",
    openapi_extra=ONCE,
)
@only_for(manages_retention)
def note_event(request: HttpRequest, body: EventIn):
    """Terms that count from it begin on that day."""
    made = once(
        request,
        lambda: events.note(actor=request.user, address=body.address, event=body.event, on=body.on).pk,
    )
    hint(tasks.evaluate_retention, forced=True)
    return Status(201, _event(CustodianEvent.objects.select_related("noted_by").get(pk=int(made))))


@router.delete(
    "/retention/events/{int:event_id}",
    response={204: None},
    summary=gettext_noop("Take back an event of a custodian"),
    operation_id="withdraw_custodian_event",
)
@only_for(manages_retention)
def withdraw_event(request: HttpRequest, event_id: int):
    events.withdraw(actor=request.user, event_id=event_id)
    hint(tasks.evaluate_retention, forced=True)
    return Status(204, None)


def _listed(row: due.Listed) -> Listed:
    return Listed(
        message=row.message.pk,
        subject=row.message.subject,
        sender=row.message.sender,
        date=row.message.date,
        due_on=row.due_on,
        rules=list(row.rules),
        in_disposal=row.in_disposal,
    )


def _event(row: CustodianEvent) -> EventOut:
    return EventOut(
        id=row.pk,
        address=row.address,
        event=row.event,
        on=row.on,
        noted_by=row.noted_by.email if row.noted_by else None,
        noted_at=row.noted_at,
    )
