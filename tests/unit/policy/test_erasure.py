"""The decision about one message of an erasure request: cases, and a naive oracle."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import Refused
from muniment.policy.erasure import Concern, DutyInForce, ErasureOutcome, decide_erasure
from muniment.policy.erasure_request import ClaimedExemption, ErasureRequest, Exemption, Ground, Others, Review
from muniment.policy.explain_erasure import explain_erasure
from muniment.policy.facts import Event, Participant, Role
from muniment.policy.predicates import matches
from muniment.policy.rules import Action, Clock, Force, Origin, Term
from tests.unit.policy import oracle
from tests.unit.policy.builders import (
    ALICE,
    BOB,
    EVE,
    HOLD_SETS,
    MESSAGES,
    NEAR_DAYS,
    RULE_SETS,
    STEADY,
    TODAY,
    duty,
    hold,
    message,
    rule,
    sighting,
    source,
)

TEN_YEARS = Term(years=10)
HOME = "eve@home.example"
ALONE = (Participant(address=EVE, role=Role.FROM), Participant(address=HOME, role=Role.TO))
CLAIM = ClaimedExemption(exemption=Exemption.CLAIMS, text="The dispute of 2025 turns on it")


def request(**values):
    given = {
        "id": "r1",
        "addresses": frozenset({EVE, HOME}),
        "grounds": frozenset({Ground.NO_LONGER_NECESSARY}),
        **values,
    }
    return ErasureRequest(**given)


def decided(facts=None, *, rules=(), holds=(), review=None, **values):
    facts = facts or message(participants=ALONE)
    return decide_erasure(facts, request(**values), rules, holds, TODAY, review=review or Review())


def test_a_message_that_concerns_nobody_else_is_erased():
    assert decided().outcome is ErasureOutcome.ERASE


def test_a_hold_outranks_the_erasure_and_the_decision_is_taken_again():
    found = decided(holds=[hold()])
    assert (found.outcome, found.reopens_on_release) == (ErasureOutcome.RESTRICT, True)


def test_a_hold_outranks_a_duty():
    assert decided(rules=[duty(term=TEN_YEARS)], holds=[hold()]).outcome is ErasureOutcome.RESTRICT


def test_a_released_hold_does_not_stand_against_it():
    released = hold(released_at=datetime(2026, 6, 1, tzinfo=UTC))
    assert decided(holds=[released]).outcome is ErasureOutcome.ERASE


def test_a_duty_in_force_refuses_until_its_end():
    found = decided(rules=[duty(term=TEN_YEARS)])
    assert (found.outcome, found.reopen_on) == (ErasureOutcome.REFUSE, date(2030, 3, 16))


def test_a_duty_of_union_law_refuses_too():
    assert decided(rules=[duty(term=TEN_YEARS, origin=Origin.UNION)]).outcome is ErasureOutcome.REFUSE


def test_a_duty_that_has_ended_does_not_refuse():
    assert decided(rules=[duty(term=Term(years=1))]).outcome is ErasureOutcome.ERASE


def test_a_duty_whose_event_is_unknown_refuses_without_an_end():
    waiting = duty(clock=Clock.EVENT, event=Event.DEPARTURE)
    found = decided(rules=[waiting, duty("other", term=TEN_YEARS)])
    assert (found.outcome, found.reopen_on) == (ErasureOutcome.REFUSE, None)


def test_a_duty_whose_event_stayed_unknown_past_its_cap_refuses_still():
    waiting = duty(clock=Clock.EVENT, event=Event.DEPARTURE, cap=Term(years=1))
    assert decided(rules=[waiting]).outcome is ErasureOutcome.REFUSE


def test_the_law_of_a_third_country_does_not_refuse_by_itself():
    found = decided(rules=[duty(term=TEN_YEARS, origin=Origin.THIRD_COUNTRY)])
    assert found.outcome is ErasureOutcome.WEIGH


@pytest.mark.parametrize("force", [Force.LIMIT, Force.RECOMMENDATION, Force.POLICY])
def test_what_is_no_duty_does_not_refuse(force):
    assert decided(rules=[rule(term=TEN_YEARS, source=source(force))]).outcome is ErasureOutcome.ERASE


def test_a_limitation_period_must_be_weighed():
    assert decided(rules=[rule(term=TEN_YEARS, source=source(Force.CLAIMS))]).outcome is ErasureOutcome.WEIGH


def test_permanent_archiving_must_be_weighed():
    assert decided(rules=[rule(action=Action.KEEP_FOR_EVER)]).outcome is ErasureOutcome.WEIGH


def test_what_was_weighed_no_longer_stops_the_erasure():
    running = rule(term=TEN_YEARS, source=source(Force.CLAIMS))
    assert decided(rules=[running], review=Review(weighed="No claim is possible")).outcome is ErasureOutcome.ERASE


def test_weighing_does_not_overcome_a_duty():
    found = decided(rules=[duty(term=TEN_YEARS)], review=Review(weighed="It is old"))
    assert found.outcome is ErasureOutcome.REFUSE


def test_a_claimed_exemption_refuses():
    assert decided(review=Review(exemptions=(CLAIM,))).outcome is ErasureOutcome.REFUSE


@pytest.mark.parametrize(
    ("choice", "outcome"),
    [
        (Others.UNDECIDED, ErasureOutcome.WEIGH),
        (Others.ERASE, ErasureOutcome.ERASE),
        (Others.REDACT, ErasureOutcome.PARTIAL),
        (Others.KEEP, ErasureOutcome.REFUSE),
    ],
)
def test_others_interests_are_chosen_per_message(choice, outcome):
    review = Review(others=choice, others_reason="Her own contract")
    assert decided(message(), review=review).outcome is outcome


def test_a_message_without_a_choice_takes_that_of_the_request():
    assert decided(message(), default_others=Others.REDACT).outcome is ErasureOutcome.PARTIAL


def test_the_owner_of_another_mailbox_is_another_person():
    facts = message(participants=ALONE, sightings=(sighting(custodian=BOB),))
    assert decided(facts).outcome is ErasureOutcome.WEIGH


def test_a_message_about_somebody_else_is_not_concerned():
    facts = message(participants=(Participant(address=ALICE, role=Role.FROM),))
    assert decided(facts, holds=[hold()]).outcome is ErasureOutcome.NOT_CONCERNED


@pytest.mark.parametrize(
    ("roles", "concern"),
    [
        ([Role.FROM], Concern.SENDER),
        ([Role.REPLY_TO], Concern.SENDER),
        ([Role.TO, Role.SENDER], Concern.SENDER),
        ([Role.CC], Concern.RECIPIENT),
        ([Role.DELIVERED], Concern.RECIPIENT),
        ([], Concern.MENTIONED),
    ],
)
def test_the_person_is_sender_recipient_or_only_mentioned(roles, concern):
    facts = message(participants=tuple(Participant(address=EVE, role=role) for role in roles))
    assert decided(facts, review=Review(mentioned=True)).concern is concern


def test_the_requests_own_restriction_does_not_stand_against_it():
    assert decided(message(participants=ALONE, restrictions=frozenset({"r1"}))).outcome is ErasureOutcome.ERASE


def test_another_requests_restriction_does():
    assert decided(message(participants=ALONE, restrictions=frozenset({"r2"}))).outcome is ErasureOutcome.RESTRICT


@pytest.mark.parametrize("origin", [Origin.THIRD_COUNTRY, Origin.NONE])
def test_sec_17a_4_cannot_be_a_legal_obligation_of_article_17(origin):
    with pytest.raises(Refused, match=r"17\(3\)\(b\)"):
        ClaimedExemption(exemption=Exemption.LEGAL_OBLIGATION, text="SEC 17a-4", origin=origin)


@pytest.mark.parametrize(
    "make",
    [
        lambda: request(grounds=frozenset()),
        lambda: request(addresses=frozenset()),
        lambda: request(addresses=frozenset({"Eve@client.example"})),
        lambda: request(default_others=Others.KEEP),
        lambda: Review(others=Others.KEEP),
        lambda: ClaimedExemption(exemption=Exemption.CLAIMS, text=" "),
    ],
)
def test_a_decision_without_its_reason_is_refused(make):
    with pytest.raises(Refused):
        make()


def test_a_refusal_says_the_law_its_end_and_the_article():
    found = decided(rules=[duty(term=TEN_YEARS)])
    assert explain_erasure(found, "fr") == (
        "Effacement refusé.",
        (
            "La loi oblige à le conserver jusqu’au 15 mars 2030 inclus\N{NO-BREAK SPACE}: «\N{NO-BREAK SPACE}Règle duty"
            "\N{NO-BREAK SPACE}» (duty@1\N{NO-BREAK SPACE}; C. com. L123-22, obligation légale de conserver) "
            "(article 17, paragraphe 3, point b)."
        ),
    )


def test_a_restriction_names_the_matter():
    assert explain_erasure(decided(holds=[hold()]), "en")[1] == (
        "The hold of the matter “Exemple against Client”, placed on 2 January 2026, covers it. It is kept for the "
        "establishment, exercise or defence of legal claims (Articles 17(3)(e) and 18(2))."
    )


def naive(case):
    facts, asked, rules, holds, today, review = case
    addresses = {each.address for each in facts.participants} | {each.custodian for each in facts.sightings}
    if not (addresses & asked.addresses or review.mentioned):
        return ErasureOutcome.NOT_CONCERNED
    if oracle.is_held(facts, holds, today) or facts.restrictions - {asked.id}:
        return ErasureOutcome.RESTRICT
    argued = False
    for each in facts.sightings:
        matched = [found for found in oracle.rules_of(rules, today) if matches(found.scope, facts, each)]
        top = max((found.priority for found in matched), default=0)
        for found in matched:
            free_on, _ = oracle.first_free_day(found, facts, each)
            unknown = found.clock is Clock.EVENT and found.event not in {event.event for event in each.events}
            runs = unknown or free_on is None or free_on > today
            force, european = found.source.force, found.source.origin is not Origin.THIRD_COUNTRY
            if runs and force is Force.DUTY and european:
                return ErasureOutcome.REFUSE
            counts = force is Force.DUTY or found.priority == top
            arguable = force in {Force.DUTY, Force.CLAIMS} or found.action is Action.KEEP_FOR_EVER
            argued = argued or (runs and counts and arguable)
    if review.exemptions:
        return ErasureOutcome.REFUSE
    if argued and not review.weighed:
        return ErasureOutcome.WEIGH
    if addresses - asked.addresses - {""}:
        chosen = asked.default_others if review.others is Others.UNDECIDED else review.others
        return {
            Others.UNDECIDED: ErasureOutcome.WEIGH,
            Others.ERASE: ErasureOutcome.ERASE,
            Others.REDACT: ErasureOutcome.PARTIAL,
            Others.KEEP: ErasureOutcome.REFUSE,
        }[chosen]
    return ErasureOutcome.ERASE


REVIEWS = st.builds(
    Review,
    mentioned=st.booleans(),
    exemptions=st.sampled_from([(), (), (CLAIM,)]),
    others=st.sampled_from(Others),
    others_reason=st.just("Her own contract"),
    weighed=st.sampled_from(["", "No claim is possible"]),
)
REQUESTS = st.builds(
    request,
    addresses=st.sampled_from([ALICE, BOB, EVE]).map(lambda address: frozenset({address})),
    default_others=st.sampled_from([Others.UNDECIDED, Others.REDACT]),
)


CASES = st.tuples(MESSAGES, REQUESTS, RULE_SETS, HOLD_SETS, NEAR_DAYS, REVIEWS)


def decide_case(case):
    *given, review = case
    return decide_erasure(*given, review=review)


@STEADY
@given(CASES)
def test_the_decision_is_that_of_the_oracle(case):
    assert decide_case(case).outcome is naive(case)


@STEADY
@given(CASES)
def test_a_held_message_is_never_erased_nor_redacted(case):
    facts, _, _, holds, today, _ = case
    held = oracle.is_held(facts, holds, today)
    assert not held or decide_case(case).outcome in {ErasureOutcome.RESTRICT, ErasureOutcome.NOT_CONCERNED}


@STEADY
@given(CASES)
def test_when_it_is_reopened_every_duty_that_was_named_has_ended(case):
    found = decide_case(case)
    named = [reason.until for reason in found.reasons if isinstance(reason, DutyInForce)]
    assert found.reopen_on is None or all(until is not None and until < found.reopen_on for until in named)


@STEADY
@given(CASES, st.sampled_from(["en", "fr"]))
def test_every_decision_can_be_explained(case, language):
    sentences = explain_erasure(decide_case(case), language)
    assert len(sentences) > 1
    assert all(each.endswith(".") and "{" not in each for each in sentences)
