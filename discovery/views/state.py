"""What the archive says of itself: coverage, status."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from archive.queries.coverage import coverage, not_searched
from archive.queries.status import status
from archive.wiring import archive
from discovery import auditing, moments
from discovery.paging import pages
from discovery.permissions import may_see_status
from discovery.reasons import shown

PAGE_SIZE = 50
_MAX_DIGITS = 9  # of a page number


@require_safe
def coverage_page(request: HttpRequest) -> HttpResponse:
    """List what searches leave out, with the reason of each."""
    counts = coverage(request.user)
    total = counts.waiting + counts.failed + counts.attachments_unread + counts.segments_unread
    page = pages(total=total, size=PAGE_SIZE, wanted=_number(request.GET.get("page", "")))
    rows = not_searched(request.user, offset=page.offset, limit=PAGE_SIZE)
    if rows:
        auditing.listed(request, page="coverage", total=total)
    return render(
        request,
        "discovery/coverage.html",
        {
            "section": "coverage",
            "coverage": counts,
            "items": [shown(row) for row in rows],
            "pages": page,
            "offered": [(number, f"?page={number}", number == page.number) for number in page.offered],
            "previous": f"?page={page.previous}" if page.previous else "",
            "following": f"?page={page.following}" if page.following else "",
        },
    )


@require_safe
def status_page(request: HttpRequest) -> HttpResponse:
    """Show counts and ages of the whole archive to those who run or answer for it."""
    context: dict[str, object] = {"section": "status", "coverage": coverage(request.user)}
    if may_see_status(request.user):
        now = status(archive())
        context["status"] = now
        context["sources"] = [(row, moments.moment(row.last_captured_at)) for row in now.sources]
    return render(request, "discovery/status.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 1
