"""Pages of destruction: lists, what will happen, who agrees, the typed confirmation, the result, the certificate."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Action, Role
from accounts.permissions import APPROVES_DESTRUCTION, MANAGES_RETENTION, may
from accounts.saying import said
from accounts.services import audit
from accounts.views.refusals import only_for
from archive import certified, shown, tasks
from archive.models import Disposal, DisposalState, ItemOutcome
from archive.queries import disposals as queries
from archive.queries.messages import NotFound
from archive.queueing import hint
from archive.services import certificates, disposal, proposals
from archive.services.notes import NotLogged, proof_of
from archive.views.retention import frame, reads_retention
from archive.wiring import archive
from muniment.errors import Refused

_SHOWN = 200  # destructions on the page, the newest


def _executes(actor) -> bool:
    return may(actor, MANAGES_RETENTION | APPROVES_DESTRUCTION)


@only_for(reads_retention)
@require_safe
def disposals_page(request: HttpRequest) -> HttpResponse:
    """List the destructions of expired mail, newest first."""
    rows = list(queries.disposals()[:_SHOWN])
    approvals = queries.approvals_of([row.id for row in rows])
    now = timezone.now()
    listed = [
        {
            "row": row,
            "proposed": shown.moment(row.proposed_at),
            "messages": row.items.count(),
            "state": _state(row, approvals.get(row.id), now),
        }
        for row in rows
    ]
    return render(request, "archive/disposals.html", {**frame(request, "disposals"), "rows": listed})


@only_for(reads_retention)
@require_safe
def disposal_page(request: HttpRequest, disposal_id: UUID) -> HttpResponse:
    """Show one list: what is on it, what will happen, how far it is, what came of it."""
    return _page(request, queries.get_disposal(disposal_id))


@only_for(_executes)
@require_POST
def act(request: HttpRequest, disposal_id: UUID) -> HttpResponse:
    """Ask for approval, execute with the typed number of messages, or withdraw."""
    row = queries.get_disposal(disposal_id)
    acts = {"ask": _ask, "execute": _execute, "withdraw": _withdraw}
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        return _page(request, row, wrong=_("Choose what to do."), status=400)
    try:
        chosen(request, row)
    except Refused as error:
        return _page(request, queries.get_disposal(disposal_id), wrong=said(error), status=409)
    return HttpResponseRedirect(reverse("retention-disposal", args=[row.id]))


@only_for(reads_retention)
@require_safe
def certificate_page(request: HttpRequest, disposal_id: UUID) -> HttpResponse:
    """Show the certificate of a destruction, and its proof in the evidence log."""
    row = _certified(disposal_id)
    fields = json.loads(row.certificate)
    audit.record(
        actor=request.user, action=Action.VIEW, objects=[f"disposal:{row.id}"], details={"page": "certificate"}
    )
    context = {
        **frame(request, "disposals"),
        "row": row,
        "lines": certified.lines(fields),
        "spared": _spared(fields),
        "proof": _proof(row),
    }
    return render(request, "archive/certificate.html", context)


@only_for(reads_retention)
@require_safe
def certificate_file(request: HttpRequest, disposal_id: UUID) -> HttpResponse:
    """Give the certificate with its proof as JSON."""
    row = _certified(disposal_id)
    audit.record(
        actor=request.user, action=Action.DOWNLOAD, objects=[f"disposal:{row.id}"], details={"what": "certificate"}
    )
    document = {"certificate": row.certificate, "proof": _proof(row)}
    response = HttpResponse(json.dumps(document, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="certificate-{row.id}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _ask(request: HttpRequest, row: Disposal) -> None:
    proposals.ask_approval(actor=request.user, disposal=row)
    messages.success(request, _("A second person can approve it now."))


def _withdraw(request: HttpRequest, row: Disposal) -> None:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Refused(_("Say why it is withdrawn."))
    proposals.withdraw(actor=request.user, disposal=row, reason=reason)
    messages.success(request, _("Withdrawn. Nothing was destroyed."))


def _execute(request: HttpRequest, row: Disposal) -> None:
    why_not = queries.why_not_execute(request.user, row, queries.approval_of(row), timezone.now())
    if why_not:
        raise Refused(why_not)
    if request.POST.get("confirmation", "").strip() != str(row.items.count()):
        raise Refused(_("Nothing was destroyed: type the number of messages exactly as it stands above."))
    disposal.begin(actor=request.user, disposal_id=row.id)
    hint(tasks.dispose, str(row.id), request.user.pk)
    messages.success(request, _("The destruction has been ordered. It goes on by itself; look again for the result."))


def _page(request: HttpRequest, row: Disposal, *, wrong: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    approval = queries.approval_of(row)
    summary = queries.summary(request.user, row)
    waiting = summary.by_outcome[ItemOutcome.WAITING]
    context = {
        **frame(request, "disposals"),
        "row": row,
        "summary": summary,
        "oldest_due": shown.day(summary.oldest_due),
        "newest_due": shown.day(summary.newest_due),
        "as_of": shown.day(row.as_of),
        "proposed": shown.moment(row.proposed_at),
        "started": shown.moment(row.started_at),
        "finished": shown.moment(row.finished_at),
        "state": _state(row, approval, now),
        "approval": approval,
        "is_proposed": row.state == DisposalState.PROPOSED,
        "is_executing": row.state == DisposalState.EXECUTING,
        "is_done": row.state == DisposalState.DONE,
        "is_awaited": queries.awaited(approval, now),
        "is_approved": queries.stands(approval, row.digest, now),
        "why_not": queries.why_not_execute(request.user, row, approval, now),
        "settled": summary.messages - waiting,
        "destroyed": summary.by_outcome[ItemOutcome.DESTROYED],
        "spared": summary.by_outcome[ItemOutcome.SPARED],
        "approvers": [Role(role).label for role in sorted(APPROVES_DESTRUCTION)],
        "wrong": wrong,
    }
    return render(request, "archive/disposal.html", context, status=status)


def _state(row: Disposal, approval, now) -> str:
    if row.state != DisposalState.PROPOSED:
        return row.get_state_display()
    if queries.stands(approval, row.digest, now):
        return _("approved, not executed yet")
    return _("waits for approval") if queries.awaited(approval, now) else _("proposed, approval not asked for")


def _certified(disposal_id: UUID) -> Disposal:
    row = queries.get_disposal(disposal_id)
    if not row.certificate:
        raise NotFound
    return row


def _spared(fields: dict[str, Any]) -> list[tuple[Any, int]]:
    return [(queries.sentence(code), number) for code, number in fields["spared"].items()]


def _proof(row: Disposal) -> dict[str, Any] | None:
    """Return the proof of the certificate in the evidence log, in hex; None until it is logged."""
    note = certificates.note_of(row.id)
    if note is None:
        return None
    try:
        found = proof_of(archive(), note)
    except NotLogged:
        return None
    return {
        "index": found.index,
        "entry": found.entry.hex(),
        "salt": found.salt.hex(),
        "path": [step.hex() for step in found.path],
        "checkpoint": found.checkpoint,
    }
