"""Access tokens of the reader: made, shown once, ended; an administrator ends those of others, and sees names alone."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import trail
from accounts.forms import TokenForm
from accounts.models import AccessToken
from accounts.permissions import may_manage_people
from accounts.queries import tokens as queries
from accounts.services import tokens
from accounts.services.tokens import Given, TokenRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A token as the page lists it."""

    row: AccessToken
    given: str
    expires: str
    used: str


@require_http_methods(["GET", "HEAD", "POST"])
def tokens_page(request: HttpRequest) -> HttpResponse:
    """List the tokens; make one and show it, this once."""
    if request.method != "POST":
        return _page(request, TokenForm())
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        given = tokens.give(actor=request.user, name=form.cleaned_data["name"], days=form.cleaned_data["days"])
    except TokenRefused as error:
        form.add_error(None, str(error))
        return _page(request, form, status=409)
    return _page(request, TokenForm(), given=given, status=201)


@require_POST
def end(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End a token at once."""
    token = queries.get(request.user, token_id, now=timezone.now())
    if token is None:
        raise Http404
    tokens.end(actor=request.user, token=token)
    messages.success(request, _("Ended: the token “%(name)s” opens nothing any more.") % {"name": token.name})
    return HttpResponseRedirect(reverse("tokens"))


def _page(request: HttpRequest, form: TokenForm, *, given: Given | None = None, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context = {
        "section": "tokens",
        "form": form,
        "given": given,
        "own": [_shown(row) for row in queries.own(request.user, now=now)],
        "others": [_shown(row) for row in queries.of_others(request.user, now=now)],
        "manages_people": may_manage_people(request.user),
        "server": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "accounts/tokens.html", context, status=status)


def _shown(row: AccessToken) -> Shown:
    return Shown(
        row=row,
        given=trail.moment(row.given_at),
        expires=trail.moment(row.expires_at),
        used=trail.moment(row.last_used_at) if row.last_used_at else "",
    )
