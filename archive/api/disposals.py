"""Destruction of expired mail: a frozen list, the approval of a second person, the execution, the certificate."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from accounts.api.approvals import ApprovalOut, Because, Why, shown
from accounts.api.once import ONCE, once
from accounts.api.shapes import In, Slice
from accounts.models import Action, Approval, User
from accounts.services import audit
from accounts.services.approvals import ApprovalRefused
from accounts.views.refusals import only_for
from archive import tasks
from archive.api.evidence import NoSuchEntry, Proved, proved
from archive.api.permitted import executes, manages_retention, reads_retention
from archive.models import Cause, Disposal, DisposalState
from archive.queries import disposals as queries
from archive.queries.messages import NotFound
from archive.queueing import hint
from archive.services import certificates, disposal, proposals
from archive.views.retention import MAX_LISTED

router = Router(tags=["disposals"])


class DisposalIn(In):
    messages: list[UUID] = Field(min_length=1, max_length=MAX_LISTED)
    reason: str = Field(min_length=1, max_length=proposals.MAX_REASON_CHARS)


class Confirmed(In):
    messages: int = Field(
        ge=1,
        description=gettext_noop("How many messages are on the list: said again, so that no wrong list is destroyed."),
    )


class DisposalOut(Schema):
    """A list to destroy, in counts."""

    id: UUID
    state: DisposalState
    reason: str
    as_of: date
    digest: str
    proposed_by: str | None
    proposed_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    messages: int
    captures: int
    size_bytes: int
    outcomes: dict[str, int]
    spared: dict[str, int] = Field(description=gettext_noop("How many were spared, by reason."))
    rules: dict[str, int]
    approval: ApprovalOut | None
    why_not: str = Field(description=gettext_noop("Why you cannot execute it now; empty when you can."))
    certified: bool


class Disposals(Schema):
    total: int
    items: list[DisposalOut]


class Certificate(Schema):
    """What was destroyed, on whose word, under which rules."""

    text: str = Field(description=gettext_noop("The certificate as it is logged."))
    fields: dict[str, Any]
    proof: Proved | None = Field(description=gettext_noop("Its proof in the evidence log; null until it is logged."))


@router.get("/disposals", response=Disposals, summary=gettext_noop("List destructions"), operation_id="list_disposals")
@only_for(reads_retention)
def list_disposals(request: HttpRequest, wanted: Query[Slice]):
    """The newest first."""
    rows = queries.disposals()
    return Disposals(total=rows.count(), items=[_out(request.user, row) for row in wanted.of(rows)])


@router.post(
    "/disposals",
    response={201: DisposalOut},
    summary=gettext_noop("Propose what is to be destroyed"),
    operation_id="propose_disposal",
    openapi_extra=ONCE,
)
@only_for(manages_retention)
def propose_disposal(request: HttpRequest, body: DisposalIn):
    """Nothing is destroyed before somebody else has approved. Refused as a whole where a message is not due."""
    made = once(
        request,
        lambda: (
            proposals.propose(
                actor=request.user, cause=Cause.DISPOSAL, message_ids=body.messages, reason=body.reason
            ).pk
        ),
    )
    return Status(201, _out(request.user, queries.get_disposal(UUID(made))))


@router.get(
    "/disposals/{uuid:disposal_id}",
    response=DisposalOut,
    summary=gettext_noop("One destruction"),
    operation_id="get_disposal",
)
@only_for(reads_retention)
def get_disposal(request: HttpRequest, disposal_id: UUID):
    return _out(request.user, queries.get_disposal(disposal_id))


@router.post(
    "/disposals/{uuid:disposal_id}/ask-approval",
    response={201: ApprovalOut},
    summary=gettext_noop("Ask for approval of a destruction"),
    operation_id="ask_disposal_approval",
    openapi_extra=ONCE,
)
@only_for(manages_retention)
def ask_disposal_approval(request: HttpRequest, disposal_id: UUID, body: Why):
    row = queries.get_disposal(disposal_id)
    made = once(request, lambda: proposals.ask_approval(actor=request.user, disposal=row, reason=body.reason).pk)
    return Status(201, shown(Approval.objects.select_related("asked_by", "decided_by").get(pk=int(made)), request.user))


@router.post(
    "/disposals/{uuid:disposal_id}/execute",
    response={202: DisposalOut},
    summary=gettext_noop("Execute a destruction"),
    operation_id="execute_disposal",
)
@only_for(executes)
def execute_disposal(request: HttpRequest, disposal_id: UUID, body: Confirmed):
    """Needs the approval of a second person, who may not execute it. A worker does it; what is destroyed is gone."""
    row = queries.get_disposal(disposal_id)
    why_not = queries.why_not_execute(request.user, row, queries.approval_of(row), timezone.now())
    if why_not:
        raise ApprovalRefused(why_not)
    count = row.items.count()
    if body.messages != count:
        raise proposals.NotProposed(f"Nothing was destroyed: the list has {count} messages, not {body.messages}.")
    token_id = request.user.through_token
    disposal.begin(actor=request.user, disposal_id=row.pk)
    hint(tasks.dispose, str(row.pk), request.user.pk, str(token_id) if token_id else None)
    return Status(202, _out(request.user, queries.get_disposal(disposal_id)))


@router.post(
    "/disposals/{uuid:disposal_id}/withdraw",
    response={200: None},
    summary=gettext_noop("Withdraw a destruction"),
    operation_id="withdraw_disposal",
)
@only_for(manages_retention)
def withdraw_disposal(request: HttpRequest, disposal_id: UUID, body: Because):
    """Before it is begun."""
    proposals.withdraw(actor=request.user, disposal=queries.get_disposal(disposal_id), reason=body.reason)


@router.get(
    "/disposals/{uuid:disposal_id}/certificate",
    response=Certificate,
    summary=gettext_noop("The certificate of a destruction"),
    operation_id="get_certificate",
)
@only_for(reads_retention)
def get_certificate(request: HttpRequest, disposal_id: UUID):
    """With its proof in the evidence log."""
    row = queries.get_disposal(disposal_id)
    if not row.certificate:
        raise NotFound
    audit.record(
        actor=request.user, action=Action.DOWNLOAD, objects=[f"disposal:{row.pk}"], details={"what": "certificate"}
    )
    return Certificate(text=row.certificate, fields=json.loads(row.certificate), proof=_proof(row))


def _proof(row: Disposal) -> Proved | None:
    try:
        return proved(certificates.note_of(row.pk))
    except NoSuchEntry:
        return None


def _out(actor: User, row: Disposal) -> DisposalOut:
    counted = queries.summary(actor, row)
    approval = queries.approval_of(row)
    same = ("state", "reason", "as_of", "digest", "proposed_at", "started_at", "finished_at", "rules")
    return DisposalOut(
        **{name: getattr(row, name) for name in same},
        id=row.pk,
        proposed_by=row.proposed_by.email if row.proposed_by else None,
        messages=counted.messages,
        captures=counted.sightings,
        size_bytes=counted.size_bytes,
        outcomes={outcome.value: count for outcome, count in counted.by_outcome.items()},
        spared={str(why): count for why, count in counted.spared},
        approval=shown(approval, actor) if approval else None,
        why_not=queries.why_not_execute(actor, row, approval, timezone.now()),
        certified=bool(row.certificate),
    )
