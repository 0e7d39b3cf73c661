"""The pages of one request: where it is and what comes next, the person, the messages, letters and history."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Action
from accounts.saying import said
from accounts.services import audit
from accounts.views.refusals import only_for
from archive.models import Disposal
from gdpr import shown, waits
from gdpr.clock import clock_of
from gdpr.models import Choice, Code, Concern, IdentityMethod, LocatedItem, Request, Right, TermKind, TermState
from gdpr.queries.register import earlier_of, get_request
from gdpr.services import answering, deciding, erasing, forgetting
from gdpr.services.acting import Act, NoSuchRequest
from gdpr.states import MOVES, NotAllowed, State
from gdpr.views import acts
from gdpr.views.register import handles, reads
from muniment.errors import Refused

PAGE_ITEMS = 50
_BACK = {
    "propose-terms": "request-person",
    "decide-terms": "request-person",
    "refuse-other-terms": "request-person",
    "add-term": "request-person",
    "locate": "request-messages",
    "mentions": "request-messages",
    "scope": "request-person",
    "reconsider": "request-person",
    "approve-terms": "request-messages",
}


@only_for(reads)
@require_safe
def request_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show a request: where it is, how long there is, what comes next."""
    return _overview(request, found(request, request_id))


@only_for(handles)
@require_POST
def act(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Do what a form asks for, and go back to the page that it stands on."""
    row = found(request, request_id)
    name = request.POST.get("act", "")
    try:
        told = acts.do(request, row)
    except Refused as error:
        page = _PAGES.get(_BACK.get(name, ""), _overview)
        return page(request, found(request, request_id), wrong=said(error), status=409)
    if told:
        messages.success(request, told)
    return HttpResponseRedirect(reverse(_BACK.get(name, "request"), args=[row.id]))


@only_for(reads)
@require_safe
def person_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show by what the person is known, and what may be theirs, too."""
    return _person(request, found(request, request_id))


@only_for(reads)
@require_http_methods(["GET", "HEAD", "POST"])
def messages_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show the located messages; take decisions about them."""
    row = found(request, request_id)
    if request.method != "POST":
        return _messages(request, row)
    if not handles(request.user):
        raise Http404
    try:
        decided = _decide(request, row)
    except Refused as error:
        return _messages(request, row, wrong=said(error), status=409)
    messages.success(request, _("%(count)d messages are decided.") % {"count": decided.taken})
    for why, count in decided.refused.items():
        messages.error(request, _("%(count)d messages could not be: %(why)s") % {"count": count, "why": why})
    return HttpResponseRedirect(request.get_full_path())


@only_for(reads)
@require_safe
def history_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show every act and every letter."""
    row = found(request, request_id)
    events = [
        (shown.moment(event.at), Act(event.act).label, event, event.actor, waits.shown(event))
        for event in row.events.select_related("actor")
    ]
    letters = [(shown.moment(letter.made_at), letter) for letter in row.letters.all()]
    context = frame(request, row, "history") | {"events": events, "letters": letters}
    return render(request, "gdpr/history.html", context)


@only_for(reads)
@require_safe
def letter_page(request: HttpRequest, request_id: UUID, letter_id: int) -> HttpResponse:
    """Show a letter as it was written, to be copied or printed."""
    row = found(request, request_id)
    letter = row.letters.filter(pk=letter_id).first()
    if letter is None:
        raise Http404
    context = frame(request, row, "history") | {"letter": letter, "made": shown.moment(letter.made_at)}
    return render(request, "gdpr/letter.html", context)


def found(request: HttpRequest, request_id: UUID) -> Request:
    try:
        return get_request(request.user, request_id)
    except NoSuchRequest as error:
        raise Http404 from error


def _overview(request: HttpRequest, row: Request, *, wrong: str = "", status: int = 200) -> HttpResponse:
    context = frame(request, row, "overview") | {
        "wrong": wrong,
        "earlier": earlier_of(row) if row.forgotten_at is None else [],
        "questions": [(shown.day(one.asked_on), shown.day(one.answered_on), one) for one in row.questions.all()],
        "methods": [(value, label) for value, label in IdentityMethod.choices if value],
        "grounds_of_refusal": [(ground.value, ground.label) for ground in sorted(answering.grounds_in(row.state))],
        "can_withdraw": State.WITHDRAWN in MOVES[State(row.state)] and row.disposal_id is None,
        "can_extend": row.extension_told_on is None and row.state not in {State.RECEIVED, State.IDENTITY_AWAITED},
        "waiting": row.items.filter(carried_out="", choice="").count(),
        "to_erase": row.items.filter(carried_out="", choice=Choice.ERASE).count(),
        "choices": _counted(row, "choice", Choice),
        "results": _counted(row, "carried_out", None),
        "letter": row.letters.order_by("-pk").first(),
        "forgets": shown.day(forgetting.due_on(row)),
        "today": timezone.localdate().isoformat(),
        **carrying(row),
    }
    return render(request, "gdpr/request.html", context, status=status)


def carrying(row: Request) -> dict[str, Any]:
    """Return how far approval and carrying out are."""
    approval = erasing.approval_of(row)
    begin_at = erasing.may_begin_at(row)
    now = timezone.now()
    pack = getattr(row, "pack", None)
    left = max(0, -(-(begin_at - now).total_seconds() // 3600)) if begin_at else 0
    return {
        "approval": approval,
        "begin_at": shown.moment(begin_at),
        "cooling_hours": int(left),
        "is_ready": (begin_at is not None and begin_at <= now) or row.right == Right.ACCESS,
        "disposal": Disposal.objects.filter(id=row.disposal_id).first() if row.disposal_id else None,
        "pack": pack,
        "pack_expires": shown.moment(pack.expires_at) if pack else "",
    }


def _person(request: HttpRequest, row: Request, *, wrong: str = "", status: int = 200) -> HttpResponse:
    terms = list(row.terms.order_by("state", "origin", "kind", "-seen", "value"))
    context = frame(request, row, "person") | {
        "wrong": wrong,
        "waiting": [term for term in terms if term.state == TermState.PROPOSED],
        "decided": [term for term in terms if term.state != TermState.PROPOSED],
        "kinds": TermKind.choices,
        "is_open": row.state == State.SCOPING,
    }
    return render(request, "gdpr/person.html", context, status=status)


def _messages(request: HttpRequest, row: Request, *, wrong: str = "", status: int = 200) -> HttpResponse:
    concern, decision = request.GET.get("class", ""), request.GET.get("decision", "")
    items = row.items.order_by("concern", "sent_at", "pk")
    if concern in Concern.values:
        items = items.filter(concern=concern)
    if decision == "none":
        items = items.filter(choice="", carried_out="")
    elif decision in Choice.values:
        items = items.filter(choice=decision)
    page = Paginator(items, PAGE_ITEMS).get_page(request.GET.get("page"))
    rows = shown.items(request.user, row, list(page.object_list))
    if rows:
        details = {"page": "request-messages", "messages": len(rows)}
        audit.record(actor=request.user, action=Action.VIEW, objects=[f"request:{row.id}"], details=details)
    access = row.right == Right.ACCESS
    report = row.reports.order_by("-pk").first()
    context = frame(request, row, "messages") | {
        "wrong": wrong,
        "rows": rows,
        "page": page,
        "concern": concern,
        "decision": decision,
        "classes": _counted(row, "concern", Concern),
        "open_classes": [
            (value, Concern(value).label, count)
            for value, count in sorted(Counter(_open(row).values_list("concern", flat=True)).items())
        ],
        "choices": [(one.value, one.label) for one in Choice if one in (_OF_ACCESS if access else _OF_ERASURE)],
        "codes": [(one.value, one.label) for one in Code if one in (_CODES_ACCESS if access else _CODES_ERASURE)],
        "report": report,
        "searched": shown.moment(report.at) if report else "",
        "is_open": row.state == State.REVIEW,
        "can_locate": row.state in {State.SEARCHING, State.REVIEW},
        "can_decide_mentions": row.state in {State.SCOPING, State.SEARCHING, State.REVIEW},
        "waiting": _open(row).count(),
    }
    return render(request, "gdpr/messages.html", context, status=status)


_OF_ACCESS, _OF_ERASURE = deciding.OF_ACCESS, deciding.OF_ERASURE
_CODES_ACCESS, _CODES_ERASURE = deciding.CODES_OF_ACCESS, deciding.CODES_OF_ERASURE


def _decide(request: HttpRequest, row: Request) -> deciding.Decided:
    fields = request.POST
    choice, code, about = fields.get("choice", ""), fields.get("code", ""), fields.get("about", "chosen")
    if choice not in Choice.values:
        raise NotAllowed(_("Choose a decision."))
    if code and code not in Code.values:
        raise NotAllowed(_("Choose the ground on which the message is withheld or kept."))
    chosen = acts.whole_numbers(fields.getlist("item"))
    if about == "chosen" and not chosen:
        raise NotAllowed(_("Choose messages, or a class of them."))
    return deciding.decide(
        actor=request.user,
        request_id=row.id,
        choice=Choice(choice),
        code=Code(code) if code else None,
        reason=fields.get("reason", ""),
        item_ids=chosen if about == "chosen" else None,
        concern=Concern(about) if about in Concern.values else None,
    )


def _open(row: Request):
    return LocatedItem.objects.filter(request=row, carried_out="", choice="")


def _counted(row: Request, column: str, labels: Any) -> list[tuple[str, Any, int]]:
    """Return (value, label, how many) of a column of the items; what is empty is left out."""
    field = LocatedItem._meta.get_field(column)  # noqa: SLF001 - Django's own name for it
    words = dict(labels.choices if labels else field.choices)
    counts = Counter(row.items.exclude(**{column: ""}).values_list(column, flat=True))
    return [(value, words[value], counts[value]) for value in words if counts[value]]


def frame(request: HttpRequest, row: Request, tab: str) -> dict[str, Any]:
    """Return what all pages of a request share."""
    return {
        "section": "requests",
        "tab": tab,
        "row": row,
        "clock": shown.clock(clock_of(row, list(row.questions.all()), today=timezone.localdate())),
        "steps": shown.steps(row),
        "received": shown.day(row.received_on),
        "registered": shown.moment(row.registered_at),
        "closed": shown.moment(row.closed_at),
        "handles": handles(request.user) and row.forgotten_at is None,
    }


_PAGES: dict[str, Callable[..., HttpResponse]] = {"request-person": _person, "request-messages": _messages}
