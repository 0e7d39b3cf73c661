"""What a hold may say: checked before it is placed, because its terms never change afterwards."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator
from accounts.models import User
from archive.models import DestroyedSighting, HoldKind, Message, Sighting
from archive.queries.messages import NotFound, visible
from muniment.engines.port import Scope, SearchEngine, SearchRequest
from muniment.errors import Refused
from muniment.query.parser import parse

MAX_NAME_CHARS: Final = 200
MAX_REASON_CHARS: Final = 5_000
MAX_ADDRESSES: Final = 500  # of the people of one hold; more are a second hold, or a query
MAX_MESSAGES: Final = 10_000  # chosen by hand; they are covered in one transaction
_ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")  # RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.2
_CHUNK: Final = 500


class HoldRefused(Refused):
    """The hold is not placed, or not released; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms that can stand."""

    name: str
    reason: str
    kind: HoldKind
    addresses: tuple[str, ...]
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Messages that were chosen, and sightings of chosen ones that are destroyed and have no rows any more."""

    message_ids: frozenset[UUID]
    destroyed: frozenset[UUID]


def checked(
    *,
    name: str,
    reason: str,
    kind: HoldKind,
    addresses: Iterable[str],
    query: str,
    at: datetime,
    scope: Scope,
    engine: SearchEngine,
) -> Terms:
    """Return the terms of a hold. `scope` is of whoever places it: nobody holds by what they may not ask.

    Raises `HoldRefused`, `QueryError`, and `IndexUnavailable` for one on a query.
    """
    name, reason, query = name.strip(), reason.strip(), query.strip()
    people = tuple(sorted({address.strip().lower() for address in addresses} - {""}))
    if not name or len(name) > MAX_NAME_CHARS:
        raise HoldRefused(_("A hold needs a name of at most %(count)s characters.") % {"count": MAX_NAME_CHARS})
    if not reason or len(reason) > MAX_REASON_CHARS:
        raise HoldRefused(_("Say why, in at most %(count)s characters.") % {"count": MAX_REASON_CHARS})
    match kind:
        case HoldKind.CUSTODIANS:
            _check_people(people)
        case HoldKind.QUERY:
            _check_query(query, at, scope, engine)
        case HoldKind.MESSAGES:
            pass
    return Terms(
        name=name,
        reason=reason,
        kind=kind,
        addresses=people if kind is HoldKind.CUSTODIANS else (),
        query=query if kind is HoldKind.QUERY else "",
    )


def chosen(actor: User | Operator, ids: Collection[UUID]) -> Chosen:
    """Return the messages of these ids, or of sightings of these ids; raise `NotFound` unless `actor` sees them all."""
    wanted = list(dict.fromkeys(ids))
    if not wanted or len(wanted) > MAX_MESSAGES:
        raise HoldRefused(_("Choose 1 to %(count)s messages.") % {"count": MAX_MESSAGES})
    found: dict[UUID, UUID] = {}
    destroyed: dict[UUID, set[UUID]] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        found.update(_visible(actor, chunk))
        for sighting_id, message_id in _tombstones(chunk):
            for named in {sighting_id, message_id} & set(chunk):
                destroyed.setdefault(named, set()).add(sighting_id)
    if any(identifier not in found and identifier not in destroyed for identifier in wanted):
        raise NotFound
    if not found:
        raise HoldRefused(_("All of these messages are destroyed already: no hold can bring them back."))
    gone = {sighting_id for named, sightings in destroyed.items() if named not in found for sighting_id in sightings}
    return Chosen(message_ids=frozenset(found.values()), destroyed=frozenset(gone))


def _check_people(people: Sequence[str]) -> None:
    if not people or len(people) > MAX_ADDRESSES:
        raise HoldRefused(
            _("A hold on custodians needs 1 to %(count)s addresses; place a second one for more.")
            % {"count": MAX_ADDRESSES}
        )
    for address in people:
        if not _ADDRESS.fullmatch(address):
            raise HoldRefused(_("%(address)s is no address: write name@domain.") % {"address": repr(address)})


def _check_query(query: str, at: datetime, scope: Scope, engine: SearchEngine) -> None:
    """Try the query once: what the index refuses now it would refuse for every message that arrives."""
    tree = parse(query, today=timezone.localtime(at).date())
    if not query:
        raise HoldRefused(_("A hold on a query needs at least one word or field; * holds all mail."))
    engine.search(SearchRequest(query=tree, scope=scope, limit=0))


def _visible(actor: User | Operator, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    rows = Message.objects.all() if isinstance(actor, Operator) else visible(actor)
    messages = {message_id: message_id for message_id in rows.filter(id__in=ids).values_list("id", flat=True)}
    sightings = Sighting.objects.filter(id__in=ids, message__in=rows).values_list("id", "message_id")
    return dict(sightings) | messages


def _tombstones(ids: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    columns = ("sighting_id", "message_id")
    return {
        *DestroyedSighting.objects.filter(message_id__in=ids).values_list(*columns),
        *DestroyedSighting.objects.filter(sighting_id__in=ids).values_list(*columns),
    }
