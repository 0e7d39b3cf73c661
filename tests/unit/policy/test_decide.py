"""The retention decision, case by case: terms, dates that cannot be believed, conflicts, holds, sightings, people."""

from datetime import UTC, date, datetime, timedelta

import pytest

from muniment.errors import Refused
from muniment.policy.decide import Outcome, decide
from muniment.policy.explain import explain
from muniment.policy.facts import Event, EventDate, MessageFacts, Verdict
from muniment.policy.holds import Hold, OfCustodians, OfMessages, OfQuery
from muniment.policy.predicates import Fact, Is
from muniment.policy.reasons import NotInForce, NotMatched, Overridden, Phase
from muniment.policy.rules import Action, Clock, Term
from muniment.policy.starting import DateProblem, date_problem
from tests.unit.policy.builders import ALICE, BOB, EVE, TODAY, duty, hold, message, message_id, rule, sighting

SENT = date(2020, 3, 15)
ACCOUNTING = Is(fact=Fact.LABEL, value="accounting")


def outcome(facts=None, rules=(), holds=(), today=TODAY):
    return decide(facts or message(), rules, holds, today).outcome


def test_a_message_without_a_rule_is_kept():
    decision = decide(message(), [rule(scope=ACCOUNTING)], [], date(2999, 1, 1))
    assert (decision.outcome, decision.due_on) == (Outcome.NO_RULE, None)


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2025, 3, 15), Outcome.KEEP), (date(2025, 3, 16), Outcome.DUE)],
)
def test_a_message_is_due_on_the_day_after_its_term(today, expected):
    decision = decide(message(), [rule()], [], today)
    assert (decision.outcome, decision.due_on) == (expected, date(2025, 3, 16))


@pytest.mark.parametrize(
    ("action", "expected"),
    [(Action.DISPOSE, Outcome.DUE), (Action.REVIEW, Outcome.REVIEW), (Action.KEEP_FOR_EVER, Outcome.KEEP)],
)
def test_the_action_of_the_rule_follows_the_end_of_the_term(action, expected):
    assert outcome(rules=[rule(action=action)]) is expected


def test_the_longest_term_wins():
    decision = decide(message(), [rule("short"), rule("long", term=Term(years=8))], [], TODAY)
    assert (decision.outcome, decision.due_on) == (Outcome.KEEP, date(2028, 3, 16))


def test_a_rule_of_higher_priority_takes_the_place_of_a_longer_one():
    long, short = rule("long", term=Term(years=8)), rule("short", priority=1)
    decision = decide(message(), [long, short], [], TODAY)
    assert decision.outcome is Outcome.DUE
    assert Overridden(rule=long, sighting_id=sighting().id, by=short) in decision.reasons


def test_no_priority_takes_the_place_of_a_duty():
    assert outcome(rules=[duty(term=Term(years=8)), rule("short", priority=9)]) is Outcome.KEEP


def test_a_review_at_the_end_of_one_rule_outranks_the_disposal_of_another():
    assert outcome(rules=[rule("a", action=Action.REVIEW), rule("b")]) is Outcome.REVIEW


def test_todays_rule_is_applied_to_old_mail():
    first = rule(term=Term(years=20))
    second = rule(version=2, valid_from=date(2026, 1, 1), term=Term(years=5))
    assert outcome(rules=[first, second]) is Outcome.DUE
    assert outcome(rules=[first, second], today=date(2025, 12, 31)) is Outcome.KEEP


def test_a_rule_that_ended_does_not_bring_its_older_version_back():
    first = rule()
    second = rule(version=2, valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 30))
    decision = decide(message(), [first, second], [], TODAY)
    assert (decision.outcome, NotInForce(rule=second) in decision.reasons) == (Outcome.NO_RULE, True)


def test_of_two_versions_the_one_that_began_last_counts_whatever_its_number():
    early = rule(version=3, valid_from=date(2020, 1, 1), term=Term(years=20))
    late = rule(version=2, valid_from=date(2025, 1, 1))
    assert outcome(rules=[early, late]) is Outcome.DUE


@pytest.mark.parametrize(("today", "expected"), [(TODAY, Outcome.DUE), (TODAY + timedelta(days=1), Outcome.NO_RULE)])
def test_a_rule_counts_on_its_last_day(today, expected):
    assert outcome(rules=[rule(valid_until=TODAY)], today=today) is expected


def test_one_version_given_twice_is_refused():
    with pytest.raises(Refused, match="given twice"):
        decide(message(), [rule(), rule(term=Term(years=1))], [], TODAY)


@pytest.mark.parametrize(
    ("sent_on", "sightings", "problem"),
    [
        (None, [sighting()], DateProblem.MISSING),
        (date(1970, 1, 1), [sighting(item="a.eml")], DateProblem.TOO_EARLY),
        (date(2020, 3, 17), [sighting()], DateProblem.AFTER_CAPTURE),
        (date(2020, 3, 16), [sighting()], None),
        (date(2020, 2, 14), [sighting()], None),
        (date(2020, 2, 13), [sighting()], DateProblem.STALE),
        (date(1999, 2, 13), [sighting(item="inbox/1.eml")], None),
        (date(2020, 3, 17), [sighting(), sighting(2, captured_on=date(2024, 1, 1))], DateProblem.AFTER_CAPTURE),
    ],
)
def test_a_date_that_cannot_be_is_not_believed(sent_on, sightings, problem):
    facts = message(sent_on=sent_on, sightings=tuple(sightings))
    assert date_problem(facts, sightings[0]) is problem


def test_a_date_after_the_first_capture_is_not_believed_for_a_later_sighting_either():
    later = sighting(2, captured_on=date(2024, 1, 1))
    facts = message(sent_on=date(2020, 3, 17), sightings=(sighting(), later))
    assert date_problem(facts, later) is DateProblem.AFTER_CAPTURE


def test_without_a_date_the_capture_counts_and_the_reason_says_so():
    decision = decide(message(sent_on=None), [rule()], [], TODAY)
    assert decision.due_on == date(2025, 3, 16)
    assert "no readable date" in explain(decision, "en")[1]


def test_a_forged_old_date_does_not_make_a_message_due():
    facts = message(sent_on=date(1999, 1, 1), sightings=(sighting(captured_on=TODAY),))
    assert outcome(facts, [rule()]) is Outcome.KEEP


def test_a_term_from_the_capture_is_counted_for_each_sighting():
    facts = message(sightings=(sighting(), sighting(2, captured_on=date(2024, 1, 1))))
    decision = decide(facts, [rule(clock=Clock.CAPTURED)], [], TODAY)
    assert (decision.outcome, decision.due_on) == (Outcome.KEEP, date(2029, 1, 2))


def test_a_message_is_due_only_when_all_its_sightings_are():
    of_alice = rule(scope=Is(fact=Fact.CUSTODIAN, value=ALICE))
    facts = message(sightings=(sighting(custodian=ALICE), sighting(2, custodian=BOB)))
    decision = decide(facts, [of_alice], [], TODAY)
    assert (decision.outcome, decision.due_on) == (Outcome.NO_RULE, None)


def test_a_term_that_waits_for_an_unknown_event_keeps():
    decision = decide(message(), [rule(clock=Clock.EVENT, event=Event.DEPARTURE)], [], date(2999, 1, 1))
    assert (decision.outcome, decision.due_on) == (Outcome.KEEP, None)


def test_an_event_that_stays_unknown_brings_the_message_before_a_person():
    capped = rule(clock=Clock.EVENT, event=Event.DEPARTURE, cap=Term(years=6))
    assert outcome(rules=[capped], today=date(2026, 3, 15)) is Outcome.KEEP
    assert outcome(rules=[capped], today=date(2026, 3, 16)) is Outcome.REVIEW


def test_of_several_departures_the_last_one_counts():
    events = tuple(EventDate(event=Event.DEPARTURE, on=on) for on in (date(2022, 1, 1), date(2019, 1, 1)))
    facts = message(sightings=(sighting(events=events),))
    decision = decide(facts, [rule(clock=Clock.EVENT, event=Event.DEPARTURE)], [], TODAY)
    assert decision.due_on == date(2027, 1, 2)


@pytest.mark.parametrize(
    ("today", "phase"),
    [
        (date(2022, 3, 15), Phase.ACTIVE),
        (date(2022, 3, 16), Phase.INTERMEDIATE),
        (date(2026, 1, 1), Phase.INTERMEDIATE),
    ],
)
def test_after_the_active_term_a_message_is_in_intermediate_archiving(today, phase):
    assert decide(message(), [rule(active=Term(years=2))], [], today).phase is phase


def test_the_definitive_phase_comes_after_the_term_of_a_rule_that_keeps_for_ever():
    kept = rule(action=Action.KEEP_FOR_EVER, active=Term(years=1))
    days = (date(2021, 1, 1), date(2022, 1, 1), date(2026, 1, 1))
    assert [decide(message(), [kept], [], today).phase for today in days] == list(Phase)


@pytest.mark.parametrize(
    "scope",
    [
        OfMessages(ids=frozenset({message_id()})),
        OfQuery(query_id="q1"),
        OfCustodians(addresses=frozenset({EVE})),
        OfCustodians(addresses=frozenset({BOB})),
    ],
)
def test_a_hold_outranks_every_rule(scope):
    facts = message(sightings=(sighting(custodian=BOB),), hold_queries=frozenset({"q1"}))
    assert outcome(facts, [rule()], [hold(scope=scope)]) is Outcome.HELD


@pytest.mark.parametrize(
    "scope",
    [
        OfMessages(ids=frozenset({message_id(2)})),
        OfQuery(query_id="q2"),
        OfCustodians(addresses=frozenset({"eva@client.example"})),
    ],
)
def test_a_hold_on_something_else_does_not_bind(scope):
    assert outcome(rules=[rule()], holds=[hold(scope=scope)]) is Outcome.DUE


def test_both_holds_must_be_released():
    released = hold("h1", released_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert outcome(rules=[rule()], holds=[released, hold("h2")]) is Outcome.HELD
    assert outcome(rules=[rule()], holds=[released]) is Outcome.DUE


@pytest.mark.parametrize(("today", "expected"), [(date(2026, 10, 31), Outcome.HELD), (date(2026, 11, 1), Outcome.DUE)])
def test_a_release_counts_from_its_day(today, expected):
    released = hold(released_at=datetime(2026, 11, 1, 9, tzinfo=UTC))
    assert outcome(rules=[rule()], holds=[released], today=today) is expected


def test_a_hold_whose_clock_runs_ahead_binds_already():
    assert outcome(rules=[rule()], holds=[hold()], today=date(2025, 12, 31)) is Outcome.HELD


def test_a_restriction_keeps():
    decision = decide(message(restrictions=frozenset({"r1"})), [rule()], [], TODAY)
    assert decision.outcome is Outcome.KEEP
    assert explain(decision, "en")[0] == "Kept, although its term ended on 16 March 2025."


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict(decided_on=date(2025, 4, 1)), Outcome.DUE),
        (Verdict(decided_on=date(2025, 3, 15)), Outcome.REVIEW),  # given before it came up
        (Verdict(decided_on=date(2026, 11, 25)), Outcome.REVIEW),  # not given yet
        (Verdict(decided_on=date(2025, 4, 1), keep_through=TODAY), Outcome.KEEP),
        (Verdict(decided_on=date(2025, 4, 1), keep_through=TODAY - timedelta(days=1)), Outcome.REVIEW),
    ],
)
def test_a_person_lets_go_or_keeps_what_came_up_for_review(verdict, expected):
    assert outcome(message(verdict=verdict), [rule(action=Action.REVIEW)]) is expected


def test_what_a_person_keeps_comes_up_again_afterwards():
    verdict = Verdict(decided_on=date(2025, 4, 1), keep_through=date(2027, 12, 31))
    assert decide(message(verdict=verdict), [rule()], [], TODAY).due_on == date(2028, 1, 1)


def test_the_rules_that_do_not_apply_are_told_too():
    other, later = rule("other", scope=ACCOUNTING), rule("later", valid_from=date(2027, 1, 1))
    reasons = decide(message(), [rule(), other, later], [], TODAY).reasons
    assert reasons[1:] == (NotMatched(rule=other), NotInForce(rule=later))


def test_a_message_without_sightings_is_refused():
    with pytest.raises(Refused, match="no sighting"):
        MessageFacts(id=message_id(), sent_on=SENT, sightings=())


@pytest.mark.parametrize(
    ("placed_at", "released_at"),
    [
        (datetime(2026, 1, 1), None),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2)),
        (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_hold_with_impossible_times_is_refused(placed_at, released_at):
    with pytest.raises(Refused):
        Hold(id="h", matter="m", scope=OfQuery(query_id="q"), placed_at=placed_at, released_at=released_at)


@pytest.mark.parametrize("addresses", [[], [""], ["Alice@exemple.fr"]])
def test_a_hold_on_nobody_in_particular_is_refused(addresses):
    with pytest.raises(Refused):
        OfCustodians(addresses=frozenset(addresses))
