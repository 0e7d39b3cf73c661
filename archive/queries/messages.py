"""Reading the catalogue on behalf of somebody: every query takes the actor, none tells "not yours" from "not there"."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import CharField, Func, Model, Q, QuerySet

from accounts.models import User
from accounts.permissions import scope_of
from archive.models import Message, Participant, Sighting
from archive.queries.replica import follows_closely, read
from archive.queries.restrictions import restricted_message_ids
from muniment.engines.port import Scope
from muniment.errors import Refused

MAX_THREAD_MESSAGES: Final = 500  # a page of a thread; longer ones are cut with a notice
_CHUNK: Final = 500
# The transaction that wrote a row of PostgreSQL last: a replica has the same for the same row. People and parts of a
# message are not written without the message: it is new with them, or its revision grows.
_VERSION: Final = Func(template='"archive_message"."xmin"::text', output_field=CharField())
Row = TypeVar("Row", bound=Model)


class NotFound(Refused):
    """There is no such message, or it is not the actor's to see."""

    def __init__(self) -> None:
        super().__init__("There is no such message here.")


def visible(actor: User) -> QuerySet[Message]:
    """Return the messages that `actor` may see."""
    return within(scope_of(actor))


def within(scope: Scope) -> QuerySet[Message]:
    """Return the messages of a scope: the same rule as the index's `access` terms and its restrictions."""
    return belonging(Message.objects.all(), scope, "id")


def belonging(rows: QuerySet[Row], scope: Scope, column: str = "message_id") -> QuerySet[Row]:
    """Narrow rows to those of the messages of a scope, whose ids are in `column`: `within` without reading messages."""
    if not scope.restricted:
        rows = rows.exclude(**{f"{column}__in": restricted_message_ids()})
    if scope.everything:
        return rows
    if not scope.addresses and not scope.domains:
        return rows.none()
    named = Participant.objects.filter(Q(address__in=scope.addresses) | Q(domain__in=scope.domains))
    return rows.filter(**{f"{column}__in": named.values("message_id")})


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
    """Return the messages of those ids that `actor` may see, by id, with participants and parts.

    With a replica that follows closely, the primary says which these are and in what version, and the replica gives
    the rows that it has in the same version.
    """
    wanted = list(message_ids)
    rows: dict[UUID, Message] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = visible(actor).filter(id__in=wanted[start : start + _CHUNK])
        if follows_closely():
            versions = dict(chunk.values_list("id", _VERSION))
            found = read(lambda alias, versions=versions: _in_version(versions, alias))
            rows.update(found)
            chunk = chunk.filter(id__in=versions.keys() - found.keys())
        rows.update((message.id, message) for message in _with_all(chunk))
    return rows


def _in_version(versions: Mapping[UUID, str], alias: str) -> dict[UUID, Message]:
    rows = _with_all(Message.objects.using(alias).filter(id__in=versions).annotate(version=_VERSION))
    found = {row.id: row for row in rows if row.version == versions[row.id]}
    for row in found.values():
        row._state.db = DEFAULT_DB_ALIAS  # noqa: SLF001 - whatever else is asked of it is asked of the primary
    return found


def _with_all(rows: QuerySet[Message]) -> QuerySet[Message]:
    return rows.prefetch_related("participants", "parts")


def thread_of(actor: User, message: Message) -> list[Message]:
    """Return the messages of the same thread that `actor` may see, oldest first, at most `MAX_THREAD_MESSAGES`."""
    rows = visible(actor).filter(thread_id=message.thread_id).order_by("date", "captured_at", "id")
    return list(rows[:MAX_THREAD_MESSAGES])
