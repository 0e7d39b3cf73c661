"""What the policy knows of a message. Only facts that the catalogue holds: no body, no subject.

Days are days of the archive's legal time zone: who builds the facts turns instants into days, in one place.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from muniment.errors import Refused
from muniment.ids import MessageId, SightingId


class Role(StrEnum):
    """How an address takes part in a message; the roles of the catalogue."""

    FROM = "from"
    SENDER = "sender"
    REPLY_TO = "reply-to"
    TO = "to"
    CC = "cc"
    BCC = "bcc"
    DELIVERED = "delivered"


SENDING_ROLES = frozenset({Role.FROM, Role.SENDER})


class Event(StrEnum):
    """Something outside the mail from which a term can be counted."""

    DEPARTURE = "departure"  # the custodian left
    LAST_CONTACT = "last-contact"  # the last contact that came from the person
    CONTRACT_END = "contract-end"
    DELIVERY = "delivery"  # of the goods or the service


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDate:
    """The day on which an event took place, or will."""

    event: Event
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """An address (lower case) and its role."""

    address: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingFacts:
    """One observation of the message."""

    id: SightingId
    source: str
    captured_on: date
    custodian: str = ""  # lower case; "" where the source knows none
    item: str = ""  # where in the source: "inbox/12.eml", "all.mbox#345"
    events: tuple[EventDate, ...] = ()  # those known; of one event the latest date counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person decided when the message came up: keep it through a day, or (None) let it go."""

    decided_on: date
    keep_through: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """One logical mail with all its sightings, at least one."""

    id: MessageId
    sent_on: date | None  # day of the Date field; None when it is missing or unreadable
    sightings: tuple[SightingFacts, ...]
    participants: tuple[Participant, ...] = ()
    lists: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    has_attachment: bool = False
    hold_queries: frozenset[str] = frozenset()  # ids of the hold queries that this message matches
    restrictions: frozenset[str] = frozenset()  # ids of the requests that restrict it (GDPR Article 18)
    verdict: Verdict | None = None

    def __post_init__(self) -> None:
        if not self.sightings:
            raise Refused(f"Message {self.id} has no sighting: a decision needs all of them.")

    @property
    def captured_on(self) -> date:
        """Return the day of the first sighting."""
        return min(sighting.captured_on for sighting in self.sightings)


def domain_of(address: str) -> str:
    """Return what stands after the last @, or ""."""
    return address.rpartition("@")[2] if "@" in address else ""
