"""Whether a new version of a rule could let mail go sooner: such a change needs a second person.

Told from the rules alone, without any mail: mail that arrives tomorrow counts as well. In doubt the answer is yes.
"""

from collections.abc import Iterable

from muniment.policy.rules import Action, Force, Rule, Term

_STRICTNESS = (Action.DISPOSE, Action.REVIEW, Action.KEEP_FOR_EVER)  # each keeps at least as long as the one before


def latest_versions(rules: Iterable[Rule]) -> dict[str, Rule]:
    """Return of each rule the version with the highest number, in force or to come, by id."""
    latest: dict[str, Rule] = {}
    for rule in rules:
        if rule.id not in latest or latest[rule.id].version < rule.version:
            latest[rule.id] = rule
    return latest


def may_shorten(proposed: Rule, rules: Iterable[Rule]) -> bool:
    """Say whether `proposed`, put among `rules` (all their versions), could let any message go sooner.

    A new rule can, when it would take the place of others by its priority. A new version can, unless all that it
    changes is a longer term, a stricter end, or words.
    """
    latest = latest_versions(rules)
    before = latest.get(proposed.id)
    if before is None or _has_ended(before, proposed):
        return _takes_the_place_of_others(proposed, latest.values())
    return not _keeps_at_least_as_long(before, proposed)


def _has_ended(before: Rule, proposed: Rule) -> bool:
    return before.valid_until is not None and before.valid_until < proposed.valid_from


def _takes_the_place_of_others(proposed: Rule, others: Iterable[Rule]) -> bool:
    return proposed.action is not Action.KEEP_FOR_EVER and any(
        other.id != proposed.id
        and other.priority < proposed.priority
        and other.source.force is not Force.DUTY
        and not _has_ended(other, proposed)
        for other in others
    )


def _keeps_at_least_as_long(before: Rule, proposed: Rule) -> bool:
    same_reach = (
        proposed.scope == before.scope
        and proposed.priority == before.priority
        and proposed.clock is before.clock
        and proposed.event is before.event
    )
    stays = proposed.valid_until is None or (
        before.valid_until is not None and proposed.valid_until >= before.valid_until
    )
    as_strong = before.source.force is not Force.DUTY or proposed.source.force is Force.DUTY
    return (
        same_reach
        and stays
        and as_strong
        and _STRICTNESS.index(proposed.action) >= _STRICTNESS.index(before.action)
        and _at_least(proposed.term, before.term)
        and _cap_at_least(proposed.cap, before.cap)
    )


def _at_least(term: Term, other: Term) -> bool:
    """Compare part by part: 13 months for a year is taken for shorter, and a second person looks."""
    closing = term.year_end == other.year_end or other.year_end is None
    return closing and term.years >= other.years and term.months >= other.months and term.days >= other.days


def _cap_at_least(cap: Term | None, other: Term | None) -> bool:
    return cap is None or (other is not None and _at_least(cap, other))
