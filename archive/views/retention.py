"""The overview of retention, and what is due: counts of the last run, lists, and the proposal to destroy."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Action, User
from accounts.permissions import MANAGES_RETENTION, READS_RETENTION, may, scope_of
from accounts.saying import said
from accounts.services import audit
from accounts.views.refusals import only_for
from archive import shown, tasks
from archive.forms import FilterForm, ReasonForm
from archive.models import Cause, DisposalState, Message
from archive.queries import due, rules
from archive.queries.disposals import disposals
from archive.queries.facts import day_of
from archive.queries.reach import reaches_all
from archive.queueing import order
from archive.services import evaluation, proposals
from muniment.errors import Refused
from muniment.policy.decide import Outcome

EVALUATED_AT_ONCE = 5_000  # messages looked at while the reader waits: some seconds
MAX_LISTED = 10_000  # messages in one list that a page proposes; the command takes any number
MAX_CHOSEN = due.PAGE


def reads_retention(actor: User) -> bool:
    """Return whether the pages of retention are for `actor`."""
    return may(actor, READS_RETENTION)


def manages_retention(actor: User) -> bool:
    """Return whether `actor` may change something on them."""
    return may(actor, MANAGES_RETENTION)


@only_for(reads_retention)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show what is due, what waits for a person, which rules are in force, and what is being destroyed."""
    tallied = due.tally(request.user)
    in_force = rules.current(day_of(timezone.now()))
    context = {
        **frame(request, "overview"),
        **evaluated(),
        "outcomes": shown.outcomes_shown(tallied.by_outcome),
        "messages_counted": tallied.messages,
        "due": tallied.by_outcome[Outcome.DUE],
        "review": tallied.by_outcome[Outcome.REVIEW],
        "oldest_due": shown.day(tallied.oldest_due),
        "rules": [shown.rule_shown(rule, messages=tallied.by_rule.get(rule.label, 0)) for rule in in_force.rules],
        "drafts": rules.open_drafts().count(),
        "under_way": disposals().filter(state__in=(DisposalState.PROPOSED, DisposalState.EXECUTING)).count(),
        "sees_all": reaches_all(request.user),
    }
    return render(request, "archive/retention.html", context)


@only_for(manages_retention)
@require_POST
def evaluate(request: HttpRequest) -> HttpResponse:
    """Look at all mail again: at once where there is little, else by the queue."""
    if Message.objects.count() <= EVALUATED_AT_ONCE:
        evaluation.evaluate()
        messages.success(request, _("All mail was looked at again."))
    else:
        order(tasks.evaluate_retention, forced=True)
        messages.info(request, _("All mail is being looked at again. The counts change when that is done."))
    return HttpResponseRedirect(reverse("retention"))


@only_for(reads_retention)
@require_http_methods(["GET", "HEAD", "POST"])
def due_page(request: HttpRequest) -> HttpResponse:
    """List messages by outcome, what is longest due first; propose some or all of those due for disposal."""
    if request.method == "POST":
        return _propose(request)
    return _list(request)


def _list(request: HttpRequest, *, form: ReasonForm | None = None, wrong: str = "", status: int = 200) -> HttpResponse:
    wanted, filters = _wanted(request)
    found = due.page(request.user, wanted, after=_uuid(request.GET.get("after", "")))
    audit.record(
        actor=request.user,
        action=Action.VIEW,
        scope=scope_of(request.user),
        details={"page": "retention-due", "outcome": wanted.outcome.name, "total": found.total},
    )
    given = {name: request.GET[name] for name in ("outcome", "rule", "through") if request.GET.get(name)}
    context = {
        **frame(request, "due"),
        **evaluated(),
        "rows": found.rows,
        "total": found.total,
        "free": found.free,
        "filters": filters,
        "outcome": shown.code_of(wanted.outcome),
        "outcomes": shown.outcomes_shown(dict.fromkeys(Outcome, 0)),
        "chosen_outcome": shown.OUTCOMES[wanted.outcome],
        "meaning": shown.MEANINGS[wanted.outcome],
        "is_due": wanted.outcome is Outcome.DUE,
        "next_page": f"?{urlencode({**given, 'after': found.following})}" if found.following else "",
        "first_page": f"?{urlencode(given)}" if request.GET.get("after") else "",
        "here": f"{reverse('retention-due')}?{urlencode(given)}",
        "form": form or ReasonForm(),
        "wrong": wrong,
        "max_listed": MAX_LISTED,
    }
    return render(request, "archive/retention_due.html", context, status=status)


def _propose(request: HttpRequest) -> HttpResponse:
    form = ReasonForm(request.POST)
    wanted, _filters = _wanted(request)
    if not manages_retention(request.user):
        return _list(request, wrong=_("Lists to destroy are proposed by the compliance officer."), status=403)
    chosen = [one for one in map(_uuid, request.POST.getlist("message")[:MAX_CHOSEN]) if one]
    if request.POST.get("which") == "all":
        chosen = due.listed_ids(request.user, wanted, most=MAX_LISTED)
    if not chosen:
        return _list(request, form=form, wrong=_("Choose the messages to propose."), status=400)
    if not form.is_valid():
        return _list(request, form=form, wrong=_("Say why: the person who approves has to know."), status=400)
    try:
        row = proposals.propose(
            actor=request.user, cause=Cause.DISPOSAL, message_ids=chosen, reason=form.cleaned_data["reason"]
        )
    except Refused as error:
        return _list(request, form=form, wrong=said(error), status=409)
    count = row.items.count()
    text = ngettext(
        "%(count)d message is on the list. Nothing is destroyed before somebody else has approved.",
        "%(count)d messages are on the list. Nothing is destroyed before somebody else has approved.",
        count,
    )
    messages.success(request, text % {"count": count})
    return HttpResponseRedirect(reverse("retention-disposal", args=[row.id]))


def frame(request: HttpRequest, tab: str) -> dict[str, Any]:
    """Return what all pages of retention share."""
    return {"section": "retention", "tab": tab, "manages": manages_retention(request.user)}


def evaluated() -> dict[str, Any]:
    """Return of when the counts are, what has changed since, and how far a run is that is under way."""
    last, running = due.last_run(), due.run_under_way()
    return {
        "evaluated": shown.moment(last.started_at) if last else "",
        "evaluated_iso": last.started_at.isoformat() if last else "",
        "since": due.changed_since(last) if last else None,
        "running": running,
    }


def _wanted(request: HttpRequest) -> tuple[due.Wanted, FilterForm]:
    """Return what the address asks for; a filter that is none is said and left out."""
    filters = FilterForm(request.GET)
    filters.is_valid()
    given = filters.cleaned_data
    wanted = due.Wanted(
        outcome=shown.outcome_of(request.GET.get("outcome", "")),
        rule=given.get("rule") or "",
        through=given.get("through"),
    )
    return wanted, filters


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
