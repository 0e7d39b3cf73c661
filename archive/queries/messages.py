"""Reading the catalogue on behalf of somebody: every query takes the actor, none tells "not yours" from "not there"."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import scope_of
from archive.models import Message, Participant, Sighting
from archive.queries.restrictions import restricted_message_ids
from muniment.engines.port import Scope
from muniment.errors import Refused

MAX_THREAD_MESSAGES: Final = 500  # a page of a thread; longer ones are cut with a notice
_CHUNK: Final = 500


class NotFound(Refused):
    """There is no such message, or it is not the actor's to see."""

    def __init__(self) -> None:
        super().__init__("There is no such message here.")


def visible(actor: User) -> QuerySet[Message]:
    """Return the messages that `actor` may see."""
    return within(scope_of(actor))


def within(scope: Scope) -> QuerySet[Message]:
    """Return the messages of a scope: the same rule as the index's `access` terms and its restrictions."""
    messages = Message.objects.all() if scope.restricted else Message.objects.exclude(id__in=restricted_message_ids())
    if scope.everything:
        return messages
    if not scope.addresses and not scope.domains:
        return Message.objects.none()
    named = Participant.objects.filter(Q(address__in=scope.addresses) | Q(domain__in=scope.domains))
    return messages.filter(id__in=named.values("message_id"))


def get_visible(actor: User, identifier: UUID) -> Message:
    """Return the message of that id, or of a sighting of that id; raise `NotFound`."""
    rows = visible(actor).prefetch_related("participants", "parts__text", "sightings__segment")
    message = rows.filter(id=identifier).first()
    if message is None:
        owner = Sighting.objects.filter(id=identifier).values("message_id")
        message = rows.filter(id__in=owner).first()
    if message is None:
        raise NotFound
    return message


def visible_rows(actor: User, message_ids: Iterable[UUID]) -> dict[UUID, Message]:
    """Return the messages of those ids that `actor` may see, by id, with participants and parts."""
    wanted = list(message_ids)
    rows: dict[UUID, Message] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = visible(actor).filter(id__in=wanted[start : start + _CHUNK])
        rows.update((message.id, message) for message in chunk.prefetch_related("participants", "parts"))
    return rows


def thread_of(actor: User, message: Message) -> list[Message]:
    """Return the messages of the same thread that `actor` may see, oldest first, at most `MAX_THREAD_MESSAGES`."""
    rows = visible(actor).filter(thread_id=message.thread_id).order_by("date", "captured_at", "id")
    return list(rows[:MAX_THREAD_MESSAGES])
