"""Exports: asked for, made by a worker, fetched, cancelled."""

from datetime import datetime
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from accounts.api.once import ONCE, once
from accounts.api.shapes import Slice
from accounts.permissions import EXPORTS, may
from accounts.queries.matters import get_worked_on
from accounts.views.refusals import only_for
from archive.exporting import ready
from archive.wiring import archive
from discovery.api.search import Filters
from discovery.downloads import safe_name
from discovery.forms import MAX_PURPOSE_CHARS
from discovery.kept import NotKept, exports, find_export, may_fetch
from discovery.models import MAX_NAME_CHARS, ExportJob, ExportState
from discovery.services import export_jobs
from discovery.tasks import queue_export

router = Router(tags=["exports"])


class ExportIn(Filters):
    """What is to be exported: a search, or messages chosen one by one."""

    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    purpose: str = Field("", max_length=MAX_PURPOSE_CHARS, description=gettext_noop("Why, for the audit trail."))
    matter: UUID | None = Field(None, description=gettext_noop("In a matter: only the mail of its custodians."))
    messages: list[UUID] = Field(
        [], max_length=export_jobs.MAX_CHOSEN, description=gettext_noop("These messages, instead of a search.")
    )
    all_copies: bool = Field(
        default=False, description=gettext_noop("Every capture of each message, not the first alone.")
    )


class Export(Schema):
    id: UUID
    name: str
    state: ExportState
    matter: UUID | None
    asked_by: str
    asked_at: datetime
    done: int
    total: int | None
    why: str = Field(description=gettext_noop("Why it failed."))
    result: dict[str, int | dict[str, int]]
    size_bytes: int
    sha256: str
    digest: str = Field(description=gettext_noop("Of its SHA256SUMS: hand it over apart from the bundle."))
    finished_at: datetime | None
    expires_at: datetime | None
    may_fetch: bool


class Exports(Schema):
    total: int
    items: list[Export]


def _exports(actor) -> bool:
    return may(actor, EXPORTS)


@router.get("/exports", response=Exports, summary=gettext_noop("List exports"), operation_id="list_exports")
@only_for(_exports)
def list_exports(request: HttpRequest, wanted: Query[Slice]):
    """Your own and those of your matters, the newest first."""
    rows = exports(request.user)
    return Exports(total=rows.count(), items=[_out(request, row) for row in wanted.of(rows)])


@router.post(
    "/exports",
    response={201: Export},
    summary=gettext_noop("Ask for an export"),
    operation_id="ask_export",
    openapi_extra=ONCE,
)
@only_for(_exports)
def ask_export(request: HttpRequest, body: ExportIn):
    """A worker makes it, within what you may see when it runs; ask for its state until it is done."""
    matter = None if body.matter is None else get_worked_on(request.user, body.matter)

    def make() -> UUID:
        job = export_jobs.ask(
            actor=request.user,
            name=body.name,
            parameters=body.criteria().parameters(),
            message_ids=body.messages,
            matter=matter,
            purpose=body.purpose,
            all_copies=body.all_copies,
        )
        queue_export(job.pk)
        return job.pk

    return Status(201, _out(request, find_export(request.user, UUID(once(request, make)))))


@router.get(
    "/exports/{uuid:export_id}",
    response=Export,
    summary=gettext_noop("How far an export is"),
    operation_id="get_export",
)
@only_for(_exports)
def get_export(request: HttpRequest, export_id: UUID):
    return _out(request, find_export(request.user, export_id))


@router.get(
    "/exports/{uuid:export_id}/bundle.zip",
    summary=gettext_noop("Fetch the bundle"),
    operation_id="fetch_export",
    openapi_extra={
        "responses": {200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}}
    },
)
@only_for(_exports)
def fetch_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Check it with `python -m muniment.verify`."""
    job = export_jobs.settle(find_export(request.user, export_id), archive=archive())
    if not may_fetch(request.user, job):
        raise NotKept
    opened = ready.place(archive().data, str(job.pk)).open("rb")
    export_jobs.fetched(actor=request.user, job=job)
    name = safe_name(f"{job.name}.zip", fallback=f"{job.pk}.zip")
    response = FileResponse(opened, as_attachment=True, filename=name, content_type="application/zip")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@router.post(
    "/exports/{uuid:export_id}/cancel",
    response=Export,
    summary=gettext_noop("Cancel an export"),
    operation_id="cancel_export",
)
@only_for(_exports)
def cancel_export(request: HttpRequest, export_id: UUID):
    """What was made of it is removed."""
    job = find_export(request.user, export_id)
    return _out(request, export_jobs.cancel(actor=request.user, job=job, archive=archive()))


def _out(request: HttpRequest, job: ExportJob) -> Export:
    job = export_jobs.settle(job, archive=archive())
    same = ("name", "state", "asked_at", "done", "total", "why", "result", "size_bytes", "sha256", "digest")
    return Export(
        **{name: getattr(job, name) for name in same},
        id=job.pk,
        matter=job.matter_id,
        asked_by=job.asked_by.email,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        may_fetch=may_fetch(request.user, job),
    )
