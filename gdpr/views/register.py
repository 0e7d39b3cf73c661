"""The register, a new request, and the information that every copy carries."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import HANDLES_REQUESTS, READS_REQUESTS, may
from accounts.saying import said
from accounts.views.refusals import only_for
from gdpr import shown
from gdpr.clock import Standing
from gdpr.forms import InformationForm, NewRequest, RegisterForm
from gdpr.models import Right
from gdpr.queries.register import register_page
from gdpr.services import informing, intake
from muniment.errors import Refused

_LANGUAGES = ("fr", "en")


def reads(actor) -> bool:
    """Return whether `actor` may read the register."""
    return may(actor, READS_REQUESTS)


def handles(actor) -> bool:
    """Return whether `actor` handles requests."""
    return may(actor, HANDLES_REQUESTS)


@only_for(reads)
@require_safe
def requests_page(request: HttpRequest) -> HttpResponse:
    """Show the register, the most urgent first."""
    form = RegisterForm(request.GET)
    wanted = form.wanted()
    found = register_page(request.user, wanted, today=timezone.localdate())
    given = {name: request.GET[name] for name in form.fields if request.GET.get(name) and name != "page"}
    return render(
        request,
        "gdpr/register.html",
        {
            "section": "requests",
            "form": form,
            "rows": [(row.request, shown.clock(row.clock)) for row in found.rows],
            "found": found,
            "counts": [
                (standing.value, shown.STANDINGS[standing], shown.LOOKS[standing], found.standings.get(standing, 0))
                for standing in Standing
            ],
            "filtered": bool(given),
            "handles": handles(request.user),
            "before": f"?{urlencode(given | {'page': found.page - 1})}" if found.page > 1 else "",
            "after": f"?{urlencode(given | {'page': found.page + 1})}" if found.page < found.pages else "",
        },
    )


@only_for(handles)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take a request in."""
    language = "fr" if get_language() == "fr" else "en"
    start = {"received_on": timezone.localdate(), "language": language, "pauses_count": True}
    form = NewRequest(request.POST if request.method == "POST" else None, initial=start)
    wrong = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = intake.register(
                actor=request.user,
                right=Right(given["right"]),
                channel=given["channel"],
                received_on=given["received_on"],
                person_name=given["person_name"],
                addresses=given["addresses"].splitlines(),
                grounds=given["grounds"],
                language=given["language"],
                calendar=given["calendar"],
                pauses_count=given["pauses_count"],
            )
        except Refused as error:
            wrong = said(error)
        else:
            text = _("Request %(number)s is registered. Its acknowledgement is written: send it to the person.")
            messages.success(request, text % {"number": made.number})
            return HttpResponseRedirect(reverse("request", args=[made.id]))
    status = 400 if request.method == "POST" else 200
    context = {"section": "requests", "form": form, "wrong": wrong}
    return render(request, "gdpr/new.html", context, status=status)


@only_for(handles)
@require_http_methods(["GET", "HEAD", "POST"])
def information(request: HttpRequest) -> HttpResponse:
    """Write what Article 15(1)(a) to (h) asks to be told, in one of the languages."""
    asked = request.GET.get("language", "")
    language = asked if asked in _LANGUAGES else ("fr" if get_language() == "fr" else "en")
    latest = informing.latest(language)
    form = InformationForm(request.POST if request.method == "POST" else None, instance=latest)
    if request.method == "POST" and form.is_valid():
        made = informing.write(actor=request.user, language=language, texts=form.cleaned_data)
        text = _("Version %(version)d is kept: every copy that is released from now on carries it.")
        messages.success(request, text % {"version": made.version})
        return HttpResponseRedirect(f"{reverse('request-information')}?language={language}")
    status = 400 if request.method == "POST" else 200
    context = {"section": "requests", "form": form, "language": language, "version": latest.version if latest else 0}
    return render(request, "gdpr/information.html", context, status=status)
