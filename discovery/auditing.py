"""What reading and searching leave in the audit trail: ids and counts, never content."""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Action, AuditEntry, Outcome, TextKind, User
from accounts.permissions import scope_of
from accounts.services import audit
from archive.models import Message, Sighting
from archive.queries.messages import visible
from discovery.criteria import Criteria
from discovery.reading import OpenMessage
from muniment.engines.port import Scope

_NOT_A_FILTER: Final = frozenset({"q", "page", "per", "sort", "matter", "purpose"})
_LONGEST_ID: Final = 36
_SAME_READING: Final = timedelta(minutes=1)  # in which a page of a message asks for its body


def searched(request: HttpRequest, criteria: Criteria, *, total: int, scope: Scope) -> None:
    """Record a search: what was asked, filters included, within what, and how much was found."""
    asked = criteria.parameters()
    filters = "&".join(f"{name}={value}" for name, value in asked.items() if name not in _NOT_A_FILTER)
    audit.record(
        actor=request.user,
        action=Action.SEARCH,
        purpose=criteria.purpose,
        matter_id=criteria.matter,
        scope=scope,
        details={"total": total, "page": criteria.page},
        texts={TextKind.QUERY: " ".join(part for part in (criteria.q, filters) if part)},
    )


def listed(request: HttpRequest, *, page: str, total: int) -> None:
    """Record that a list which names messages was shown."""
    audit.record(
        actor=request.user,
        action=Action.VIEW,
        scope=scope_of(request.user),
        details={"page": page, "total": total},
    )


def viewed(request: HttpRequest, opened: OpenMessage, *, page: str) -> None:
    """Record that a message was shown."""
    audit.record(actor=request.user, action=Action.VIEW, objects=_named(opened), details={"page": page})


def body_viewed(request: HttpRequest, opened: OpenMessage) -> None:
    """Record that a body was shown, unless it is a part of the page of the same message just recorded."""
    last = AuditEntry.objects.filter(person_id=request.user.pk).order_by("-number").first()
    part_of_a_view = (
        last is not None
        and last.action == Action.VIEW
        and last.objects_named == _named(opened)
        and timezone.now() - last.at < _SAME_READING
    )
    if not part_of_a_view:
        viewed(request, opened, page="message-body")


def downloaded(request: HttpRequest, opened: OpenMessage, *, what: str, size_bytes: int) -> None:
    """Record that a file left the archive: "eml", or "part " and its place in the MIME tree."""
    audit.record(
        actor=request.user,
        action=Action.DOWNLOAD,
        objects=_named(opened),
        details={"what": what, "bytes": size_bytes},
    )


def refused(request: HttpRequest) -> None:
    """Record that a message was not shown.

    What is there and what is not take the same queries, so that the time of the answer tells no more than its text.
    """
    match = request.resolver_match
    identifier = match.kwargs.get("message_id") if match else None
    actor: User = request.user
    owners = Sighting.objects.filter(id=identifier).values("message_id")
    there = Message.objects.filter(id=identifier).exists() | Message.objects.filter(id__in=owners).exists()
    theirs = visible(actor).filter(id=identifier).exists() | visible(actor).filter(id__in=owners).exists()
    audit.record(
        actor=actor,
        action=Action.REFUSAL,
        outcome=Outcome.REFUSED,
        scope=scope_of(actor),
        objects=[f"message:{identifier}"] if identifier else [],
        details={"page": match.view_name if match else "", "there": there, "in_scope": theirs},
    )


def refused_thing(request: HttpRequest) -> None:
    """Record that a page of something else than a message was not shown, whether it is there or not."""
    match = request.resolver_match
    named = {
        **(match.kwargs if match else {}),
        **({"matter_id": request.GET["matter"]} if "matter" in request.GET else {}),
    }
    audit.record(
        actor=request.user,
        action=Action.REFUSAL,
        outcome=Outcome.REFUSED,
        objects=[f"{name.removesuffix('_id')}:{str(value)[:_LONGEST_ID]}" for name, value in sorted(named.items())],
        details={"page": match.view_name if match else ""},
    )


def _named(opened: OpenMessage) -> list[str]:
    return [f"message:{opened.message.id}", f"sighting:{opened.sighting.id}"]
