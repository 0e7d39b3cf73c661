"""The pages of one message. Each opens the message anew, so what it shows is what the vault holds now."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.permissions import MANAGES_MATTERS, READS_RETENTION, may
from archive.queries.messages import NotFound, thread_of
from archive.services.integrity import prove
from archive.wiring import archive
from discovery import auditing, moments
from discovery.blindness import open_participants
from discovery.defects import shown_defects
from discovery.downloads import attachment, safe_name
from discovery.participants import by_role
from discovery.personal import shown_in
from discovery.quoting import MAX_SHOWN_CHARACTERS, runs_of
from discovery.reading import OpenMessage, open_message
from discovery.sanitise import BODY_POLICY, UnsafeToShow
from discovery.sightings import MAX_OPENED, shown_hops, shown_sightings
from muniment.mail.text import body_text

_SHORT_ROWS, _MEDIUM_ROWS, _ROW_CHARACTERS = 9, 24, 80  # of text, by what the frames of main.css hold
MAX_SOURCE_BYTES = 1_000_000  # of raw shown on a page; the download has all


@require_safe
def read(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show the message to read: who, when, words, files, thread."""
    opened = open_asked(request, message_id)
    auditing.viewed(request, opened, page="message")
    as_text = request.GET.get("show") == "text" or not opened.html_parts
    context = frame(request, opened, tab="read") | {"as_text": as_text, "attachments": opened.attachments}
    if not as_text:
        try:
            sanitised = opened.sanitised()
        except UnsafeToShow:
            context |= {"as_text": True, "html_refused": True}
        else:
            context |= {
                "links": sanitised.links,
                "blocked_count": sanitised.blocked_count,
                "frame_size": _frame_size(sanitised.html),
            }
    if context["as_text"]:
        text = body_text(opened.parsed)
        context |= {"runs": runs_of(text[:MAX_SHOWN_CHARACTERS]), "text_cut": len(text) > MAX_SHOWN_CHARACTERS}
    context["personal"] = shown_in(request.user, opened.message)
    thread = thread_of(request.user, opened.message)
    context["thread"] = [
        (row, row.sender.partition(" <")[0], moments.sent(row), row.id == opened.message.id) for row in thread
    ]
    return render(request, "discovery/message_read.html", context)


@require_safe
@xframe_options_sameorigin
def body(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Answer with the sanitised HTML for the sandboxed frame, under a policy that lets nothing load."""
    opened = open_asked(request, message_id)
    try:
        html = opened.sanitised().html
    except UnsafeToShow as error:
        raise NotFound from error
    auditing.body_viewed(request, opened)
    response = render(request, "discovery/message_body.html", {"html": html})
    response["Content-Security-Policy"] = BODY_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def headers(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show every header field in its order."""
    opened = open_asked(request, message_id)
    auditing.viewed(request, opened, page="message-headers")
    return render(request, "discovery/message_headers.html", frame(request, opened, tab="headers"))


@require_safe
def journey(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show how the message travelled: hops, envelopes, every sighting."""
    opened = open_asked(request, message_id)
    auditing.viewed(request, opened, page="message-journey")
    context = frame(request, opened, tab="journey") | {
        "hops": shown_hops(request.user, opened.message, opened.sealed.raw),
        "sightings": shown_sightings(request.user, opened.message, vault=archive().vault),
        "more_sightings": max(0, opened.message.sightings.count() - MAX_OPENED),
    }
    return render(request, "discovery/message_journey.html", context)


@require_safe
def structure(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show the MIME tree with what each part says it is and what it is."""
    opened = open_asked(request, message_id)
    auditing.viewed(request, opened, page="message-structure")
    return render(request, "discovery/message_structure.html", frame(request, opened, tab="structure"))


@require_safe
def source(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show the bytes as received, as text."""
    opened = open_asked(request, message_id)
    auditing.viewed(request, opened, page="message-source")
    context = frame(request, opened, tab="source")
    if opened.bytes_shown:
        raw = opened.sealed.raw[:MAX_SOURCE_BYTES].decode("utf-8", "backslashreplace")
        context |= {"raw": raw.replace("\r\n", "\n"), "cut": len(opened.sealed.raw) > MAX_SOURCE_BYTES}
    return render(request, "discovery/message_source.html", context)


@require_safe
def proof(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Open the sealed bytes now, check them against their commitment, and say what that proves."""
    opened = open_asked(request, message_id)
    auditing.viewed(request, opened, page="message-proof")
    vault = archive().vault
    context = frame(request, opened, tab="proof") | {
        "proof": prove(opened.sighting, vault=vault),
        "checked": moments.moment(vault.now()),
        "lock": _lock(opened),
        "log_index": opened.sighting.segment.log_index,
    }
    return render(request, "discovery/message_proof.html", context)


@require_safe
def raw(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Give the bytes exactly as received."""
    opened = open_asked(request, message_id)
    if not opened.bytes_shown:
        raise NotFound
    auditing.downloaded(request, opened, what="eml", size_bytes=len(opened.sealed.raw))
    return attachment(opened.sealed.raw, name=f"{opened.sighting.id}.eml", content_type="message/rfc822")


@require_safe
def part(request: HttpRequest, message_id: UUID, path: str) -> HttpResponse:
    """Give the decoded content of one part as a file."""
    opened = open_asked(request, message_id)
    wanted = opened.part(path)
    auditing.downloaded(request, opened, what=f"part {path}", size_bytes=len(wanted.content))
    fallback = f"part-{path}.eml" if wanted.nested_message else f"part-{path}"
    name = safe_name(wanted.filename, fallback=fallback)
    return attachment(wanted.content, name=name, content_type=wanted.real_type or wanted.content_type)


def open_asked(request: HttpRequest, message_id: UUID) -> OpenMessage:
    """Open the message from the sighting that the address asks for, or from its first."""
    asked = request.GET.get("sighting", "")
    try:
        sighting_id = UUID(asked) if asked else None
    except ValueError as error:
        raise NotFound from error
    return open_message(request.user, message_id, sighting_id=sighting_id, vault=archive().vault)


def _frame_size(html: str) -> str:
    """Return how tall the frame is made: it has no script that could measure what is in it."""
    if " src=" in html or "<table" in html:
        return "tall"
    rows = (
        len(html) / _ROW_CHARACTERS
        + sum(html.count(tag) for tag in ("<br", "<div", "<li", "<h"))
        + 2 * html.count("<p")
    )
    return "short" if rows <= _SHORT_ROWS else "medium" if rows <= _MEDIUM_ROWS else "tall"


def _lock(opened: OpenMessage) -> moments.Moment | None:
    until = opened.sighting.segment.lock_until
    return moments.moment(until) if until else None


def frame(request: HttpRequest, opened: OpenMessage, *, tab: str) -> dict[str, Any]:
    """Return what all pages of a message share."""
    message = opened.message
    chosen = request.GET.get("sighting", "")
    return {
        "tab": tab,
        "may_hold": may(request.user, MANAGES_MATTERS),
        "opened": opened,
        "message": message,
        "language": get_language(),
        "sent": moments.sent(message),
        "captured": moments.moment(message.captured_at),
        "roles": by_role(open_participants(request.user, message)),
        "defects": shown_defects(opened.parsed.defects),
        "sighting_query": f"?sighting={opened.sighting.id}" if chosen else "",
        "shows_retention_of_message": may(request.user, READS_RETENTION),
    }
