"""The pages of matters: list, one matter, and the acts on it."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import trail
from accounts.models import ApprovalState, Matter, MatterState, User
from accounts.permissions import EXPORTS, MANAGES_MATTERS, OPENED_BY_MATTERS, may
from accounts.queries import audit as audit_queries
from accounts.queries.audit import AuditFilter
from accounts.queries.matters import NoSuchMatter, awaited, get_named, get_worked_on, is_member, may_change, named_to
from accounts.services import matters
from accounts.services.approvals import ApprovalRefused
from accounts.services.matters import MatterRefused
from archive.models import Hold
from archive.services import lost_holds
from discovery.kept import exports, searches
from discovery.views.acts import done

_MAX_DIGITS = 18  # of a row's number: what a 64-bit column holds
HISTORY = 50  # entries of the audit trail on the page of a matter; the auditor's page has all


@require_safe
def matters_page(request: HttpRequest) -> HttpResponse:
    """List the matters that the reader works on or knows by name."""
    _only_for_roles(request.user)
    rows = named_to(request.user)
    context = {
        "section": "matters",
        "rows": [(row, trail.moment(row.opened_at), is_member(request.user, row)) for row in rows],
        "may_open": may(request.user, MANAGES_MATTERS),
        "lost": may(request.user, MANAGES_MATTERS) and lost_holds.standing().exists(),
    }
    return render(request, "discovery/matters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_matter(request: HttpRequest) -> HttpResponse:
    """Open a matter."""
    if not may(request.user, MANAGES_MATTERS):
        raise NoSuchMatter
    typed = {name: request.POST.get(name, "") for name in ("reference", "name", "description")}
    if request.method != "POST":
        return _words(request, None, typed)
    try:
        matter = matters.open_matter(actor=request.user, **typed)
    except MatterRefused as error:
        return _words(request, None, typed, wrong=str(error))
    return HttpResponseRedirect(reverse("matter", args=[matter.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def change_matter(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Change name and description."""
    matter = _to_change(request.user, matter_id)
    if request.method != "POST":
        return _words(request, matter, {"name": matter.name, "description": matter.description})
    typed = {name: request.POST.get(name, "") for name in ("name", "description")}
    try:
        matters.change(actor=request.user, matter=matter, **typed)
    except MatterRefused as error:
        return _words(request, matter, typed, wrong=str(error))
    return HttpResponseRedirect(reverse("matter", args=[matter.pk]))


@require_safe
def matter_page(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Show a matter: to its members all of it, to those who watch over all matters who works on it."""
    matter = get_named(request.user, matter_id)
    members = matter.members.filter(removed_at__isnull=True).select_related("user").order_by("user__email")
    context = {
        "section": "matters",
        "matter": matter,
        "opened": trail.moment(matter.opened_at),
        "closed": trail.moment(matter.closed_at) if matter.closed_at else "",
        "members": members,
        "works_on_it": is_member(request.user, matter),
    }
    if context["works_on_it"]:
        context |= _inside(request.user, matter, {member.user_id for member in members})
    return render(request, "discovery/matter.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def close_matter(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Say what closing means; close it when that was confirmed."""
    matter = _to_change(request.user, matter_id)
    reason = request.POST.get("reason", "")
    wrong = ""
    if request.method == "POST":
        try:
            matters.close(actor=request.user, matter=matter, reason=reason)
        except MatterRefused as error:
            wrong = str(error)
        else:
            return HttpResponseRedirect(reverse("matter", args=[matter.pk]))
    context = {
        "section": "matters",
        "matter": matter,
        "wrong": wrong,
        "reason": reason,
        "holds": Hold.objects.filter(matter=matter, released_at__isnull=True).count(),
    }
    return render(request, "discovery/matter_close.html", context, status=409 if wrong else 200)


@require_POST
def members(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Add a member, or remove one."""
    matter = _to_change(request.user, matter_id)
    person = User.objects.filter(pk=_number(request.POST.get("person", "")), is_active=True).first()
    if person is None:
        return _back(matter)
    if request.POST.get("act") == "remove":
        done(
            request,
            lambda: matters.remove_member(actor=request.user, matter=matter, person=person),
            _("%(person)s is no longer a member.") % {"person": person.email},
        )
        return HttpResponseRedirect(reverse("matters")) if person == request.user else _back(matter)
    done(
        request,
        lambda: matters.add_member(actor=request.user, matter=matter, person=person),
        _("%(person)s is a member and sees the custodians’ mail.") % {"person": person.email},
    )
    return _back(matter)


@require_POST
def custodians(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Ask for a custodian, add one whom a second person approved, or remove one."""
    matter = _to_change(request.user, matter_id)
    given = request.POST
    match given.get("act"):
        case "ask":
            return _ask(request, matter)
        case "add":
            sentence = _("The mail is open to the members of the matter.")
            for proposal in awaited(matter, now=timezone.now()):
                if str(proposal.pk) == given.get("proposal"):
                    done(request, partial(matters.add_custodian, actor=request.user, proposal=proposal), sentence)
        case "remove":
            for row in matter.custodians.filter(pk=_number(given.get("custodian", "")), removed_at__isnull=True):
                sentence = _("The mail of %(address)s is closed to the matter.") % {"address": row.address}
                done(request, partial(matters.remove_custodian, actor=request.user, custodian=row), sentence)
    return _back(matter)


def _ask(request: HttpRequest, matter: Matter) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in ("address", "name", "reason")}
    try:
        matters.ask_custodian(actor=request.user, matter=matter, **typed)
    except (MatterRefused, ApprovalRefused) as error:
        context = {"section": "matters", "matter": matter, "typed": typed, "wrong": str(error)}
        return render(request, "discovery/matter_custodian.html", context, status=409)
    done(request, lambda: None, _("Asked. Somebody else of legal or compliance has to approve it."))
    return _back(matter)


def _inside(actor: User, matter: Matter, member_ids: set[int]) -> dict[str, object]:
    """Return what members see of a matter."""
    changes = may_change(actor, matter)
    people = User.objects.filter(is_active=True, role__in=OPENED_BY_MATTERS).exclude(pk__in=member_ids)
    entries = audit_queries.page(AuditFilter(matter_id=matter.pk), size=HISTORY)
    holds = Hold.objects.filter(matter=matter).order_by("-id")
    return {
        "may_change": changes,
        "is_open": matter.state == MatterState.OPEN,
        "may_export": may(actor, EXPORTS),
        "custodians": [
            (row, trail.moment(row.added_at))
            for row in matter.custodians.filter(removed_at__isnull=True).select_related("added_by").order_by("address")
        ],
        "proposals": [
            (row, row.approval.state == ApprovalState.GIVEN, trail.moment(row.approval.expires_at))
            for row in awaited(matter, now=timezone.now())
        ],
        "people": people.order_by("email") if changes else [],
        "holds": [(row, trail.moment(row.placed_at), row.get_kind_display()) for row in holds],
        "searches": searches(actor, matter=matter),
        "exports": [(job, trail.moment(job.asked_at)) for job in exports(actor, matter=matter)[:HISTORY]],
        "history": trail.rows(entries.entries, with_texts=True),
    }


def _words(request: HttpRequest, matter: Matter | None, typed: dict[str, str], *, wrong: str = "") -> HttpResponse:
    context = {"section": "matters", "matter": matter, "typed": typed, "wrong": wrong, "limits": matters}
    return render(request, "discovery/matter_words.html", context, status=409 if wrong else 200)


def _to_change(actor: User, matter_id: UUID) -> Matter:
    """Return a matter in which the actor may act; others learn no more than that it is not there."""
    matter = get_worked_on(actor, matter_id)
    if not may(actor, MANAGES_MATTERS):
        raise NoSuchMatter
    return matter


def _only_for_roles(actor: User) -> None:
    if not may(actor, OPENED_BY_MATTERS):
        raise NoSuchMatter


def _back(matter: Matter) -> HttpResponse:
    return HttpResponseRedirect(reverse("matter", args=[matter.pk]))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0
