"""What the policy is told of messages: catalogue rows, and what people said of them, as values.

Days are days of the archive's time zone (`MUNIMENT_TIME_ZONE`); this is the one place that turns instants into days.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Final
from uuid import UUID

from django.utils import timezone

from archive.models import (
    CustodianEvent,
    HeldSighting,
    Hold,
    HoldKind,
    Message,
    Participant,
    Restriction,
    ReviewVerdict,
    RuleVersion,
    Sighting,
    SightingLabel,
)
from muniment.ids import MessageId, SightingId
from muniment.policy import facts, holds
from muniment.policy.coding import decode_rule
from muniment.policy.decide import Policy, policy
from muniment.policy.rules import Rule

CHUNK: Final = 500  # messages read together


def facts_of(message_ids: Iterable[UUID]) -> Iterator[facts.MessageFacts]:
    """Yield the facts of the messages of these ids, in their order; ids that are gone are left out."""
    wanted = iter(message_ids)
    while chunk := list(islice(wanted, CHUNK)):
        found = _facts(chunk)
        yield from (found[message_id] for message_id in chunk if message_id in found)


def policy_on(today: date) -> Policy:
    """Return the rules and the standing holds, as they are now, for decisions about `today`."""
    return policy(rules=all_rules(), holds=standing_holds(), today=today)


def all_rules() -> list[Rule]:
    """Return every version of every rule."""
    return [
        decode_rule(body.encode()) for body in RuleVersion.objects.order_by("made_at").values_list("body", flat=True)
    ]


def standing_holds() -> list[holds.Hold]:
    """Return the holds that were not released. What query and message holds cover is told by `hold_queries`."""
    rows = Hold.objects.filter(released_at__isnull=True).select_related("matter").order_by("id")
    return [
        holds.Hold(id=str(row.id), matter=row.matter.reference, scope=_scope(row), placed_at=row.placed_at)
        for row in rows
    ]


def day_of(moment: datetime) -> date:
    """Return the day of an aware time in the archive's time zone."""
    return timezone.localtime(moment).date()


def _scope(row: Hold) -> holds.HoldScope:
    if row.kind == HoldKind.CUSTODIANS and row.addresses:
        return holds.OfCustodians(addresses=frozenset(row.addresses))
    return holds.OfQuery(query_id=str(row.id))


def _facts(message_ids: Sequence[UUID]) -> dict[UUID, facts.MessageFacts]:
    sightings = _sightings(message_ids)
    said = _Said([row.id for rows in sightings.values() for row in rows])
    custodians = {row.custodian for rows in sightings.values() for row in rows if row.custodian}
    events = _events(custodians)
    people = _people(message_ids)
    messages = Message.objects.filter(id__in=message_ids).values_list("id", "date", "flags", "attachment_count")
    return {
        message_id: facts.MessageFacts(
            id=MessageId(message_id),
            sent_on=None if sent is None else day_of(sent),
            sightings=tuple(_sighting(row, events) for row in sightings[message_id]),
            participants=people[message_id],
            labels=said.labels(sightings[message_id]),
            flags=frozenset(flags),
            has_attachment=attachments > 0,
            hold_queries=said.holds(sightings[message_id]),
            restrictions=said.restrictions(sightings[message_id]),
            verdict=said.verdict(sightings[message_id]),
        )
        for message_id, sent, flags, attachments in messages
        if sightings[message_id]
    }


def _sightings(message_ids: Sequence[UUID]) -> dict[UUID, list[Sighting]]:
    grouped: dict[UUID, list[Sighting]] = defaultdict(list)
    for row in Sighting.objects.filter(message_id__in=message_ids).order_by("id"):
        grouped[row.message_id].append(row)
    return grouped


def _sighting(row: Sighting, events: dict[str, tuple[facts.EventDate, ...]]) -> facts.SightingFacts:
    return facts.SightingFacts(
        id=SightingId(row.id),
        source=row.source,
        captured_on=day_of(row.captured_at),
        custodian=row.custodian,
        item=row.item,
        events=events.get(row.custodian, ()),
    )


def _people(message_ids: Sequence[UUID]) -> dict[UUID, tuple[facts.Participant, ...]]:
    grouped: dict[UUID, dict[facts.Participant, None]] = defaultdict(dict)
    rows = Participant.objects.filter(message_id__in=message_ids).exclude(address="").order_by("id")
    for message_id, address, role in rows.values_list("message_id", "address", "role"):
        grouped[message_id][facts.Participant(address=address, role=facts.Role(role))] = None
    return defaultdict(tuple, {message_id: tuple(found) for message_id, found in grouped.items()})


def _events(custodians: set[str]) -> dict[str, tuple[facts.EventDate, ...]]:
    grouped: dict[str, list[facts.EventDate]] = defaultdict(list)
    rows = CustodianEvent.objects.filter(address__in=custodians).order_by("noted_at", "id") if custodians else ()
    for row in rows:
        grouped[row.address].append(facts.EventDate(event=facts.Event(row.event), on=row.on))
    return {address: tuple(found) for address, found in grouped.items()}


class _Said:
    """What people said of sightings, by sighting."""

    def __init__(self, sighting_ids: Sequence[UUID]) -> None:
        self._labels = _grouped(SightingLabel.objects, sighting_ids, "label")
        self._holds = _grouped(HeldSighting.objects.filter(hold__released_at__isnull=True), sighting_ids, "hold_id")
        self._restrictions = _grouped(Restriction.objects.filter(lifted_at__isnull=True), sighting_ids, "request_id")
        self._verdicts = {
            row.sighting_id: row for row in ReviewVerdict.objects.filter(sighting_id__in=sighting_ids).order_by("id")
        }

    def labels(self, rows: Sequence[Sighting]) -> frozenset[str]:
        return _union(self._labels, rows)

    def holds(self, rows: Sequence[Sighting]) -> frozenset[str]:
        return _union(self._holds, rows)

    def restrictions(self, rows: Sequence[Sighting]) -> frozenset[str]:
        return _union(self._restrictions, rows)

    def verdict(self, rows: Sequence[Sighting]) -> facts.Verdict | None:
        """Return the latest verdict about any of these sightings."""
        found = [self._verdicts[row.id] for row in rows if row.id in self._verdicts]
        if not found:
            return None
        latest = max(found, key=lambda row: row.pk)
        return facts.Verdict(decided_on=latest.decided_on, keep_through=latest.keep_through)


def _grouped(rows, sighting_ids: Sequence[UUID], column: str) -> dict[UUID, set[str]]:
    grouped: dict[UUID, set[str]] = defaultdict(set)
    for sighting_id, value in rows.filter(sighting_id__in=sighting_ids).values_list("sighting_id", column):
        grouped[sighting_id].add(str(value))
    return grouped


def _union(values: dict[UUID, set[str]], rows: Sequence[Sighting]) -> frozenset[str]:
    return frozenset(value for row in rows for value in values.get(row.id, ()))
