"""Whose mail an act of retention reaches, and how to walk through it without holding it in memory."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Operator
from accounts.models import User
from accounts.permissions import scope_of
from archive.models import Message, Sighting
from archive.queries.messages import visible

CHUNK: Final = 1_000  # ids read together
_IDS_A_QUERY: Final = 500  # below the 999 variables that old SQLite takes (SQLITE_MAX_VARIABLE_NUMBER)


def reach(actor: User | Operator) -> QuerySet[Message]:
    """Return the messages of the actor's scope; an operator at the command line reaches all."""
    return Message.objects.all() if isinstance(actor, Operator) else visible(actor)


def reaches_address(actor: User | Operator, address: str) -> bool:
    """Return whether mail of that address is in the actor's scope."""
    if isinstance(actor, Operator):
        return True
    scope = scope_of(actor)
    return scope.everything or address in scope.addresses or address.rpartition("@")[2] in scope.domains


def reaches_all(actor: User | Operator) -> bool:
    """Return whether the actor's scope is the whole archive."""
    return isinstance(actor, Operator) or scope_of(actor).everything


def ids_in_order(rows: QuerySet[Message], *, after: UUID | None = None) -> Iterator[list[UUID]]:
    """Yield the ids of messages in ascending order, up to `CHUNK` at a time, each read anew: no cursor stays open."""
    reached = after
    while True:
        left = rows if reached is None else rows.filter(id__gt=reached)
        chunk = list(left.order_by("id").values_list("id", flat=True)[:CHUNK])
        if not chunk:
            return
        yield chunk
        reached = chunk[-1]


def within_reach(actor: User | Operator, identifiers: list[UUID]) -> list[UUID]:
    """Return the messages of these ids (of messages or of their sightings) that the actor reaches, each once."""
    found: dict[UUID, None] = {}
    for start in range(0, len(identifiers), _IDS_A_QUERY):
        chunk = identifiers[start : start + _IDS_A_QUERY]
        owners = Sighting.objects.filter(id__in=chunk).values("message_id")
        found.update(dict.fromkeys(reach(actor).filter(id__in=owners).values_list("id", flat=True)))
    return list(found)
