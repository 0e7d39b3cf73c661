"""Approvals: what waits for the caller, what the caller asked for, and the decision."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from accounts.api.shapes import In
from accounts.approving import describe
from accounts.models import Approval, ApprovalState, User
from accounts.queries import approvals as queries
from accounts.services import approvals
from muniment.errors import Refused

router = Router(tags=["approvals"])


class NoSuchApproval(Refused):
    """There is no such request, or it is not the caller's to see."""


class ApprovalOut(Schema):
    """A request for approval."""

    id: int
    kind: str
    subject: str
    title: str = Field(description=gettext_noop("What is asked for, in words."))
    effect: str = Field(description=gettext_noop("What happens when it is approved and done."))
    state: ApprovalState
    asked_by: str
    asked_at: datetime
    reason: str
    expires_at: datetime
    may_approve: list[str] = Field(description=gettext_noop("The roles that may decide."))
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str


class Approvals(Schema):
    """The lists of the page."""

    waiting: list[ApprovalOut] = Field(description=gettext_noop("What waits for your decision."))
    asked: list[ApprovalOut] = Field(description=gettext_noop("What you asked for."))
    decided: list[ApprovalOut] = Field(description=gettext_noop("What you decided."))


class Why(In):
    """A reason that may be left out."""

    reason: str = Field("", max_length=approvals.MAX_REASON_CHARS)


class Because(In):
    """A reason."""

    reason: str = Field(min_length=1, max_length=approvals.MAX_REASON_CHARS)


def shown(row: Approval, actor: User) -> ApprovalOut:
    """Return a request as the API gives it to `actor`; one whose time is over says so, written down or not."""
    said = describe(row, actor)
    over = row.state in {ApprovalState.OPEN, ApprovalState.GIVEN} and row.expires_at <= timezone.now()
    return ApprovalOut(
        id=row.pk,
        kind=row.kind,
        subject=row.subject,
        title=said.title,
        effect=said.effect,
        state=ApprovalState.EXPIRED if over else ApprovalState(row.state),
        asked_by=row.asked_by.email,
        asked_at=row.asked_at,
        reason=row.reason,
        expires_at=row.expires_at,
        may_approve=row.may_approve,
        decided_by=row.decided_by.email if row.decided_by else None,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
    )


@router.get("/approvals", response=Approvals, summary=gettext_noop("List approvals"), operation_id="list_approvals")
def list_approvals(request: HttpRequest):
    """What waits for your decision, what you asked for, and what you decided."""
    return Approvals(
        waiting=[shown(row, request.user) for row in queries.waiting_for(request.user, now=timezone.now())],
        asked=[shown(row, request.user) for row in queries.asked_by(request.user)],
        decided=[shown(row, request.user) for row in queries.decided_by(request.user)],
    )


@router.get(
    "/approvals/{int:approval_id}",
    response=ApprovalOut,
    summary=gettext_noop("One approval"),
    operation_id="get_approval",
)
def get_approval(request: HttpRequest, approval_id: int):
    return shown(_theirs(request, approval_id), request.user)


@router.post(
    "/approvals/{int:approval_id}/approve",
    response=ApprovalOut,
    summary=gettext_noop("Approve"),
    operation_id="approve",
)
def approve(request: HttpRequest, approval_id: int, body: Why):
    """Let whoever asked do the act, once. Nobody approves what they asked for themselves."""
    _theirs(request, approval_id)
    return shown(approvals.approve(actor=request.user, approval_id=approval_id, reason=body.reason), request.user)


@router.post(
    "/approvals/{int:approval_id}/refuse",
    response=ApprovalOut,
    summary=gettext_noop("Refuse"),
    operation_id="refuse",
)
def refuse(request: HttpRequest, approval_id: int, body: Because):
    _theirs(request, approval_id)
    return shown(approvals.refuse(actor=request.user, approval_id=approval_id, reason=body.reason), request.user)


@router.post(
    "/approvals/{int:approval_id}/withdraw",
    response=ApprovalOut,
    summary=gettext_noop("Withdraw one’s own request"),
    operation_id="withdraw_approval",
)
def withdraw(request: HttpRequest, approval_id: int, body: Why):
    _theirs(request, approval_id)
    return shown(approvals.withdraw(actor=request.user, approval_id=approval_id, reason=body.reason), request.user)


def _theirs(request: HttpRequest, approval_id: int) -> Approval:
    row = queries.get_shown(request.user, approval_id)
    if row is None:
        raise NoSuchApproval
    return row
