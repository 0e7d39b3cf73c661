"""The catalogue's rows of messages that go to the index, read as tuples: no model object for each row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, Protocol, TypeVar
from uuid import UUID

from archive.documents import CataloguedMessage, MessageRow, PartRow, PersonRow, SightingRow
from archive.models import Message, Part, Participant, PersonalFinding, Sighting
from archive.queries.restrictions import restricted_among

_CHUNK: Final = 500  # ids in one statement


class _OfMessage(Protocol):
    @property
    def message_id(self) -> UUID: ...


_Row = TypeVar("_Row", bound=_OfMessage)


def catalogued(message_ids: Sequence[UUID]) -> list[CataloguedMessage]:
    """Return the messages of these ids with all that their documents need; ids that are gone are left out."""
    found: list[CataloguedMessage] = []
    for start in range(0, len(message_ids), _CHUNK):
        found.extend(_chunk(message_ids[start : start + _CHUNK]))
    return found


def _chunk(message_ids: Sequence[UUID]) -> Iterable[CataloguedMessage]:
    messages = Message.objects.filter(id__in=message_ids).values_list(*MessageRow.__slots__)
    people = _by_message(Participant, PersonRow, message_ids)
    sightings = _by_message(Sighting, SightingRow, message_ids)
    parts = _parts(message_ids)
    personal = _personal(message_ids)
    restricted = restricted_among(row.id for rows in sightings.values() for row in rows)
    for row in messages:
        message = MessageRow(**dict(zip(MessageRow.__slots__, row, strict=True)))
        yield CataloguedMessage(
            message=message,
            people=people[message.id],
            parts=parts[message.id],
            sightings=sightings[message.id],
            personal=sorted(personal[message.id]),
            restricted=any(sighting.id in restricted for sighting in sightings[message.id]),
        )


def _by_message(model: type[Participant | Sighting], kind: type[_Row], message_ids: Sequence[UUID]) -> dict:
    rows = model.objects.filter(message_id__in=message_ids).order_by("id")
    return _grouped(map(kind._make, rows.values_list(*kind._fields)))


def _parts(message_ids: Sequence[UUID]) -> dict:
    rows = Part.objects.filter(message_id__in=message_ids).order_by("id")
    columns = ("message_id", "content_type", "real_type", "filename", "text__text")
    return _grouped(map(PartRow._make, rows.values_list(*columns)))


def _personal(message_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    kinds: dict[UUID, set[str]] = defaultdict(set)
    rows = PersonalFinding.objects.filter(message_id__in=message_ids).values_list("message_id", "kind")
    for message_id, kind in rows.iterator():
        kinds[message_id].add(kind)
    return kinds


def _grouped(rows: Iterable[_Row]) -> dict[UUID, list[_Row]]:
    grouped: dict[UUID, list[_Row]] = defaultdict(list)
    for row in rows:
        grouped[row.message_id].append(row)
    return grouped
