"""The audit trail: its page, its file, and the check of the whole chain. File and check are entries themselves."""

import csv
from collections.abc import Iterator
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import trail
from accounts.forms import AuditForm
from accounts.models import Action, Outcome
from accounts.permissions import may_read_audit, may_read_audit_texts
from accounts.queries import audit as queries
from accounts.services import audit, checks
from accounts.views.refusals import only_for

_MAX_DIGITS = 18  # of an entry's number: what a 64-bit column holds
_CHUNK = 500


@only_for(may_read_audit)
@require_safe
def entries_page(request: HttpRequest) -> HttpResponse:
    """Show entries, newest first, with their filters and the state of the chain."""
    form = AuditForm(request.GET)
    page = queries.page(form.wanted(), before=_number(request.GET.get("before", "")))
    given = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    rows = trail.rows(page.entries, with_texts=may_read_audit_texts(request.user))
    return render(
        request,
        "accounts/audit.html",
        {
            "section": "audit",
            "form": form,
            "rows": rows,
            "unsound": [row.number for row in rows if not row.sound],
            "with_texts": may_read_audit_texts(request.user),
            "checked": _last_check(),
            "filtered": bool(given),
            "file_address": f"{reverse('audit-file')}?{urlencode(given)}",
            "older": f"?{urlencode(given | {'before': page.older})}" if page.older else "",
            "newest": f"?{urlencode(given)}" if request.GET.get("before") else "",
        },
    )


@only_for(may_read_audit)
@require_safe
def entries_file(request: HttpRequest) -> StreamingHttpResponse:
    """Give the chosen entries as CSV; the download is an entry itself, which the file leaves out."""
    found = queries.entries(AuditForm(request.GET).wanted()).prefetch_related("texts")
    with_texts = may_read_audit_texts(request.user)
    last = audit.record(
        actor=request.user,
        action=Action.EXPORT,
        details={
            "of": "audit",
            "filters": sum(bool(value) for value in request.GET.values()),
            "entries": found.count(),
        },
    )
    chosen = found.filter(number__lt=last.number).iterator(chunk_size=_CHUNK)
    response = StreamingHttpResponse(_csv(trail.lines(chosen, with_texts=with_texts)), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="audit-{last.number}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@only_for(may_read_audit)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Check the whole chain now and go back to the page with the result."""
    report = checks.check_audit(actor=request.user)
    if report.whole:
        text = ngettext(
            "%(count)d entry checked: the chain is whole.",
            "%(count)d entries checked: the chain is whole.",
            report.entries,
        )
        messages.success(request, text % {"count": report.entries})
    else:
        text = _(
            "The chain is broken at entry %(number)s: %(reason)s. Keep the database as it is and tell the auditor."
        )
        first = report.broken[0]
        messages.error(request, text % {"number": first["entry"] or "–", "reason": first["reason"]})
    return HttpResponseRedirect(reverse("audit"))


def _last_check() -> dict[str, object] | None:
    entry = queries.last_check()
    if entry is None:
        return None
    return {
        "at": trail.moment(entry.at),
        "entries": entry.details.get("audit_entries", 0),
        "whole": entry.details.get("audit_broken", 0) == 0,
        "failed": entry.outcome == Outcome.FAILED,
    }


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv(lines: Iterator[list[str]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    return (writer.writerow(line) for line in lines)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and int(text) else None
