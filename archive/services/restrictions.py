"""Restrict the processing of messages (GDPR Article 18), and lift it: what is restricted is stored and nothing else.

A restricted message is on no page, in no count, export or search of anybody but the data-protection officer: the
catalogue leaves it out (`archive.queries.messages.within`), and its index document carries a flag that scopes leave
out. Between the act and the new document there is no document at all.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actors import Operator
from accounts.models import Action, User
from accounts.services import audit
from archive.exporting import ready
from archive.models import Message, Restriction, Sighting
from archive.queries.restrictions import standing
from archive.services.governing import beside_governing
from archive.services.stages import turn
from archive.wiring import Archive

_CHUNK: Final = 500


def place(
    *,
    actor: User | Operator | None,
    request_id: UUID,
    sighting_ids: Collection[UUID],
    archive: Archive,
    now: datetime | None = None,
) -> int:
    """Restrict the messages of these sightings for one request; return how many messages.

    Call it outside of a transaction: it waits for whoever is indexing. Safe to repeat. `actor` None is the system.
    """
    at = now or timezone.now()
    with transaction.atomic():
        beside_governing()
        message_ids = _messages_of(sighting_ids)
        every = [row for chunk in _chunks(message_ids) for row in _sightings_of(chunk)]
        rows = [Restriction(sighting_id=one, request_id=request_id, placed_at=at) for one in every]
        Restriction.objects.bulk_create(rows, ignore_conflicts=True)
        for chunk in _chunks(every):
            lifted = Restriction.objects.filter(request_id=request_id, sighting_id__in=chunk, lifted_at__isnull=False)
            lifted.update(placed_at=at, lifted_at=None)
        _index_anew(message_ids)
        if message_ids:
            _record(actor, Action.RESTRICTED, request_id, len(message_ids), at)
    if message_ids:
        with turn(archive.data, "indexing", wait=True):
            archive.engine.delete(message_ids)
        ready.purge(archive.data, set(message_ids) | set(every))  # a bundle that waits would hand it over
    return len(message_ids)


def lift(
    *,
    actor: User | Operator | None,
    request_id: UUID,
    sighting_ids: Collection[UUID] | None = None,
    now: datetime | None = None,
) -> int:
    """Lift the restrictions of one request, all or those of the messages of these sightings; return how many messages.

    The index learns of it with its next batch.
    """
    at = now or timezone.now()
    with transaction.atomic():
        beside_governing()
        rows = standing().filter(request_id=request_id)
        if sighting_ids is not None:
            every = {row for chunk in _chunks(_messages_of(sighting_ids)) for row in _sightings_of(chunk)}
            chosen = [row.pk for row in rows if row.sighting_id in every or row.sighting_id in sighting_ids]
        else:
            chosen = [row.pk for row in rows]
        sightings = [row.sighting_id for row in rows if row.pk in set(chosen)]
        for chunk in _chunks(chosen):
            Restriction.objects.filter(pk__in=chunk).update(lifted_at=at)
        message_ids = _messages_of(sightings)
        _index_anew(message_ids)
        if chosen:
            _record(actor, Action.RESTRICTION_LIFTED, request_id, len(message_ids), at)
    return len(message_ids)


def _messages_of(sighting_ids: Collection[UUID]) -> list[UUID]:
    found: set[UUID] = set()
    for chunk in _chunks(list(sighting_ids)):
        found.update(Sighting.objects.filter(id__in=chunk).values_list("message_id", flat=True))
    return sorted(found)


def _sightings_of(message_ids: Collection[UUID]) -> list[UUID]:
    return list(Sighting.objects.filter(message_id__in=message_ids).order_by("id").values_list("id", flat=True))


def _index_anew(message_ids: list[UUID]) -> None:
    for chunk in _chunks(message_ids):
        Message.objects.filter(id__in=chunk).update(revision=F("revision") + 1)


def _chunks(values: list) -> list[list]:
    return [values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK)]


def _record(actor: User | Operator | None, action: Action, request_id: UUID, messages: int, at: datetime) -> None:
    audit.record(actor=actor, action=action, objects=[f"request:{request_id}"], details={"messages": messages}, now=at)
