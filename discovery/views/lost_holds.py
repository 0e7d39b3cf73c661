"""The page of lost holds: a database that was put back from a backup does not know them, and nothing is destroyed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import trail
from accounts.models import Approval, ApprovalState
from accounts.permissions import MANAGES_MATTERS, may
from accounts.queries.matters import NoSuchMatter
from archive.services import lost_holds
from discovery.views.acts import done

_LIVE = (ApprovalState.OPEN, ApprovalState.GIVEN)


@require_safe
def lost_holds_page(request: HttpRequest) -> HttpResponse:
    """List the lost holds, and how far the agreement of two people about each is."""
    if not may(request.user, MANAGES_MATTERS):
        raise NoSuchMatter
    live = {row.subject: row for row in Approval.objects.filter(kind=lost_holds.LET_GO, state__in=_LIVE)}
    rows = [
        (row, trail.moment(row.placed_at), trail.moment(row.found_at), live.get(str(row.hold_id)))
        for row in lost_holds.standing()
    ]
    return render(request, "discovery/lost_holds.html", {"section": "matters", "rows": rows})


@require_POST
def act_on_lost_hold(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Ask that a lost hold be let go, or let it go when a second person has agreed."""
    if not may(request.user, MANAGES_MATTERS):
        raise NoSuchMatter
    actor = request.user
    if request.POST.get("act") == "let-go":
        done(request, lambda: lost_holds.let_go(actor=actor, hold_id=hold_id), _("The lost hold was let go."))
    else:
        reason = request.POST.get("reason", "")
        done(
            request,
            lambda: lost_holds.ask_to_let_go(actor=actor, hold_id=hold_id, reason=reason),
            _("A second person has to agree."),
        )
    return HttpResponseRedirect(reverse("lost-holds"))
