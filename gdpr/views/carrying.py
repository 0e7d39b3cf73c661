"""What cannot be undone: what will happen, who agreed, the typed confirmation; then certificate and copy."""

import json
from uuid import UUID

from django.db.models import Count, Max, Min, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Approval
from accounts.permissions import APPROVES_DESTRUCTION, may
from accounts.saying import said
from accounts.views.refusals import only_for
from archive import certified
from archive.models import Cause, Disposal, DisposalState
from archive.queries.messages import visible
from archive.wiring import archive
from gdpr import shown
from gdpr.models import Choice, Concern, LocatedItem, Request, Right
from gdpr.packs.naming import file_name
from gdpr.services import packs
from gdpr.services.packs import PackExpired
from gdpr.states import State
from gdpr.views import acts
from gdpr.views.register import handles, reads
from gdpr.views.requests import carrying, found, frame
from muniment.errors import Refused

_SAMPLES = 10


def approves(actor) -> bool:
    """Return whether `actor` may agree to an erasure."""
    return may(actor, APPROVES_DESTRUCTION)


@only_for(handles)
@require_http_methods(["GET", "HEAD", "POST"])
def carry_out_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Say what will happen, and let it begin once the number of messages is typed."""
    row = found(request, request_id)
    if row.state not in {State.APPROVAL, State.EXECUTION_FAILED}:
        return HttpResponseRedirect(reverse("request", args=[row.id]))
    expected, wrong = _expected(row), ""
    if request.method == "POST":
        try:
            acts.carry_out(request.user, row, request.POST, expected=expected)
        except Refused as error:
            wrong = said(error)
        else:
            return HttpResponseRedirect(reverse("request", args=[row.id]))
    counts = dict(
        row.items.filter(carried_out="").exclude(choice="").values_list("choice").annotate(number=Count("id"))
    )
    context = frame(request, row, "overview") | {
        "wrong": wrong,
        "expected": expected,
        "counts": [(Choice(value).label, number) for value, number in sorted(counts.items())],
        **carrying(row),
    }
    return render(request, "gdpr/carry_out.html", context, status=409 if wrong else 200)


@only_for(approves)
@require_safe
def approval_page(request: HttpRequest, disposal_id: UUID) -> HttpResponse:
    """Show whoever may agree what is to be erased: counts, days, reasons, and what they may see of it anyway."""
    proposed = Disposal.objects.filter(id=disposal_id, cause=Cause.ERASURE).first()
    row = Request.objects.filter(id=proposed.request_id).first() if proposed else None
    if proposed is None or row is None:
        raise Http404
    listed = list(proposed.items.values_list("message_id", flat=True))
    items = LocatedItem.objects.filter(request=row, choice=Choice.ERASE, message_id__in=listed)
    sums = proposed.items.aggregate(messages=Count("id"), size=Sum("size_bytes"), sightings=Sum("sighting_count"))
    dates = items.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    by_class = items.values_list("concern").annotate(number=Count("id")).order_by("concern")
    approval = Approval.objects.filter(kind=Cause.ERASURE, subject=str(proposed.id)).order_by("-pk").first()
    context = {
        "section": "approvals",
        "proposed": proposed,
        "row": row,
        "sums": sums,
        "first": shown.moment(dates["first"]),
        "last": shown.moment(dates["last"]),
        "classes": [(Concern(value).label, number) for value, number in by_class],
        "reasons": sorted(set(items.values_list("reason", flat=True)))[:_SAMPLES],
        "samples": visible(request.user).filter(id__in=listed[:500]).order_by("date", "id")[:_SAMPLES],
        "approval": approval,
        "received": shown.day(row.received_on),
    }
    return render(request, "gdpr/approval.html", context)


@only_for(reads)
@require_safe
def certificate_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show the certificate of an erasure."""
    row = found(request, request_id)
    done = _certified(row)
    context = frame(request, row, "overview") | {
        "disposal": done,
        "lines": certified.lines(json.loads(done.certificate)),
        "finished": shown.moment(done.finished_at),
    }
    return render(request, "gdpr/certificate.html", context)


@only_for(reads)
@require_safe
def certificate_file(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Give the certificate as it was issued."""
    row = found(request, request_id)
    response = HttpResponse(_certified(row).certificate, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="certificate-{row.number}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@only_for(handles)
@require_safe
def pack_file(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Give the copy of an access; 410 once it has expired."""
    row = found(request, request_id)
    try:
        path = packs.download(actor=request.user, request_id=row.id, archive=archive())
    except PackExpired:
        context = frame(request, row, "overview")
        return render(request, "gdpr/expired.html", context, status=410)
    except Refused as error:
        raise Http404 from error
    response = FileResponse(path.open("rb"), content_type="application/zip", as_attachment=True)
    response["Content-Disposition"] = f'attachment; filename="{file_name(row.number, row.language)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _expected(row: Request) -> int:
    """Return how many messages are erased, or handed over."""
    choice = Choice.ERASE if row.right == Right.ERASURE else Choice.RELEASE
    return row.items.filter(carried_out="", choice=choice).count()


def _certified(row: Request) -> Disposal:
    done = Disposal.objects.filter(request_id=row.id, state=DisposalState.DONE).exclude(certificate="").order_by("-id")
    found = done.filter(id=row.disposal_id).first() if row.disposal_id else done.first()
    if found is None:
        raise Http404
    return found
