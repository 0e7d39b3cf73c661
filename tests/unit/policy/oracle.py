"""The retention decision said again as naively as possible: no reasons, no phases, day by day where it can be."""

from datetime import date, timedelta

from muniment.policy.decide import Outcome
from muniment.policy.holds import OfCustodians, OfMessages, OfQuery
from muniment.policy.predicates import matches
from muniment.policy.rules import Action, Clock, Force


def rules_of(rules, today):
    """Of each id the version begun last, if it has not ended."""
    chosen = {}
    for rule in sorted(rules, key=lambda rule: (rule.valid_from, rule.version)):
        if rule.valid_from <= today:
            chosen[rule.id] = rule
    return [rule for rule in chosen.values() if rule.valid_until is None or rule.valid_until >= today]


def first_free_day(rule, message, sighting):
    """(first day on which this rule lets go or None, does a person have to look)."""
    if rule.clock is Clock.EVENT:
        known = sorted(event.on for event in sighting.events if event.event is rule.event)
        if not known:
            return (rule.cap.kept_through(sighting.captured_on) + timedelta(1) if rule.cap else None), True
        start = known[-1]
    elif rule.clock is Clock.CAPTURED:
        start = sighting.captured_on
    else:
        start = message.sent_on
        first = min(other.captured_on for other in message.sightings)
        if (
            start is None
            or start < date(1971, 1, 1)
            or start > first + timedelta(1)
            or (sighting.item == "" and start < sighting.captured_on - timedelta(30))
        ):
            start = sighting.captured_on
    if rule.action is Action.KEEP_FOR_EVER:
        return None, False
    return rule.term.kept_through(start) + timedelta(1), rule.action is Action.REVIEW


def is_held(message, holds, today):
    for hold in holds:
        if hold.released_at is not None and hold.released_at.date() <= today:
            continue
        scope = hold.scope
        addresses = {each.address for each in message.participants} | {each.custodian for each in message.sightings}
        if isinstance(scope, OfMessages) and message.id in scope.ids:
            return True
        if isinstance(scope, OfQuery) and scope.query_id in message.hold_queries:
            return True
        if isinstance(scope, OfCustodians) and scope.addresses & addresses:
            return True
    return False


def outcome(message, rules, holds, today):
    if is_held(message, holds, today):
        return Outcome.HELD
    verdict = message.verdict if message.verdict and message.verdict.decided_on <= today else None
    if message.restrictions or (verdict and verdict.keep_through and verdict.keep_through >= today):
        return Outcome.KEEP
    free_days, unruled, person = [], False, False
    for sighting in message.sightings:
        matched = [rule for rule in rules_of(rules, today) if matches(rule.scope, message, sighting)]
        unruled = unruled or not matched
        top = max((rule.priority for rule in matched), default=0)
        for rule in matched:
            if rule.priority == top or rule.source.force is Force.DUTY:
                day, looks = first_free_day(rule, message, sighting)
                free_days.append(day)
                person = person or looks
    if any(day is None or day > today for day in free_days):
        return Outcome.KEEP
    if unruled:
        return Outcome.NO_RULE
    if person and not (verdict and verdict.keep_through is None and verdict.decided_on >= max(free_days)):
        return Outcome.REVIEW
    return Outcome.DUE
