"""The retention decision against its naive oracle, and what must hold whatever the facts, rules and holds."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from muniment.policy.decide import Outcome, decide
from muniment.policy.explain import explain
from muniment.policy.predicates import matches
from muniment.policy.rules import Force, Term
from muniment.policy.simulate import simulate
from tests.unit.policy import oracle
from tests.unit.policy.builders import HOLD_SETS, MESSAGES, NEAR_DAYS, RULE_SETS, STEADY


@STEADY
@given(MESSAGES, RULE_SETS, HOLD_SETS, NEAR_DAYS)
def test_the_decision_is_that_of_the_oracle(message, rules, holds, today):
    assert decide(message, rules, holds, today).outcome is oracle.outcome(message, rules, holds, today)


@STEADY
@given(MESSAGES, RULE_SETS, HOLD_SETS, NEAR_DAYS)
def test_a_held_message_is_held_whatever_the_rules(message, rules, holds, today):
    held = decide(message, rules, holds, today).outcome is Outcome.HELD
    assert held == oracle.is_held(message, holds, today)


@STEADY
@given(MESSAGES, RULE_SETS, HOLD_SETS, NEAR_DAYS, st.data())
def test_shortening_a_rule_never_makes_a_held_message_due(message, rules, holds, today, data):
    before = decide(message, rules, holds, today).outcome
    shortened = [data.draw(st.sampled_from([rule, _with_term(rule, Term())])) for rule in rules]
    after = decide(message, shortened, holds, today).outcome
    assert (before is Outcome.HELD) == (after is Outcome.HELD)


@STEADY
@given(MESSAGES, RULE_SETS, NEAR_DAYS)
def test_what_a_duty_still_keeps_is_neither_due_nor_up_for_review(message, rules, today):
    duties = [rule for rule in oracle.rules_of(rules, today) if rule.source.force is Force.DUTY]
    kept = any(
        (day := oracle.first_free_day(rule, message, sighting)[0]) is None or day > today
        for rule in duties
        for sighting in message.sightings
        if matches(rule.scope, message, sighting)
    )
    outcome = decide(message, rules, (), today).outcome
    assert outcome >= Outcome.KEEP or not kept


@STEADY
@given(MESSAGES, RULE_SETS, NEAR_DAYS)
def test_a_message_is_due_only_when_each_sighting_alone_would_be(message, rules, today):
    # A sighting alone keeps the day of the first capture out of sight, so the sent date must be believed in both.
    whole = decide(message, rules, (), today)
    alone = [decide(_with_sighting(message, each), rules, (), today).outcome for each in message.sightings]
    first = min(each.captured_on for each in message.sightings)
    comparable = message.verdict is None and (message.sent_on is None or message.sent_on <= first)
    assert not comparable or whole.outcome is max(alone)


@STEADY
@given(MESSAGES, HOLD_SETS, NEAR_DAYS)
def test_without_any_rule_nothing_is_disposed_of(message, holds, today):
    assert decide(message, (), holds, today).outcome >= Outcome.NO_RULE


@STEADY
@given(MESSAGES, RULE_SETS, NEAR_DAYS)
def test_what_is_due_has_a_day_that_has_come(message, rules, today):
    decision = decide(message, rules, (), today)
    assert decision.outcome is not Outcome.DUE or (decision.due_on is not None and decision.due_on <= today)


@STEADY
@given(MESSAGES, RULE_SETS, HOLD_SETS, NEAR_DAYS)
def test_every_rule_is_named_in_the_reasons(message, rules, holds, today):
    decision = decide(message, rules, holds, today)
    named = {reason.rule.id for reason in decision.reasons if hasattr(reason, "rule")}
    assert named == {rule.id for rule in rules}


@STEADY
@given(MESSAGES, RULE_SETS, HOLD_SETS, NEAR_DAYS, st.sampled_from(["en", "fr"]))
def test_every_decision_can_be_explained(message, rules, holds, today, language):
    sentences = explain(decide(message, rules, holds, today), language)
    assert all(each.endswith(".") and "{" not in each for each in sentences)


@STEADY
@given(st.lists(MESSAGES, max_size=5), RULE_SETS, RULE_SETS, HOLD_SETS, NEAR_DAYS)
def test_a_simulation_is_the_count_of_the_decisions(messages, now, proposed, holds, today):
    found = simulate(iter(messages), now, proposed, today, holds=holds)
    before = [decide(message, now, holds, today).outcome for message in messages]
    after = [decide(message, proposed, holds, today).outcome for message in messages]
    assert dict(found.now.by_outcome) == {outcome: before.count(outcome) for outcome in Outcome}
    assert dict(found.proposed.by_outcome) == {outcome: after.count(outcome) for outcome in Outcome}
    assert sum(change.count for change in found.changes) == sum(
        old is not new for old, new in zip(before, after, strict=True)
    )


@STEADY
@given(MESSAGES, RULE_SETS, HOLD_SETS, st.dates(date(2015, 1, 1), date(2029, 1, 1)))
def test_changing_nothing_changes_nothing(message, rules, holds, today):
    found = simulate([message], rules, rules, today, holds=holds)
    assert (found.changes, found.sooner, found.later, found.newly_due) == ((), 0, 0, 0)


def _with_term(rule, term):
    from dataclasses import replace

    return replace(rule, term=term, active=None)


def _with_sighting(message, sighting):
    from dataclasses import replace

    return replace(message, sightings=(sighting,))
