"""The register of requests: list, intake, one request with its history, letters, certificate and copy."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from accounts.api.once import ONCE, once
from accounts.api.shapes import MAX_OFFSET, In
from accounts.models import Action
from accounts.services import audit
from accounts.views.refusals import only_for
from archive.api.evidence import NoSuchEntry, Proved, proved
from archive.models import Disposal
from archive.services import certificates
from archive.wiring import archive
from gdpr import waits
from gdpr.api.shapes import RequestOut, RequestWhole, handles, out, reads, whole
from gdpr.clock import Standing
from gdpr.models import Channel, RequestState, Right
from gdpr.models.requests import Calendar
from gdpr.packs.naming import file_name
from gdpr.queries.register import Wanted, get_request, register_page
from gdpr.services import intake, packs
from gdpr.services.acting import NoSuchRequest
from muniment.policy.erasure_request import Ground

MAX_ADDRESSES = 100

router = Router(tags=["requests"])


class RegisterIn(In):
    """Which requests are wanted."""

    right: Right | None = None
    state: RequestState | None = None
    standing: Standing | None = None
    text: str = Field("", max_length=200, description=gettext_noop("In the number or the name."))
    page: int = Field(1, ge=1, le=MAX_OFFSET, description=gettext_noop("Which page, from 1."))


class Register(Schema):
    total: int
    page: int
    pages: int
    standings: dict[str, int] = Field(description=gettext_noop("Of all requests, by how they stand in time."))
    items: list[RequestOut] = Field(description=gettext_noop("The most urgent first."))


class RequestIn(In):
    """A request as it came in."""

    right: Right
    channel: Channel
    received_on: date = Field(
        description=gettext_noop("The day on which it reached your organisation: the clock counts from it.")
    )
    person_name: str = Field(min_length=1, max_length=intake.MAX_NAME_CHARS)
    addresses: list[str] = Field([], max_length=MAX_ADDRESSES)
    grounds: list[Ground] = Field([], description=gettext_noop("Of Article 17(1), for an erasure."))
    language: str = Field("fr", pattern="^(fr|en)$", description=gettext_noop("Of the answer: fr or en."))
    calendar: Calendar = Calendar.FRANCE
    pauses_count: bool = True


class Event(Schema):
    at: datetime
    actor: str | None
    act: str
    from_state: str
    to_state: str
    reason: str


class Letter(Schema):
    id: int
    kind: str
    language: str
    made_at: datetime
    text: str


class History(Schema):
    events: list[Event]
    letters: list[Letter]


class ErasureCertificate(Schema):
    text: str = Field(description=gettext_noop("The certificate as it is logged."))
    fields: dict[str, Any]
    proof: Proved | None = Field(description=gettext_noop("Its proof in the evidence log; null until it is logged."))


@router.get("/requests", response=Register, summary=gettext_noop("Read the register"), operation_id="list_requests")
@only_for(reads)
def list_requests(request: HttpRequest, wanted: Query[RegisterIn]):
    """50 to a page. The page after the last is empty."""
    found = register_page(request.user, Wanted(**wanted.dict()), today=timezone.localdate())
    rows = found.rows if found.page == wanted.page else ()
    return Register(
        total=found.total,
        page=wanted.page,
        pages=found.pages,
        standings={standing.value: count for standing, count in found.standings.items()},
        items=[out(row.request, row.clock) for row in rows],
    )


@router.post(
    "/requests",
    response={201: RequestWhole},
    summary=gettext_noop("Register a request"),
    operation_id="register_request",
    openapi_extra=ONCE,
)
@only_for(handles)
def register_request(request: HttpRequest, body: RequestIn):
    """Its acknowledgement is written."""
    made = once(request, lambda: intake.register(actor=request.user, **body.dict()).pk)
    return Status(201, whole(request.user, UUID(made)))


@router.get(
    "/requests/{uuid:request_id}",
    response=RequestWhole,
    summary=gettext_noop("One request"),
    operation_id="get_request",
)
@only_for(reads)
def get_one(request: HttpRequest, request_id: UUID):
    """Where it is, what may follow, by what the person is known."""
    return whole(request.user, request_id)


@router.get(
    "/requests/{uuid:request_id}/history",
    response=History,
    summary=gettext_noop("What was done and written"),
    operation_id="get_request_history",
)
@only_for(reads)
def get_history(request: HttpRequest, request_id: UUID):
    """Every act, every letter."""
    row = get_request(request.user, request_id)
    events = row.events.select_related("actor")
    same = ("at", "act", "from_state", "to_state")
    return History(
        events=[
            Event(
                **{name: getattr(one, name) for name in same},
                reason=waits.shown(one),
                actor=one.actor.email if one.actor else None,
            )
            for one in events
        ],
        letters=[
            Letter(id=one.pk, kind=one.kind, language=one.language, made_at=one.made_at, text=one.text)
            for one in row.letters.all()
        ],
    )


@router.get(
    "/requests/{uuid:request_id}/certificate",
    response=ErasureCertificate,
    summary=gettext_noop("The certificate of an erasure"),
    operation_id="get_request_certificate",
)
@only_for(reads)
def get_certificate(request: HttpRequest, request_id: UUID):
    """With its proof in the evidence log."""
    row = get_request(request.user, request_id)
    done = Disposal.objects.filter(request_id=row.pk).exclude(certificate="").order_by("-id").first()
    if done is None:
        raise NoSuchRequest
    audit.record(
        actor=request.user,
        action=Action.DOWNLOAD,
        objects=[f"request:{row.pk}", f"disposal:{done.pk}"],
        details={"what": "certificate"},
    )
    return ErasureCertificate(text=done.certificate, fields=json.loads(done.certificate), proof=_proof(done))


@router.get(
    "/requests/{uuid:request_id}/copy.zip",
    summary=gettext_noop("Fetch the copy of an access"),
    operation_id="fetch_copy",
    openapi_extra={
        "responses": {200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}}
    },
)
@only_for(handles)
def fetch_copy(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Once it was released and made, until it expires."""
    row = get_request(request.user, request_id)
    path = packs.download(actor=request.user, request_id=row.pk, archive=archive())
    response = FileResponse(path.open("rb"), content_type="application/zip", as_attachment=True)
    response["Content-Disposition"] = f'attachment; filename="{file_name(row.number, row.language)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _proof(done: Disposal) -> Proved | None:
    try:
        return proved(certificates.note_of(done.pk))
    except NoSuchEntry:
        return None
