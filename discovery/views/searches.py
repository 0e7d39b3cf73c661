"""Saved searches: the reader's own, and those of a matter, which its members share."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import trail
from accounts.models import Matter
from discovery.forms import SearchForm
from discovery.kept import find_search, searches
from discovery.models import MAX_NAME_CHARS
from discovery.results import chips
from discovery.services import saved_searches
from discovery.views.acts import done, matter_named


@require_safe
def searches_page(request: HttpRequest) -> HttpResponse:
    """List the reader's own saved searches, or a matter's."""
    matter = matter_named(request, request.GET.get("matter", ""))
    rows = []
    for row in searches(request.user, matter=matter):
        criteria = SearchForm(row.parameters).criteria()
        last = trail.moment(row.last_run_at) if row.last_run_at else ""
        rows.append((row, criteria.q, [chip.label for chip in chips(criteria)], last))
    context = {"section": "search", "matter": matter, "rows": rows, "max_name": MAX_NAME_CHARS}
    return render(request, "discovery/searches.html", context)


@require_POST
def save_search(request: HttpRequest) -> HttpResponse:
    """Save what the search page asks for."""
    criteria = SearchForm(request.POST).criteria()
    matter = matter_named(request, request.POST.get("matter", ""))
    name = request.POST.get("name", "")
    saved = done(
        request,
        lambda: saved_searches.save(actor=request.user, name=name, parameters=criteria.parameters(), matter=matter),
        _("Saved as “%(name)s”.") % {"name": name.strip()},
    )
    return _list(matter) if saved else HttpResponseRedirect(reverse("search") + criteria.address())


@require_safe
def run_search(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """Go to the search page with what was saved: it shows what the reader sees of it now."""
    row = find_search(request.user, search_id)
    asked = row.parameters | {"saved": str(row.pk)}
    if row.matter_id:
        asked["matter"] = str(row.matter_id)
    return HttpResponseRedirect(f"{reverse('search')}?{urlencode(asked)}")


@require_POST
def change_search(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """Rename a saved search, or delete it."""
    row = find_search(request.user, search_id)
    matter = row.matter
    if request.POST.get("act") == "delete":
        sentence = _("“%(name)s” is deleted.") % {"name": row.name}
        done(request, lambda: saved_searches.delete(actor=request.user, search=row), sentence)
    else:
        name = request.POST.get("name", "")
        done(request, lambda: saved_searches.rename(actor=request.user, search=row, name=name), _("Renamed."))
    return _list(matter)


def _list(matter: Matter | None) -> HttpResponse:
    query = f"?{urlencode({'matter': matter.pk})}" if matter else ""
    return HttpResponseRedirect(reverse("searches") + query)
