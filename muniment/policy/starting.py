"""From which day a term is counted, and what is done when the date of a message cannot be believed.

A date that is missing or absurd never shortens a life: the day of the capture counts instead, and the reason says so.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from muniment.policy.facts import Event, MessageFacts, SightingFacts
from muniment.policy.rules import Clock, Rule

EARLIEST_SENT = date(1971, 1, 1)  # the first network mail; catches the zero of Unix clocks, 1 January 1970
FUTURE_TOLERANCE = timedelta(days=1)  # zones: a day may begin up to 14 hours earlier elsewhere
LIVE_TOLERANCE = timedelta(days=30)  # senders give up after 4 to 5 days (RFC 5321 section 4.5.4.1)


class DateProblem(StrEnum):
    """Why the sent date is not believed."""

    MISSING = "missing"
    TOO_EARLY = "too-early"  # before there was e-mail
    AFTER_CAPTURE = "after-capture"  # it claims to be sent after it was captured
    STALE = "stale"  # it came live, yet claims to be much older


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The day from which a term is counted, and what that day is."""

    on: date
    clock: Clock
    event: Event | None = None
    problem: DateProblem | None = None  # set when the day of the capture stands in for the sent date


def start_of(rule: Rule, message: MessageFacts, sighting: SightingFacts) -> Start | None:
    """Return where the rule's term starts for this sighting, or None while its event is unknown."""
    match rule.clock:
        case Clock.SENT:
            problem = date_problem(message, sighting)
            if problem is None and message.sent_on is not None:
                return Start(on=message.sent_on, clock=rule.clock)
            return Start(on=sighting.captured_on, clock=rule.clock, problem=problem)
        case Clock.CAPTURED:
            return Start(on=sighting.captured_on, clock=rule.clock)
        case Clock.EVENT:
            known = [found.on for found in sighting.events if found.event is rule.event]
            return Start(on=max(known), clock=rule.clock, event=rule.event) if known else None


def date_problem(message: MessageFacts, sighting: SightingFacts) -> DateProblem | None:
    """Say why the sent date is not believed for this sighting; None when it is."""
    if message.sent_on is None:
        return DateProblem.MISSING
    if message.sent_on < EARLIEST_SENT:
        return DateProblem.TOO_EARLY
    if message.sent_on - message.captured_on > FUTURE_TOLERANCE:
        return DateProblem.AFTER_CAPTURE
    came_live = not sighting.item
    if came_live and sighting.captured_on - message.sent_on > LIVE_TOLERANCE:
        return DateProblem.STALE
    return None
