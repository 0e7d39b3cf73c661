"""Put a label on messages that were chosen among the results of a search, or on all that it finds."""

from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import MANAGES_RETENTION, matter_scope, may, scope_of
from accounts.queries.matters import get_worked_on
from accounts.views.refusals import only_for
from archive.forms import LabelForm
from archive.queries.explanation import labels_in_use
from archive.queries.messages import visible_rows
from archive.services import labels
from archive.wiring import archive
from discovery import auditing
from discovery.criteria import Criteria
from discovery.forms import SearchForm
from discovery.views.acts import ids_of
from muniment.errors import Refused
from muniment.query.refusals import QueryError


def _manages(actor: User) -> bool:
    return may(actor, MANAGES_RETENTION)


@only_for(_manages)
@require_http_methods(["GET", "HEAD", "POST"])
def label_messages(request: HttpRequest) -> HttpResponse:
    """Show what a label would be put on, and put it there when the label is given."""
    criteria = SearchForm(request.GET).criteria()
    chosen = list(visible_rows(request.user, ids_of(request.POST.getlist("message"))))
    which = request.POST.get("which", "")
    form = LabelForm(request.POST if which else None)
    try:
        found = _found(request, criteria)
    except QueryError:
        found = []
    wrong = ""
    if which and form.is_valid():
        wanted = found if which == "all" else chosen
        try:
            count = labels.put(actor=request.user, message_ids=wanted, label=form.cleaned_data["label"])
        except Refused as error:
            wrong = str(error)
        else:
            text = ngettext("The label is on %(count)d message.", "The label is on %(count)d messages.", count)
            messages.success(request, text % {"count": count})
            return HttpResponseRedirect(reverse("search") + criteria.address())
    context = {
        "section": "retention",
        "chosen": chosen,
        "found": min(len(found), labels.MAX_BATCH),
        "too_many": len(found) > labels.MAX_BATCH,
        "max_batch": labels.MAX_BATCH,
        "asked": criteria.as_query(),
        "search_address": reverse("search") + criteria.address(),
        "form": form,
        "known_labels": labels_in_use(),
        "wrong": wrong,
    }
    status = 409 if wrong else 400 if form.errors else 200
    return render(request, "discovery/label_messages.html", context, status=status)


def _found(request: HttpRequest, criteria: Criteria) -> list:
    """Return the ids of all that the search finds, one more than a batch at most; none for a search of nothing."""
    if criteria.is_empty and criteria.matter is None:
        return []
    if criteria.matter is None:
        scope = scope_of(request.user)
    else:
        scope = matter_scope(request.user, get_worked_on(request.user, criteria.matter))
    matching = archive().engine.matching(criteria.tree(today=timezone.localdate()), scope)
    found = list(islice(matching, labels.MAX_BATCH + 1))
    auditing.searched(request, criteria, total=len(found), scope=scope)
    return found
