"""The page of one message that says what the retention rules make of it, and the labels that they speak of."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import MANAGES_RETENTION, READS_RETENTION, may
from accounts.views.refusals import only_for
from archive import shown
from archive.forms import LabelForm
from archive.queries.explanation import explained, labels_in_use
from archive.services import labels
from discovery import auditing
from discovery.views.messages import frame, open_asked
from muniment.errors import Refused
from muniment.policy.decide import Outcome


def _reads(actor: User) -> bool:
    return may(actor, READS_RETENTION)


def _manages(actor: User) -> bool:
    return may(actor, MANAGES_RETENTION)


@only_for(_reads)
@require_safe
def message_retention(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Say what happens to the message, when and why: rules, holds, labels."""
    return _page(request, message_id, LabelForm())


@only_for(_manages)
@require_POST
def change_label(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Put a label on the message, or take one off."""
    form = LabelForm(request.POST)
    if not form.is_valid():
        return _page(request, message_id, form, status=400)
    act, sentence = (
        (labels.take_off, _("The label was taken off."))
        if request.POST.get("act") == "take-off"
        else (labels.put, _("The label was put on."))
    )
    try:
        act(actor=request.user, message_ids=[message_id], label=form.cleaned_data["label"])
    except Refused as error:
        form.add_error("label", str(error))
        return _page(request, message_id, form, status=409)
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("message-retention", args=[message_id]))


def _page(request: HttpRequest, message_id: UUID, form: LabelForm, *, status: int = 200) -> HttpResponse:
    opened = open_asked(request, message_id)
    auditing.viewed(request, opened, page="message-retention")
    said = explained(request.user, opened.message, language=shown.language())
    context = frame(request, opened, tab="retention") | {
        "said": said,
        "outcome": shown.code_of(said.outcome),
        "is_held": said.outcome is Outcome.HELD,
        "phase": shown.PHASES[said.phase],
        "decided": shown.day(said.decided_on),
        "holds": [(hold, shown.day(hold.placed_on)) for hold in said.holds],
        "form": form,
        "known_labels": labels_in_use(),
        "manages": _manages(request.user),
    }
    return render(request, "discovery/message_retention.html", context, status=status)
