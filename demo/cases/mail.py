"""Mail of the demonstration by what it is: letters of the story, and what a search finds."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from archive.models import Message
from archive.wiring import Archive
from demo.sources import BOOK
from demo.writing import mime
from discovery.criteria import PAGE_SIZES, Criteria
from discovery.queries import search


def letters(*keys: str) -> list[UUID]:
    """Return the messages that letters of the story have become; one that a list sent on counts as well."""
    wanted = [mime.message_id(BOOK[key]).strip("<>") for key in keys]
    return list(Message.objects.filter(rfc_message_id__in=wanted).order_by("date", "id").values_list("id", flat=True))


def found_by(query: str, *, actor: User, archive: Archive) -> list[UUID]:
    """Return the messages that the actor finds; a query of the demonstration finds less than a page."""
    criteria = Criteria(q=query, per=PAGE_SIZES[-1])
    found = search(actor, criteria, engine=archive.engine, today=timezone.localdate())
    return [one.message.id for one in found.messages]


def of_items(items: Iterable, messages: Iterable[UUID]) -> list[int]:
    """Return the ids of the located items that are about these messages."""
    wanted = set(messages)
    return [item.pk for item in items if item.message_id in wanted]
