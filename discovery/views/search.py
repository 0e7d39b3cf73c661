"""The search page and its help."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import Matter, MatterState, Role
from accounts.permissions import EXPORTS, MANAGES_RETENTION, matter_scope, may, scope_of
from accounts.queries.matters import NoSuchMatter, get_worked_on, may_change, standing_addresses, worked_on
from archive.queries.coverage import coverage_within
from archive.wiring import archive
from discovery import auditing, results
from discovery.criteria import Criteria
from discovery.forms import SearchForm
from discovery.help import SECTIONS
from discovery.kept import NotKept, find_search
from discovery.models import MAX_NAME_CHARS
from discovery.queries import search
from discovery.services.saved_searches import NOT_SAVED, note_run
from discovery.typography import set_sentence
from muniment.query.explain import explain
from muniment.query.refusals import QueryError


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Answer a search, or say what is wrong with it and where."""
    form = SearchForm(request.GET)
    criteria = form.criteria()
    matter = _matter_of(request, criteria)
    scope = scope_of(request.user) if matter is None else matter_scope(request.user, matter)
    counts = coverage_within(scope)
    context = {
        "section": "search",
        "form": form,
        "criteria": criteria,
        "coverage": counts,
        "chips": results.chips(criteria),
        **_around(request, criteria, matter),
    }
    if not counts.total:
        if not criteria.is_empty:
            auditing.searched(request, criteria, total=0, scope=scope)
        context["sees_everything"] = scope_of(request.user).everything
        return render(request, "discovery/search.html", context)
    language = "fr" if get_language() == "fr" else "en"
    today = timezone.localdate()
    try:
        found = search(request.user, criteria, engine=archive().engine, today=today, scope=scope)
        words = criteria.words(today=today)
    except QueryError as error:
        context |= _refusal(criteria, error, set_sentence(error.sentence(language), language=language))
        return render(request, "discovery/search.html", context)
    auditing.searched(request, criteria, total=found.result.total, scope=scope)
    _note_saved(request, criteria, total=found.result.total)
    context |= {
        "found": found,
        "rows": results.rows(request.user, found.messages),
        "facets": results.facets(criteria, found),
        "chart": results.chart(criteria, found),
        "explanation": set_sentence(explain(words, language=language), language=language) if criteria.q.strip() else "",
        "unfiltered": Criteria(q=criteria.q, matter=criteria.matter, purpose=criteria.purpose).address(),
        **results.page_links(criteria, found),
    }
    return render(request, "discovery/search.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain the query language by examples that lead to searches."""
    return render(request, "discovery/help.html", {"section": "help", "sections": SECTIONS})


def _matter_of(request: HttpRequest, criteria: Criteria) -> Matter | None:
    """Return the matter that the address names; raise `NoSuchMatter` rather than search in more than it asks for."""
    if criteria.matter is not None:
        return get_worked_on(request.user, criteria.matter)
    if request.GET.get("matter"):
        raise NoSuchMatter
    return None


def _around(request: HttpRequest, criteria: Criteria, matter: Matter | None) -> dict[str, object]:
    """Return what can be done with a search: within which matters, and whether it is exported, saved, held."""
    actor = request.user
    matters = list(worked_on(actor).filter(state=MatterState.OPEN))
    may_hold = [one for one in matters if may_change(actor, one)]
    return {
        "matter": matter,
        "custodian_count": len(standing_addresses(matter)) if matter else 0,
        "matters": matters,
        "shows_purpose": actor.role != Role.EMPLOYEE,
        "may_export": may(actor, EXPORTS),
        "may_hold": bool(may_hold),
        "may_label": may(actor, MANAGES_RETENTION),
        "holds_query": criteria.as_query() if matter in may_hold and not criteria.is_empty else "",
        "max_name": MAX_NAME_CHARS,
    }


def _note_saved(request: HttpRequest, criteria: Criteria, *, total: int) -> None:
    """Note that a saved search was run, when the address comes from one and asks for nothing else."""
    try:
        identifier = UUID(request.GET.get("saved", ""))
        saved = find_search(request.user, identifier)
    except (ValueError, NotKept):
        return
    asked = {key: value for key, value in criteria.parameters().items() if key not in NOT_SAVED}
    if asked == saved.parameters and criteria.matter == saved.matter_id:
        note_run(saved, total=total)


def _refusal(criteria: Criteria, error: QueryError, sentence: str) -> dict[str, object]:
    text = criteria.q
    end = max(error.end, error.start + 1)
    return {
        "refusal": sentence,
        "refused": {"before": text[: error.start], "at": text[error.start : end], "rest": text[end:]},
        "position": error.start + 1,
    }
