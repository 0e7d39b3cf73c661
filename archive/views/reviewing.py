"""What waits for a person: messages that came up for review, and the events from which terms are counted."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Action
from accounts.permissions import scope_of
from accounts.saying import said
from accounts.services import audit
from accounts.views.refusals import only_for
from archive import shown, tasks
from archive.forms import EVENTS, EventForm, VerdictForm
from archive.models import CustodianEvent
from archive.queries import due
from archive.queries.reach import reaches_address
from archive.queueing import hint
from archive.services import events, verdicts
from archive.views.retention import evaluated, frame, manages_retention, reads_retention
from muniment.errors import Refused
from muniment.policy.decide import Outcome
from muniment.policy.facts import Event

_SHOWN = 500  # events on the page, the newest


@only_for(reads_retention)
@require_http_methods(["GET", "HEAD", "POST"])
def review_page(request: HttpRequest) -> HttpResponse:
    """List the messages that a person must decide about, and take the decision."""
    form = VerdictForm(request.POST or None)
    if request.method != "POST":
        return _review(request, VerdictForm())
    if not manages_retention(request.user):
        return _review(request, VerdictForm(), wrong=_("The compliance officer decides about these."), status=403)
    chosen = _uuids(request.POST.getlist("message"))
    if not chosen:
        return _review(request, form, wrong=_("Choose the messages that you decide about."), status=400)
    if not form.is_valid():
        return _review(request, form, wrong=_("Your decision is not complete."), status=400)
    keeps = form.cleaned_data["decision"] == "keep"
    try:
        count = verdicts.give(
            actor=request.user,
            message_ids=chosen,
            keep_through=form.cleaned_data["keep_through"] if keeps else None,
            reason=form.cleaned_data["reason"],
        )
    except Refused as error:
        return _review(request, form, wrong=said(error), status=409)
    kept = ngettext("%(count)d message is kept.", "%(count)d messages are kept.", count)
    gone = ngettext("%(count)d message may go now.", "%(count)d messages may go now.", count)
    messages.success(request, (kept if keeps else gone) % {"count": count})
    return HttpResponseRedirect(reverse("retention-review"))


@only_for(reads_retention)
@require_http_methods(["GET", "HEAD", "POST"])
def events_page(request: HttpRequest) -> HttpResponse:
    """List the events of custodians in the reader's scope, and note one."""
    if request.method != "POST":
        return _events(request, EventForm())
    form = EventForm(request.POST)
    if not manages_retention(request.user):
        return _events(request, EventForm(), wrong=_("The compliance officer notes events."), status=403)
    if not form.is_valid():
        return _events(request, form, status=400)
    given = form.cleaned_data
    try:
        events.note(actor=request.user, address=given["address"], event=Event(given["event"]), on=given["on"])
    except Refused as error:
        return _events(request, form, wrong=said(error), status=409)
    hint(tasks.evaluate_retention, forced=True)
    messages.success(request, _("Noted. Terms that count from it begin on that day."))
    return HttpResponseRedirect(reverse("retention-events"))


@only_for(manages_retention)
@require_POST
def withdraw_event(request: HttpRequest, event_id: int) -> HttpResponse:
    """Take back an event that was noted by mistake."""
    events.withdraw(actor=request.user, event_id=event_id)
    hint(tasks.evaluate_retention, forced=True)
    messages.success(request, _("Taken back. The audit trail keeps both."))
    return HttpResponseRedirect(reverse("retention-events"))


def _review(request: HttpRequest, form: VerdictForm, *, wrong: str = "", status: int = 200) -> HttpResponse:
    after = _uuids([request.GET.get("after", "")])
    found = due.page(request.user, due.Wanted(outcome=Outcome.REVIEW), after=after[0] if after else None)
    audit.record(
        actor=request.user,
        action=Action.VIEW,
        scope=scope_of(request.user),
        details={"page": "retention-review", "total": found.total},
    )
    context = {
        **frame(request, "review"),
        **evaluated(),
        "rows": found.rows,
        "total": found.total,
        "next_page": f"?after={found.following}" if found.following else "",
        "form": form,
        "wrong": wrong,
        "max_years": verdicts.MAX_KEEP_YEARS,
    }
    return render(request, "archive/review.html", context, status=status)


def _events(request: HttpRequest, form: EventForm, *, wrong: str = "", status: int = 200) -> HttpResponse:
    rows = CustodianEvent.objects.select_related("noted_by").order_by("-noted_at", "-id")[:_SHOWN]
    listed = [
        (row, EVENTS.get(Event(row.event), row.event), shown.day(row.on), shown.moment(row.noted_at))
        for row in rows
        if reaches_address(request.user, row.address)
    ]
    context = {**frame(request, "events"), "events": listed, "form": form, "wrong": wrong}
    return render(request, "archive/events.html", context, status=status)


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[: due.PAGE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
