"""Legal holds as values. A hold that was placed stands until it is released; there is no silent expiry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from muniment.errors import Refused
from muniment.ids import MessageId
from muniment.policy.facts import MessageFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCustodians:
    """All mail of these people: their mailboxes, and every message that names one of their addresses (lower case)."""

    addresses: frozenset[str]

    def __post_init__(self) -> None:
        if not self.addresses or any("@" not in address or address != address.lower() for address in self.addresses):
            raise Refused("A hold on custodians needs their addresses, in lower case: name@domain.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfQuery:
    """All mail that matches a query, now or later. The caller says which queries a message matches, by id."""

    query_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMessages:
    """These messages."""

    ids: frozenset[MessageId]


HoldScope = OfCustodians | OfQuery | OfMessages


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold in one matter."""

    id: str
    matter: str  # its name, as people read it
    scope: HoldScope
    placed_at: datetime  # aware
    released_at: datetime | None = None  # aware; None while it stands

    def __post_init__(self) -> None:
        if self.placed_at.tzinfo is None or (self.released_at is not None and self.released_at.tzinfo is None):
            raise Refused(f"Hold {self.id} has a time without zone: give it one.")
        if self.released_at is not None and self.released_at < self.placed_at:
            raise Refused(f"Hold {self.id} would be released before it was placed.")


def stands(hold: Hold, today: date) -> bool:
    """Say whether the hold still binds on this day.

    The day of the placing is not compared: clocks and zones differ, and a hold that exists must bind. A release counts
    from its day on, in the zone of `released_at`.
    """
    return hold.released_at is None or hold.released_at.date() > today


def covers(hold: Hold, message: MessageFacts) -> bool:
    """Say whether the message is within the scope of the hold."""
    match hold.scope:
        case OfCustodians(addresses=addresses):
            return any(sighting.custodian in addresses for sighting in message.sightings) or any(
                participant.address in addresses for participant in message.participants
            )
        case OfQuery(query_id=query_id):
            return query_id in message.hold_queries
        case OfMessages(ids=ids):
            return message.id in ids


def standing(holds: Iterable[Hold], message: MessageFacts, today: date) -> tuple[Hold, ...]:
    """Return the holds that bind this message, by id."""
    return tuple(sorted((hold for hold in holds if stands(hold, today) and covers(hold, message)), key=lambda h: h.id))
