"""The figures about personal data: what was found in a reader's scope, and how much of it was looked through."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import may_read_personal_figures
from accounts.views.refusals import only_for
from archive.queries.personal import looked_through
from archive.wiring import archive
from discovery import auditing
from discovery.personal import figures


@only_for(may_read_personal_figures)
@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    """Show counts of messages with personal data, each with the search behind it, and the coverage."""
    looked = looked_through(request.user)
    context: dict[str, object] = {"section": "personal-data", "looked": looked}
    if looked.messages:
        found = figures(request.user, engine=archive().engine, today=timezone.localdate())
        auditing.listed(request, page="personal-data", total=found.messages)
        context |= {"figures": found, "chart": found.chart}
    return render(request, "discovery/personal_data.html", context)
