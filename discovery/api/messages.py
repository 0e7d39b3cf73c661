"""One message: what it says, its bytes, its parts, its captures, its thread, the proof of it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from accounts.api.shapes import In
from accounts.models import Action
from accounts.permissions import scope_of
from accounts.services import audit
from archive.queries.messages import NotFound, get_visible, thread_of
from archive.services.integrity import prove
from archive.wiring import archive
from discovery import auditing
from discovery.api.search import Summary, summaries
from discovery.blindness import open_participants
from discovery.defects import shown_defects
from discovery.downloads import attachment, safe_name
from discovery.personal import shown_in
from discovery.reading import OpenMessage, open_message
from discovery.sightings import ShownSighting, shown_sightings
from muniment.mail.text import body_text

MAX_TEXT_CHARS: Final = 1_000_000  # of a body; the rest is in the bytes

router = Router(tags=["messages"])


def _binary(media_type: str) -> dict[str, Any]:
    return {"responses": {200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}}


class Which(In):
    """Which capture of the message is read."""

    sighting: UUID | None = Field(None, description=gettext_noop("One of its captures; the first one, when left out."))


class Person(Schema):
    role: str
    known: str
    address: str
    name: str


class HeaderField(Schema):
    name: str
    value: str


class PartOut(Schema):
    path: str
    content_type: str
    real_type: str
    disposition: str
    filename: str
    size_bytes: int
    sha256: str
    bytes_shown: bool = Field(
        description=gettext_noop("Whether you may have this part: not when it is a message that names blind copies.")
    )


class Found(Schema):
    """Personal data of one kind."""

    kind: str
    count: int


class MessageOut(Summary):
    """A message as you may see it: blind copies only for roles that may."""

    sighting: UUID = Field(description=gettext_noop("The capture that this was read from."))
    people: list[Person]
    headers: list[HeaderField]
    headers_hidden: bool = Field(
        description=gettext_noop("Whether header fields are left out because they name blind copies.")
    )
    bytes_shown: bool = Field(description=gettext_noop("Whether you may have the bytes as received."))
    text: str
    parts: list[PartOut]
    defects: list[str]
    personal: list[Found] | None = Field(
        description=gettext_noop("Personal data that was found; null where it is not for your role.")
    )


class Envelope(Schema):
    mail_from: str
    recipients: list[str]
    recipients_hidden: bool
    protocol: str
    helo: str
    client: str
    tls: str
    authenticated_as: str


class Capture(Schema):
    """One observation of the message."""

    id: UUID
    source: str
    captured_at: datetime
    custodian: str
    sha256: str
    size_bytes: int
    envelope: Envelope | None
    error: str


class Captures(Schema):
    total: int
    items: list[Capture] = Field(description=gettext_noop("The oldest first, at most 50."))


class Thread(Schema):
    items: list[Summary] = Field(description=gettext_noop("What you may see of the thread, the oldest first."))


class ProofOut(Schema):
    """The proof of a capture, made now from the sealed bytes."""

    ok: bool
    reason: str
    segment: UUID
    sighting: UUID
    commitment: str
    salt: str
    sha256: str
    raw_bytes: int
    merkle_root: str
    place: int
    frames: int
    path: list[str] = Field(description=gettext_noop("The inclusion proof from the commitment to the root, in hex."))
    lock_until: datetime | None
    log_index: int | None = Field(description=gettext_noop("The leaf of the segment in the evidence log."))


@router.get(
    "/messages/{uuid:message_id}",
    response=MessageOut,
    summary=gettext_noop("Read a message"),
    operation_id="get_message",
)
def get_message(request: HttpRequest, message_id: UUID, which: Query[Which]):
    opened = _open(request, message_id, which)
    auditing.viewed(request, opened, page="message")
    message, parsed = opened.message, opened.parsed
    personal = shown_in(request.user, message)
    return MessageOut(
        **summaries([message])[0],
        sighting=opened.sighting.id,
        people=[
            Person(role=one.role, known=one.known, address=one.address, name=one.name)
            for one in open_participants(request.user, message)
        ],
        headers=[HeaderField(name=one.name, value=one.value) for one in opened.headers],
        headers_hidden=opened.has_hidden_headers,
        bytes_shown=opened.bytes_shown,
        text=body_text(parsed)[:MAX_TEXT_CHARS],
        parts=[
            PartOut(
                **{name: getattr(one, name) for name in PartOut.model_fields if name != "bytes_shown"},
                bytes_shown=one.path not in opened.parts_kept_back,
            )
            for one in sorted(message.parts.all(), key=lambda part: part.pk)
        ],
        defects=[str(one.sentence) for one in shown_defects(parsed.defects)],
        personal=None if personal is None else _personal(personal.looked.findings),
    )


@router.get(
    "/messages/{uuid:message_id}/raw.eml",
    summary=gettext_noop("The bytes as received"),
    operation_id="get_message_bytes",
    openapi_extra=_binary("application/octet-stream"),
)
def get_raw(request: HttpRequest, message_id: UUID, which: Query[Which]) -> HttpResponse:
    """Not there for roles that may not see the blind copies which these bytes name."""
    opened = _open(request, message_id, which)
    if not opened.bytes_shown:
        raise NotFound
    raw = opened.sealed.raw
    auditing.downloaded(request, opened, what="eml", size_bytes=len(raw))
    return attachment(raw, name=f"{opened.sighting.id}.eml", content_type="message/rfc822")


@router.get(
    "/messages/{uuid:message_id}/parts/{str:path}",
    summary=gettext_noop("A part as a file"),
    operation_id="get_message_part",
    openapi_extra=_binary("application/octet-stream"),
)
def get_part(request: HttpRequest, message_id: UUID, path: str, which: Query[Which]) -> HttpResponse:
    opened = _open(request, message_id, which)
    wanted = opened.part(path)
    auditing.downloaded(request, opened, what=f"part {path}", size_bytes=len(wanted.content))
    fallback = f"part-{path}.eml" if wanted.nested_message else f"part-{path}"
    name = safe_name(wanted.filename, fallback=fallback)
    return attachment(wanted.content, name=name, content_type=wanted.real_type or wanted.content_type)


@router.get(
    "/messages/{uuid:message_id}/sightings",
    response=Captures,
    summary=gettext_noop("How the message came"),
    operation_id="list_sightings",
)
def list_sightings(request: HttpRequest, message_id: UUID):
    """Every capture of the message, with its envelope."""
    opened = _open(request, message_id, Which())
    auditing.viewed(request, opened, page="message-journey")
    shown = shown_sightings(request.user, opened.message, vault=archive().vault)
    return Captures(total=opened.message.sightings.count(), items=[_capture(one) for one in shown])


@router.get(
    "/messages/{uuid:message_id}/thread",
    response=Thread,
    summary=gettext_noop("The thread of a message"),
    operation_id="get_thread",
)
def get_thread(request: HttpRequest, message_id: UUID):
    message = get_visible(request.user, message_id)
    rows = thread_of(request.user, message)
    audit.record(
        actor=request.user,
        action=Action.VIEW,
        scope=scope_of(request.user),
        objects=[f"message:{message.id}"],
        details={"page": "thread", "total": len(rows)},
    )
    return Thread(items=[Summary(**row) for row in summaries(rows)])


@router.get(
    "/messages/{uuid:message_id}/proof",
    response=ProofOut,
    summary=gettext_noop("Prove a message"),
    operation_id="prove_message",
)
def prove_message(request: HttpRequest, message_id: UUID, which: Query[Which]):
    """Open the sealed bytes now, and check them against their commitment and the root of their segment."""
    opened = _open(request, message_id, which)
    auditing.viewed(request, opened, page="message-proof")
    found = prove(opened.sighting, vault=archive().vault)
    segment = opened.sighting.segment
    same = ("ok", "reason", "commitment", "salt", "sha256", "raw_bytes", "merkle_root", "place", "frames")
    return ProofOut(
        **{name: getattr(found, name) for name in same},
        segment=found.segment_id,
        sighting=found.sighting_id,
        path=list(found.path),
        lock_until=segment.lock_until,
        log_index=segment.log_index,
    )


def _open(request: HttpRequest, message_id: UUID, which: Which) -> OpenMessage:
    return open_message(request.user, message_id, sighting_id=which.sighting, vault=archive().vault)


def _personal(findings) -> list[Found]:
    counts: dict[str, int] = {}
    for one in findings:
        counts[one.kind] = counts.get(one.kind, 0) + one.count
    return [Found(kind=kind, count=count) for kind, count in sorted(counts.items())]


def _capture(shown: ShownSighting) -> Capture:
    row, envelope = shown.sighting, shown.envelope
    return Capture(
        id=row.id,
        source=row.source,
        captured_at=row.captured_at,
        custodian=shown.custodian,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        error=shown.error,
        envelope=envelope
        and Envelope(
            mail_from=envelope.mail_from,
            recipients=list(envelope.recipients),
            recipients_hidden=envelope.hidden_recipients,
            protocol=envelope.protocol,
            helo=envelope.helo,
            client=envelope.client,
            tls=envelope.tls,
            authenticated_as=envelope.authenticated_as,
        ),
    )
