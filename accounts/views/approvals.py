"""Requests for approval: what waits for the reader's decision, what the reader asked for, and the decision itself."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import trail
from accounts.approving import Described, describe
from accounts.models import Action, Approval, ApprovalState, Outcome, Role, User
from accounts.queries import approvals as queries
from accounts.services import approvals, audit
from accounts.services.approvals import MAX_REASON_CHARS, ApprovalRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A request as the page shows it."""

    row: Approval
    said: Described
    asked: str
    expires: str
    decided: str
    state: str  # expired ones say so, written down or not
    is_live: bool


@require_safe
def approvals_page(request: HttpRequest) -> HttpResponse:
    """List what waits for the reader, and what the reader asked for and decided."""
    now = timezone.now()
    context = {
        "section": "approvals",
        "waiting": [_shown(row, request.user) for row in queries.waiting_for(request.user, now=now)],
        "asked": [_shown(row, request.user) for row in queries.asked_by(request.user)],
        "decided": [_shown(row, request.user) for row in queries.decided_by(request.user)],
    }
    return render(request, "accounts/approvals.html", context)


@require_safe
def approval_page(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Show one request with what will happen, and the decision to those who may take it."""
    return _page(request, _theirs(request, approval_id))


@require_POST
def decide(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Approve, refuse or withdraw; say what is wrong on the page where it cannot be done."""
    row = _theirs(request, approval_id)
    reason = request.POST.get("reason", "")
    acts = {"approve": approvals.approve, "refuse": approvals.refuse, "withdraw": approvals.withdraw}
    sentences = {
        "approve": _("Approved. Whoever asked can do it now, once, until the approval expires."),
        "refuse": _("Refused. Whoever asked sees your reason."),
        "withdraw": _("Withdrawn. Nothing will be done."),
    }
    act = acts.get(request.POST.get("decision", ""))
    if act is None:
        return _page(request, row, wrong=_("Choose what you decide."), status=400)
    try:
        act(actor=request.user, approval_id=row.pk, reason=reason)
    except ApprovalRefused as error:
        return _page(request, _theirs(request, approval_id), wrong=str(error), reason=reason, status=409)
    messages.success(request, sentences[request.POST["decision"]])
    return HttpResponseRedirect(reverse("approvals"))


def _page(request: HttpRequest, row: Approval, *, wrong: str = "", reason: str = "", status: int = 200) -> HttpResponse:
    actor: User = request.user
    shown = _shown(row, actor)
    is_open = row.state == ApprovalState.OPEN and shown.is_live
    context = {
        "section": "approvals",
        "shown": shown,
        "roles": [str(Role(role).label) for role in row.may_approve],
        "may_decide": is_open and row.asked_by_id != actor.pk and actor.role in row.may_approve,
        "may_withdraw": is_open and row.asked_by_id == actor.pk,
        "wrong": wrong,
        "reason": reason,
        "max_reason": MAX_REASON_CHARS,
    }
    return render(request, "accounts/approval.html", context, status=status)


def _theirs(request: HttpRequest, approval_id: int) -> Approval:
    row = queries.get_shown(request.user, approval_id)
    if row is None:
        audit.record(
            actor=request.user,
            action=Action.REFUSAL,
            outcome=Outcome.REFUSED,
            objects=[f"approval:{approval_id}"],
            details={"page": "approval"},
        )
        raise Http404
    return row


def _shown(row: Approval, actor: User) -> Shown:
    live = row.state in {ApprovalState.OPEN, ApprovalState.GIVEN} and row.expires_at > timezone.now()
    ended = row.state in {ApprovalState.OPEN, ApprovalState.GIVEN} and not live
    state = ApprovalState.EXPIRED if ended else ApprovalState(row.state)
    return Shown(
        row=row,
        said=describe(row, actor),
        asked=trail.moment(row.asked_at),
        expires=trail.moment(row.expires_at),
        decided=trail.moment(row.decided_at) if row.decided_at else "",
        state=str(state.label),
        is_live=live,
    )
