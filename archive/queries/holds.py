"""What is on hold. Whoever decides about destruction asks here, under `archive.services.governing`.

A message is held as a whole: when one of its sightings is, all are. A hold binds from the moment that its row stands,
also while the mail that was there is still being looked through (`covered_at` is NULL): holds on custodians are then
compared here, and no message counts as evaluated on a query.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.models import User
from accounts.permissions import scope_of
from archive.models import (
    HeldSighting,
    Hold,
    HoldKind,
    Message,
    Part,
    Participant,
    Searchable,
    SegmentStage,
    Sighting,
    Stage,
    StageState,
)
from archive.queries.messages import belonging, visible
from muniment.query.vocabulary import PII

_CHUNK: Final = 500


def standing_holds() -> QuerySet[Hold]:
    """Return the holds that were not released, in the order in which they were placed."""
    return Hold.objects.filter(released_at__isnull=True).order_by("id")


def holds_of(sighting_ids: Iterable[UUID]) -> dict[UUID, list[Hold]]:
    """Return the standing holds of each of these sightings' messages, by sighting; those not held are left out."""
    wanted = list(dict.fromkeys(sighting_ids))
    holds = {hold.id: hold for hold in standing_holds().select_related("matter")}
    found: dict[UUID, list[Hold]] = {}
    for start in range(0, len(wanted) if holds else 0, _CHUNK):
        for sighting_id, hold_ids in _held_in(wanted[start : start + _CHUNK], holds).items():
            found[sighting_id] = [holds[hold_id] for hold_id in sorted(hold_ids)]
    return found


def is_held(sighting_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these sightings whose message a standing hold covers."""
    return set(holds_of(sighting_ids))


def not_evaluated() -> QuerySet[Message]:
    """Return the messages of which nobody can say yet whether a standing hold on a query covers them.

    None, without such a hold. All, while one is still looking through the mail that was there. Else those that wait for
    the index or for text of an attachment, and those that cannot be indexed at all; and where a query asks for personal
    data, those that were not looked through.
    """
    queries = standing_holds().filter(kind=HoldKind.QUERY)
    if not queries.exists():
        return Message.objects.none()
    if queries.filter(covered_at__isnull=True).exists():
        return Message.objects.all()
    without_text = Part.objects.filter(text__isnull=True).values("message_id")
    waits = Q(indexed_revision__lt=F("revision")) | ~Q(searchable=Searchable.YES) | Q(id__in=without_text)
    if queries.filter(query__icontains=PII).exists():
        stages = SegmentStage.objects.filter(stage=Stage.PERSONAL_DATA).exclude(state=StageState.DONE)
        waits |= Q(id__in=Sighting.objects.filter(segment_id__in=stages.values("segment_id")).values("message_id"))
    return Message.objects.filter(waits)


def of_custodians(holds: Collection[Hold], message_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Return for each of these holds on custodians which of the messages it covers by its terms.

    Those that name one of its addresses, or lie in its mailbox. At most some thousand messages at a time.
    """
    by_address: dict[str, set[UUID]] = defaultdict(set)
    for hold in holds:
        for address in hold.addresses if hold.kind == HoldKind.CUSTODIANS else ():
            by_address[address].add(hold.id)
    matched: dict[UUID, set[UUID]] = defaultdict(set)
    for start in range(0, len(message_ids) if by_address else 0, _CHUNK):
        chunk = message_ids[start : start + _CHUNK]
        people = Participant.objects.filter(message_id__in=chunk).exclude(address="")
        mailboxes = Sighting.objects.filter(message_id__in=chunk).exclude(custodian="")
        rows = {*people.values_list("message_id", "address"), *mailboxes.values_list("message_id", "custodian")}
        for message_id, address in rows:
            for hold_id in by_address.get(address, ()):
                matched[hold_id].add(message_id)
    return matched


def covers_of(message_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Return for each standing hold which of the messages have a sighting that it covers."""
    covered: dict[UUID, set[UUID]] = defaultdict(set)
    for start in range(0, len(message_ids), _CHUNK):
        rows = Sighting.objects.filter(message_id__in=message_ids[start : start + _CHUNK])
        message_of = dict(rows.values_list("id", "message_id"))
        for sighting_id, hold_id in _covers(message_of):
            covered[hold_id].add(message_of[sighting_id])
    return covered


def covered_messages(actor: User, hold: Hold) -> QuerySet[Message]:
    """Return the messages that a hold covers and `actor` may see; what it covers beyond that is not told."""
    covered = Sighting.objects.filter(id__in=hold.covered.values("sighting_id")).values("message_id")
    return visible(actor).filter(id__in=covered)


def covered_sightings(actor: User, hold: Hold) -> QuerySet[Sighting]:
    """Return the sightings of those messages. How many it covers in all would tell of mail that is not the actor's."""
    return belonging(Sighting.objects.filter(id__in=hold.covered.values("sighting_id")), scope_of(actor))


def _held_in(sighting_ids: Sequence[UUID], holds: Mapping[UUID, Hold]) -> dict[UUID, set[UUID]]:
    held: dict[UUID, set[UUID]] = defaultdict(set)
    for sighting_id, hold_id in _covers(sighting_ids):  # also of sightings whose rows a rebuild has dropped
        held[sighting_id].add(hold_id)
    message_of = dict(Sighting.objects.filter(id__in=sighting_ids).values_list("id", "message_id"))
    messages = list(set(message_of.values()))
    uncovered = [hold for hold in holds.values() if hold.covered_at is None]
    for matched in (covers_of(messages), of_custodians(uncovered, messages)):
        for hold_id, message_ids in matched.items():
            for sighting_id, message_id in message_of.items():
                if message_id in message_ids:
                    held[sighting_id].add(hold_id)
    return {sighting_id: hold_ids & holds.keys() for sighting_id, hold_ids in held.items()}


def _covers(sighting_ids: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    wanted = list(sighting_ids)
    found: list[tuple[UUID, UUID]] = []
    for start in range(0, len(wanted), _CHUNK):
        rows = HeldSighting.objects.filter(
            hold__released_at__isnull=True, sighting_id__in=wanted[start : start + _CHUNK]
        )
        found.extend(rows.values_list("sighting_id", "hold_id"))
    return found
