"""The closed list of reasons that a retention decision can have. `explain.py` says each in English and French."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from muniment.ids import SightingId
from muniment.policy.facts import Event
from muniment.policy.rules import Action, Rule
from muniment.policy.starting import Start


class Phase(StrEnum):
    """Where a message is in its life (CNIL: base active, archivage intermédiaire, archivage définitif)."""

    ACTIVE = "active"
    INTERMEDIATE = "intermediate"
    DEFINITIVE = "definitive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A legal hold stands."""

    hold_id: str
    matter: str
    placed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Restricted:
    """A data subject's request restricts it (GDPR Article 18): store only, do not destroy."""

    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptByPerson:
    """It came up and a person decided to keep it."""

    decided_on: date
    keep_through: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedByPerson:
    """It came up for review and a person let it go."""

    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeps:
    """A rule's term still runs for a sighting."""

    rule: Rule
    sighting_id: SightingId
    start: Start
    kept_through: date
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepsForEver:
    """A rule keeps it for ever."""

    rule: Rule
    sighting_id: SightingId
    start: Start
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A rule's term has ended for a sighting."""

    rule: Rule
    sighting_id: SightingId
    start: Start
    kept_through: date
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A rule counts from an event that is not known; `review_on` is when a person must look, if the rule has a cap."""

    rule: Rule
    sighting_id: SightingId
    event: Event
    review_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitedTooLong:
    """As Waits, and the cap has passed."""

    rule: Rule
    sighting_id: SightingId
    event: Event
    review_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridden:
    """A rule matches a sighting, and another of higher priority takes its place."""

    rule: Rule
    sighting_id: SightingId
    by: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRule:
    """No rule of today matches this sighting: it is kept."""

    sighting_id: SightingId


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMatched:
    """A rule is about other messages."""

    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInForce:
    """A rule does not count today: not yet, or no longer."""

    rule: Rule


Applied = Keeps | KeepsForEver | Ended | Waits | WaitedTooLong
Reason = Held | Restricted | KeptByPerson | ReleasedByPerson | Applied | Overridden | NoRule | NotMatched | NotInForce
