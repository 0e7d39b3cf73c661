"""The retention decision: what happens to a message today, when, and why.

In this order; `docs/retention.md` says why.

1. A hold that stands outranks everything: HELD.
2. A restriction, or a person's decision to keep, keeps: KEEP.
3. Each sighting is read against each rule of today. A legal duty always counts; of the others only those of the highest
   priority among all that match.
4. Whatever keeps, keeps: the longest term wins. A sighting without a rule is kept: NO_RULE. Among ended terms REVIEW
   outranks DUE.
5. The message is due only when all its sightings are, on the last of their days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from muniment.ids import MessageId
from muniment.policy.facts import MessageFacts, SightingFacts
from muniment.policy.holds import Hold, standing
from muniment.policy.predicates import matches
from muniment.policy.reasons import (
    Applied,
    Ended,
    Held,
    Keeps,
    KeepsForEver,
    KeptByPerson,
    NoRule,
    NotInForce,
    NotMatched,
    Overridden,
    Phase,
    Reason,
    ReleasedByPerson,
    Restricted,
    WaitedTooLong,
    Waits,
)
from muniment.policy.rules import Action, Force, InForce, Rule, in_force
from muniment.policy.starting import Start, start_of

_ONE_DAY = timedelta(days=1)


class Outcome(IntEnum):
    """What happens today; of two, the higher one counts. Only DUE may go to disposal."""

    DUE = 0
    REVIEW = 1  # the term has ended, and a person must decide
    NO_RULE = 2  # kept, because no rule of today speaks of all of it
    KEEP = 3
    HELD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome with its reasons.

    `due_on` is the first day on which the rules let go, past or to come; None when they name none (no rule, kept for
    ever, an event unknown). It says nothing about holds: read `outcome`.
    """

    message_id: MessageId
    decided_on: date
    outcome: Outcome
    due_on: date | None
    phase: Phase
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of one day and the holds, made once and asked for many messages."""

    today: date
    rules: InForce
    holds: tuple[Hold, ...]

    def decide(self, message: MessageFacts) -> Decision:
        """Decide about one message."""
        applied, others = _read_all(self.rules, message, self.today)
        standings = [_standing(reason) for reason in applied]
        outcome = max(found for found, _ in standings)
        days = [due_on for _, due_on in standings]
        due_on = None if None in days else max(day for day in days if day is not None)
        person = _by_person(message, outcome, due_on, self.today)
        if isinstance(person, ReleasedByPerson):
            outcome = Outcome.DUE
        keeping: list[Reason] = [Restricted(request_id=found) for found in sorted(message.restrictions)]
        if isinstance(person, KeptByPerson):
            keeping.append(person)
            due_on = None if due_on is None else max(due_on, person.keep_through + _ONE_DAY)
        held = _held(self.holds, message, self.today)
        if held:
            outcome = Outcome.HELD
        elif keeping:
            outcome = Outcome.KEEP
        released = (person,) if isinstance(person, ReleasedByPerson) else ()
        return Decision(
            message_id=message.id,
            decided_on=self.today,
            outcome=outcome,
            due_on=due_on,
            phase=min((_phase(reason) for reason in applied), key=list(Phase).index),
            reasons=(*held, *keeping, *released, *applied, *others),
        )


def policy(*, rules: Iterable[Rule], holds: Iterable[Hold], today: date) -> Policy:
    """Prepare today's rules and holds for many decisions."""
    return Policy(today=today, rules=in_force(rules, today), holds=tuple(holds))


def decide(facts: MessageFacts, rules: Iterable[Rule], holds: Iterable[Hold], today: date) -> Decision:
    """Decide about one message under the rules and holds of `today`, whatever the age of the mail."""
    return policy(rules=rules, holds=holds, today=today).decide(facts)


def _read_all(
    rules: InForce, message: MessageFacts, today: date
) -> tuple[list[Applied | NoRule], list[Overridden | NotMatched | NotInForce]]:
    """Return what each sighting's rules say, and the rules that say nothing, with the reason."""
    applied: list[Applied | NoRule] = []
    others: list[Overridden | NotMatched | NotInForce] = []
    matched_ids: set[str] = set()
    for sighting in message.sightings:
        matched = [rule for rule in rules.rules if matches(rule.scope, message, sighting)]
        matched_ids.update(rule.id for rule in matched)
        if not matched:
            applied.append(NoRule(sighting_id=sighting.id))
            continue
        highest = max(matched, key=lambda rule: rule.priority)
        for rule in matched:
            if rule.priority < highest.priority and rule.source.force is not Force.DUTY:
                others.append(Overridden(rule=rule, sighting_id=sighting.id, by=highest))
            else:
                applied.append(read(rule, message, sighting, today))
    others.extend(NotMatched(rule=rule) for rule in rules.rules if rule.id not in matched_ids)
    others.extend(NotInForce(rule=rule) for rule in rules.dormant)
    return applied, others


def read(rule: Rule, message: MessageFacts, sighting: SightingFacts, today: date) -> Applied:
    """Say what one rule that matches says of one sighting."""
    start = start_of(rule, message, sighting)
    if start is None:
        return _waiting(rule, sighting, today)
    kept_through = rule.term.kept_through(start.on)
    if rule.action is Action.KEEP_FOR_EVER:
        phase = Phase.DEFINITIVE if today > kept_through else _running_phase(rule, start, today)
        return KeepsForEver(rule=rule, sighting_id=sighting.id, start=start, phase=phase)
    if today > kept_through:
        return Ended(rule=rule, sighting_id=sighting.id, start=start, kept_through=kept_through, action=rule.action)
    phase = _running_phase(rule, start, today)
    return Keeps(rule=rule, sighting_id=sighting.id, start=start, kept_through=kept_through, phase=phase)


def _waiting(rule: Rule, sighting: SightingFacts, today: date) -> Waits | WaitedTooLong:
    if rule.event is None:
        raise AssertionError(f"Rule {rule.label} waits for no event")  # Rule refuses to be made so
    review_on = rule.cap.kept_through(sighting.captured_on) + _ONE_DAY if rule.cap else None
    if review_on is not None and today >= review_on:
        return WaitedTooLong(rule=rule, sighting_id=sighting.id, event=rule.event, review_on=review_on)
    return Waits(rule=rule, sighting_id=sighting.id, event=rule.event, review_on=review_on)


def _running_phase(rule: Rule, start: Start, today: date) -> Phase:
    if rule.active is not None and today > rule.active.kept_through(start.on):
        return Phase.INTERMEDIATE
    return Phase.ACTIVE


def _standing(reason: Applied | NoRule) -> tuple[Outcome, date | None]:
    """Return the outcome that one reason asks for, and the first day on which it lets go."""
    match reason:
        case NoRule():
            return Outcome.NO_RULE, None
        case KeepsForEver():
            return Outcome.KEEP, None
        case Keeps(kept_through=kept_through):
            return Outcome.KEEP, kept_through + _ONE_DAY
        case Waits(review_on=review_on):
            return Outcome.KEEP, review_on
        case WaitedTooLong(review_on=review_on):
            return Outcome.REVIEW, review_on
        case Ended(kept_through=kept_through, action=action):
            return Outcome.REVIEW if action is Action.REVIEW else Outcome.DUE, kept_through + _ONE_DAY


def _phase(reason: Applied | NoRule) -> Phase:
    match reason:
        case Keeps(phase=phase) | KeepsForEver(phase=phase):
            return phase
        case Ended():
            return Phase.INTERMEDIATE
        case NoRule() | Waits() | WaitedTooLong():
            return Phase.ACTIVE


def _by_person(
    message: MessageFacts, outcome: Outcome, due_on: date | None, today: date
) -> KeptByPerson | ReleasedByPerson | None:
    """Return what a person's verdict changes. It lets go only what had come up for review when it was given."""
    verdict = message.verdict
    if verdict is None or verdict.decided_on > today:
        return None
    if verdict.keep_through is not None:
        if verdict.keep_through < today:
            return None
        return KeptByPerson(decided_on=verdict.decided_on, keep_through=verdict.keep_through)
    if outcome is Outcome.REVIEW and due_on is not None and verdict.decided_on >= due_on:
        return ReleasedByPerson(decided_on=verdict.decided_on)
    return None


def _held(holds: tuple[Hold, ...], message: MessageFacts, today: date) -> tuple[Held, ...]:
    return tuple(
        Held(hold_id=hold.id, matter=hold.matter, placed_on=hold.placed_at.date())
        for hold in standing(holds, message, today)
    )
