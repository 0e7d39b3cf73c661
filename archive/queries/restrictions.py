"""Which mail may only be stored (GDPR Article 18): restrictions that were placed and not lifted."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from archive.models import Restriction, Sighting

_CHUNK: Final = 500


def standing() -> QuerySet[Restriction]:
    """Return the restrictions that are in force."""
    return Restriction.objects.filter(lifted_at__isnull=True)


def restricted_message_ids() -> QuerySet:
    """Return the ids of messages of which a sighting is restricted, as a subquery."""
    return Sighting.objects.filter(id__in=standing().values("sighting_id")).values("message_id")


def restricted_among(sighting_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these sightings that are restricted."""
    wanted = list(sighting_ids)
    found: set[UUID] = set()
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        found.update(standing().filter(sighting_id__in=chunk).values_list("sighting_id", flat=True))
    return found
