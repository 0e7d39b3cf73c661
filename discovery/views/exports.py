"""The pages of exports: what was asked for, how far it is, the bundle itself, and how to check it."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import trail
from accounts.models import Matter, MatterState, User
from accounts.permissions import EXPORTS, matter_scope, may, scope_of
from accounts.queries.matters import worked_on
from archive.exporting import ready
from archive.queries.messages import within
from archive.wiring import archive
from discovery.criteria import Criteria
from discovery.downloads import safe_name
from discovery.export_words import exceptions_of, reason_of
from discovery.forms import MAX_PURPOSE_CHARS, SearchForm
from discovery.kept import NotKept, exports, find_export, may_fetch
from discovery.models import LIVE_STATES, MAX_NAME_CHARS, ExportJob, ExportState
from discovery.results import chips
from discovery.services import export_jobs
from discovery.services.export_jobs import KEPT_DAYS
from discovery.services.saved_searches import NOT_SAVED
from discovery.tasks import queue_export
from discovery.views.acts import done, ids_of, matter_named
from muniment.engines.port import SearchRequest
from muniment.errors import Refused
from muniment.query.refusals import QueryError

SHOWN = 200  # exports on the list; older ones are found in the audit trail
_BUNDLE = "application/zip"


@require_safe
def exports_page(request: HttpRequest) -> HttpResponse:
    """List the reader's exports and those of the reader's matters."""
    _only_for_roles(request.user)
    rows = [export_jobs.settle(row, archive=archive()) for row in exports(request.user)[:SHOWN]]
    context = {
        "section": "exports",
        "rows": [(row, trail.moment(row.asked_at)) for row in rows],
        "kept_days": KEPT_DAYS,
    }
    return render(request, "discovery/exports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_export(request: HttpRequest) -> HttpResponse:
    """Say what would be exported; ask for it when that was confirmed."""
    _only_for_roles(request.user)
    given = request.POST if request.method == "POST" else request.GET
    matter = matter_named(request, given.get("matter", "") or request.GET.get("matter", ""))
    criteria = SearchForm(given).criteria()
    chosen = ids_of(given.getlist("message"))
    wrong = ""
    if request.POST.get("confirmed"):
        try:
            job = export_jobs.ask(
                actor=request.user,
                name=request.POST.get("name", ""),
                parameters=criteria.parameters(),
                message_ids=chosen,
                matter=matter,
                purpose=request.POST.get("purpose", ""),
                all_copies=request.POST.get("copies") == "all",
            )
        except Refused as error:
            wrong = str(error)
        else:
            queue_export(job.pk)
            return HttpResponseRedirect(reverse("export", args=[job.pk]))
    elif not chosen and request.method == "POST":
        wrong = _("No message was chosen: go back and choose some, or export all results.")
    return _form(request, criteria, chosen, matter, wrong=wrong)


@require_safe
def export_page(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Show how far an export is, or what it gave and how to check it."""
    job = export_jobs.settle(find_export(request.user, export_id), archive=archive())
    context = {
        "section": "exports",
        "job": job,
        "asked": trail.moment(job.asked_at),
        "finished": trail.moment(job.finished_at) if job.finished_at else "",
        "expires": trail.moment(job.expires_at) if job.expires_at else "",
        "is_live": job.state in LIVE_STATES,
        "is_ready": job.state == ExportState.DONE,
        "may_fetch": may_fetch(request.user, job),
        "is_asker": job.asked_by_id == request.user.pk,
        "may_ask_again": job.state not in {*LIVE_STATES, ExportState.DONE},
        "exceptions": exceptions_of(job),
        "reason": reason_of(job),
        "kept_days": KEPT_DAYS,
        **_asked_for(job),
    }
    return render(request, "discovery/export.html", context)


@require_safe
def fetch_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Give the bundle as a file; that it left is recorded before it does."""
    job = export_jobs.settle(find_export(request.user, export_id), archive=archive())
    if not may_fetch(request.user, job):
        raise NotKept
    try:
        opened = ready.place(archive().data, str(job.pk)).open("rb")
    except FileNotFoundError as error:  # an erasure came in between
        raise NotKept from error
    export_jobs.fetched(actor=request.user, job=job)
    name = safe_name(f"{job.name}.zip", fallback=f"{job.pk}.zip")
    response = FileResponse(opened, as_attachment=True, filename=name, content_type=_BUNDLE)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def act_on_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Cancel an export, or ask for the same again."""
    job = find_export(request.user, export_id)
    if request.POST.get("act") == "cancel":
        sentence = _("Cancelled. What was made of it is removed.")
        done(request, lambda: export_jobs.cancel(actor=request.user, job=job, archive=archive()), sentence)
        return HttpResponseRedirect(reverse("export", args=[job.pk]))
    try:
        fresh = export_jobs.again(actor=request.user, job=job)
    except Refused as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("export", args=[job.pk]))
    queue_export(fresh.pk)
    return HttpResponseRedirect(reverse("export", args=[fresh.pk]))


def _form(
    request: HttpRequest, criteria: Criteria, chosen: list[UUID], matter: Matter | None, *, wrong: str
) -> HttpResponse:
    """Show what would be exported within what the reader sees now, and ask for a name and a purpose."""
    scope = scope_of(request.user) if matter is None else matter_scope(request.user, matter)
    refusal = ""
    if chosen:
        count = within(scope).filter(id__in=chosen).count()
    else:
        try:
            tree = criteria.tree(today=timezone.localdate())
            count = archive().engine.search(SearchRequest(query=tree, scope=scope, limit=0)).total
        except QueryError as error:
            count, refusal = 0, error.sentence("fr" if get_language() == "fr" else "en")
    context = {
        "section": "exports",
        "matter": matter,
        "matters": worked_on(request.user).filter(state=MatterState.OPEN),
        "criteria": criteria,
        "chips": chips(criteria),
        "hidden": [(key, value) for key, value in criteria.parameters().items() if key not in NOT_SAVED],
        "chosen": chosen,
        "count": count,
        "wrong": wrong or refusal,
        "name": request.POST.get("name", ""),
        "purpose": criteria.purpose,
        "max_name": MAX_NAME_CHARS,
        "max_purpose": MAX_PURPOSE_CHARS,
        "kept_days": KEPT_DAYS,
    }
    return render(request, "discovery/export_new.html", context, status=409 if wrong or refusal else 200)


def _asked_for(job: ExportJob) -> dict[str, object]:
    criteria = SearchForm(job.parameters).criteria()
    return {
        "typed": criteria.q,
        "chips": chips(criteria),
        "chosen": len(job.message_ids),
        "percent": 100 * job.done // job.total if job.total else 0,
    }


def _only_for_roles(actor: User) -> None:
    if not may(actor, EXPORTS):
        raise NotKept
