"""The search page and its help."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.permissions import scope_of
from archive.queries.coverage import coverage
from archive.wiring import archive
from discovery import auditing, results
from discovery.criteria import Criteria
from discovery.forms import SearchForm
from discovery.help import SECTIONS
from discovery.queries import search
from discovery.typography import set_sentence
from muniment.query.explain import explain
from muniment.query.refusals import QueryError


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Answer a search, or say what is wrong with it and where."""
    form = SearchForm(request.GET)
    criteria = form.criteria()
    counts = coverage(request.user)
    context = {
        "section": "search",
        "form": form,
        "criteria": criteria,
        "coverage": counts,
        "chips": results.chips(criteria),
    }
    if not counts.total:
        if not criteria.is_empty:
            auditing.searched(request, criteria, total=0)
        context["sees_everything"] = scope_of(request.user).everything
        return render(request, "discovery/search.html", context)
    language = "fr" if get_language() == "fr" else "en"
    today = timezone.localdate()
    try:
        found = search(request.user, criteria, engine=archive().engine, today=today)
        words = criteria.words(today=today)
    except QueryError as error:
        context |= _refusal(criteria, error, set_sentence(error.sentence(language), language=language))
        return render(request, "discovery/search.html", context)
    auditing.searched(request, criteria, total=found.result.total)
    context |= {
        "found": found,
        "rows": results.rows(request.user, found.messages),
        "facets": results.facets(criteria, found),
        "chart": results.chart(criteria, found),
        "explanation": set_sentence(explain(words, language=language), language=language) if criteria.q.strip() else "",
        "unfiltered": Criteria(q=criteria.q).address(),
        **results.page_links(criteria, found),
    }
    return render(request, "discovery/search.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain the query language by examples that lead to searches."""
    return render(request, "discovery/help.html", {"section": "help", "sections": SECTIONS})


def _refusal(criteria: Criteria, error: QueryError, sentence: str) -> dict[str, object]:
    text = criteria.q
    end = max(error.end, error.start + 1)
    return {
        "refusal": sentence,
        "refused": {"before": text[: error.start], "at": text[error.start : end], "rest": text[end:]},
        "position": error.start + 1,
    }
