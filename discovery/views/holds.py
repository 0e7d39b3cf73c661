"""The pages of legal holds: place one, see what it covers, release it by two people."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import trail
from accounts.models import Approval, ApprovalState, Matter, MatterState
from accounts.permissions import MANAGES_MATTERS, may, scope_of
from accounts.queries.matters import NoSuchMatter, get_worked_on, may_change, standing_addresses, worked_on
from accounts.services import approvals
from archive.models import HeldSighting, Hold, HoldKind, Sighting
from archive.queries.holds import covered_sightings
from archive.queries.messages import NotFound, visible_rows, within
from archive.services import holds
from archive.services.hold_terms import MAX_NAME_CHARS, MAX_REASON_CHARS
from archive.wiring import archive
from discovery import moments
from discovery.kept import NotKept
from discovery.typography import set_sentence
from discovery.views.acts import done, ids_of, matter_named
from muniment.engines.port import Scope, SearchRequest
from muniment.errors import Refused
from muniment.query.explain import explain
from muniment.query.parser import parse
from muniment.query.refusals import QueryError

LISTED = 100  # messages of a hold on chosen messages


@require_http_methods(["GET", "HEAD", "POST"])
def new_hold(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Place a hold on custodians or on a query: ask, say what it would cover and mean, place it when confirmed."""
    matter = get_worked_on(request.user, matter_id)
    if not may_change(request.user, matter):
        raise NoSuchMatter
    given = request.POST if request.method == "POST" else request.GET
    kind = HoldKind.QUERY if given.get("kind") == HoldKind.QUERY else HoldKind.CUSTODIANS
    known = sorted(standing_addresses(matter))
    addresses = [one for one in known if one in given.getlist("address")]
    typed = {"name": given.get("name", ""), "reason": given.get("reason", ""), "query": given.get("query", "")}
    context: dict[str, object] = {"kind": kind, "known": known, "addresses": addresses, "typed": typed}
    if request.method != "POST":
        return _form(request, matter, context)
    try:
        if request.POST.get("step") == "place":
            hold = holds.place(
                actor=request.user, matter=matter, kind=kind, addresses=addresses, archive=archive(), **typed
            )
            return HttpResponseRedirect(reverse("matter-hold", args=[matter.pk, hold.pk]))
        return _form(request, matter, context | _preview(request, kind, addresses, typed["query"]))
    except QueryError as error:
        return _form(request, matter, context, wrong=error.sentence("fr" if get_language() == "fr" else "en"))
    except Refused as error:
        return _form(request, matter, context, wrong=str(error))


@require_http_methods(["GET", "HEAD", "POST"])
def hold_messages(request: HttpRequest) -> HttpResponse:
    """Place a hold on messages that were chosen, in a matter that is chosen here."""
    given = request.POST if request.method == "POST" else request.GET
    open_matters = worked_on(request.user).filter(state=MatterState.OPEN)
    matters = [one for one in open_matters if may_change(request.user, one)]
    if not may(request.user, MANAGES_MATTERS):
        raise NoSuchMatter
    matter = matter_named(request, given.get("matter", "") or request.GET.get("matter", ""))
    rows = visible_rows(request.user, ids_of(given.getlist("message")))
    typed = {"name": given.get("name", ""), "reason": given.get("reason", "")}
    wrong = ""
    if request.POST.get("step") == "place":
        if matter not in matters:
            wrong = _("Choose the matter that the hold belongs to.")
        else:
            try:
                hold = holds.place(
                    actor=request.user,
                    matter=matter,
                    kind=HoldKind.MESSAGES,
                    message_ids=list(rows),
                    archive=archive(),
                    **typed,
                )
                return HttpResponseRedirect(reverse("matter-hold", args=[matter.pk, hold.pk]))
            except NotFound:
                wrong = _("One of these messages is no longer there.")
            except Refused as error:
                wrong = str(error)
    context = {
        "section": "matters",
        "matters": matters,
        "matter": matter,
        "rows": [(row, moments.sent(row)) for row in rows.values()],
        "typed": typed,
        "wrong": wrong,
        "max_name": MAX_NAME_CHARS,
        "max_reason": MAX_REASON_CHARS,
    }
    return render(request, "discovery/hold_messages.html", context, status=409 if wrong else 200)


@require_safe
def hold_page(request: HttpRequest, matter_id: UUID, hold_id: UUID) -> HttpResponse:
    """Show the terms of a hold, what it covers, and how it is released."""
    matter, hold = _hold(request, matter_id, hold_id)
    covered = HeldSighting.objects.filter(hold=hold)
    seen = {}
    if hold.kind == HoldKind.MESSAGES:
        owners = Sighting.objects.filter(id__in=covered.values("sighting_id")).values_list("message_id", flat=True)
        seen = visible_rows(request.user, list(owners.distinct()[:LISTED]))
    approval = Approval.objects.filter(
        kind=holds.RELEASE, subject=str(hold.pk), state__in=(ApprovalState.OPEN, ApprovalState.GIVEN)
    ).filter(expires_at__gt=timezone.now())
    context = {
        "section": "matters",
        "matter": matter,
        "hold": hold,
        "placed": trail.moment(hold.placed_at),
        "covered_at": trail.moment(hold.covered_at) if hold.covered_at else "",
        "released": trail.moment(hold.released_at) if hold.released_at else "",
        "explained": _explained(hold.query) if hold.kind == HoldKind.QUERY else "",
        "count": covered_sightings(request.user, hold).count(),
        "rows": [(row, moments.sent(row)) for row in seen.values()],
        "approval": approval.first(),
        "may_act": may(request.user, MANAGES_MATTERS),
        "max_reason": approvals.MAX_REASON_CHARS,
    }
    return render(request, "discovery/hold.html", context)


@require_POST
def release_hold(request: HttpRequest, matter_id: UUID, hold_id: UUID) -> HttpResponse:
    """Ask that a hold be released, or release it when a second person has approved."""
    matter, hold = _hold(request, matter_id, hold_id)
    if not may(request.user, MANAGES_MATTERS):
        raise NoSuchMatter
    if request.POST.get("act") == "release":
        done(
            request,
            lambda: holds.release(actor=request.user, hold=hold, archive=archive()),
            _("Released. The mail follows its retention rules again."),
        )
    else:
        reason = request.POST.get("reason", "")
        done(
            request,
            lambda: holds.ask_release(actor=request.user, hold=hold, reason=reason),
            _("Asked. Somebody else of legal or compliance has to approve it."),
        )
    return HttpResponseRedirect(reverse("matter-hold", args=[matter.pk, hold.pk]))


def _preview(request: HttpRequest, kind: HoldKind, addresses: list[str], query: str) -> dict[str, object]:
    """Return how much of what the reader sees now would be held, and the terms in plain words."""
    scope = scope_of(request.user)
    if kind is HoldKind.CUSTODIANS:
        named = within(Scope(blind=scope.blind, restricted=scope.restricted, addresses=frozenset(addresses)))
        return {"preview": within(scope).filter(id__in=named.values("id")).count() if addresses else 0}
    tree = parse(query, today=timezone.localdate())
    total = archive().engine.search(SearchRequest(query=tree, scope=scope, limit=0)).total
    return {"preview": total, "explained": _explained(query)}


def _form(request: HttpRequest, matter: Matter, context: dict[str, object], *, wrong: str = "") -> HttpResponse:
    shared = {
        "section": "matters",
        "matter": matter,
        "wrong": wrong,
        "max_name": MAX_NAME_CHARS,
        "max_reason": MAX_REASON_CHARS,
    }
    return render(request, "discovery/hold_new.html", shared | context, status=409 if wrong else 200)


def _hold(request: HttpRequest, matter_id: UUID, hold_id: UUID) -> tuple[Matter, Hold]:
    matter = get_worked_on(request.user, matter_id)
    hold = Hold.objects.select_related("placed_by", "released_by").filter(pk=hold_id, matter=matter).first()
    if hold is None:
        raise NotKept
    return matter, hold


def _explained(query: str) -> str:
    language = "fr" if get_language() == "fr" else "en"
    return set_sentence(explain(parse(query, today=timezone.localdate()), language=language), language=language)
