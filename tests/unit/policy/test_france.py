"""The starter library for France against the table of the project's legal note, and on messages of a made-up company."""

from datetime import date

import pytest

from muniment.policy import france
from muniment.policy.calendar import YearEnd
from muniment.policy.coding import decode_rule, encode_rule
from muniment.policy.decide import Outcome, decide
from muniment.policy.describe import describe_rule
from muniment.policy.erasure import ErasureOutcome, decide_erasure
from muniment.policy.erasure_request import ErasureRequest, Ground, Others
from muniment.policy.facts import Event, EventDate
from muniment.policy.rules import Action, Clock, Force, Origin
from tests.unit.policy.builders import ALICE, EVE, message, sighting

LIBRARY = france.library(valid_from=date(2026, 1, 1))
TODAY = date(2026, 11, 24)

# rule, years and months, from, event, citation, force
TABLE = [
    ("fr-accounting", 10, 0, None, "C. com. L123-22", Force.DUTY),
    ("fr-tax", 6, 0, None, "LPF L102 B", Force.DUTY),
    ("fr-commercial-contract", 5, 0, Event.CONTRACT_END, "C. com. L110-4", Force.CLAIMS),
    ("fr-commercial-correspondence", 5, 0, None, "C. com. L110-4", Force.CLAIMS),
    ("fr-consumer-contract", 10, 0, Event.DELIVERY, "C. conso. L213-1", Force.DUTY),
    ("fr-pay-slip", 5, 0, None, "C. trav. L3243-4", Force.DUTY),
    ("fr-employment-contract", 5, 0, Event.DEPARTURE, "C. civ. 2224", Force.CLAIMS),
    ("fr-staff-register", 5, 0, Event.DEPARTURE, "C. trav. R1221-26", Force.DUTY),
    ("fr-working-time", 1, 0, None, "C. trav. D3171-16", Force.DUTY),
    ("fr-day-count", 3, 0, None, "C. trav. D3171-16", Force.DUTY),
    ("fr-social-charges", 3, 0, None, "CSS L244-3", Force.CLAIMS),
    ("fr-labour-inspection", 5, 0, None, "C. trav. D4711-3", Force.DUTY),
    ("fr-disciplinary", 3, 0, None, "C. trav. L1332-5", Force.LIMIT),
    (
        "fr-staff-mailbox",
        0,
        0,
        Event.DEPARTURE,
        "CNIL (messagerie d’un salarié qui part) ; Cass. soc. 15 déc. 2010, n° 08-42.486",
        Force.RECOMMENDATION,
    ),
    ("fr-applicant", 2, 0, Event.LAST_CONTACT, "CNIL (recrutement)", Force.RECOMMENDATION),
    ("fr-prospect", 3, 0, Event.LAST_CONTACT, "CNIL (prospection)", Force.RECOMMENDATION),
    ("fr-technical-log", 0, 12, None, "CNIL, délibération 2021-122", Force.RECOMMENDATION),
]


def labelled(*labels, **values):
    return message(labels=frozenset(labels), **values)


def test_the_library_is_the_table_of_the_legal_note():
    found = [
        (rule.id, rule.term.years, rule.term.months, rule.event, rule.source.citation, rule.source.force)
        for rule in LIBRARY
    ]
    assert found == TABLE


def test_recommendations_are_not_given_as_law():
    assert {rule.id for rule in LIBRARY if rule.source.origin is Origin.NONE} == {
        rule.id for rule in LIBRARY if rule.source.force is Force.RECOMMENDATION
    }


def test_nothing_reaches_the_definitive_phase():
    assert Action.KEEP_FOR_EVER not in {rule.action for rule in LIBRARY}


def test_each_label_has_one_rule():
    assert {rule.id for rule in LIBRARY} == {f"fr-{label}" for label in france.LABELS} | {"fr-staff-mailbox"}


@pytest.mark.parametrize("rule", LIBRARY, ids=lambda rule: rule.id)
def test_each_rule_can_be_stored_and_described(rule):
    assert decode_rule(encode_rule(rule)) == rule
    assert all(each.endswith(".") for language in ("en", "fr") for each in describe_rule(rule, language))


@pytest.mark.parametrize(
    ("label", "due_on"),
    [
        ("accounting", date(2031, 1, 1)),
        ("tax", date(2026, 3, 16)),
        ("commercial-correspondence", date(2025, 3, 16)),
        ("pay-slip", date(2025, 3, 16)),
        ("working-time", date(2021, 3, 16)),
        ("social-charges", date(2024, 1, 1)),
        ("technical-log", date(2021, 3, 16)),
        ("prospect", date(2023, 3, 16)),  # nobody noted the last contact: a person looks
    ],
)
def test_a_message_of_15_march_2020_comes_up_on_its_day(label, due_on):
    assert decide(labelled(label), LIBRARY, [], TODAY).due_on == due_on


def test_accounts_are_kept_from_the_close_of_the_organisations_own_year():
    june = france.library(valid_from=date(2026, 1, 1), year_end=YearEnd(month=6, day=30))
    assert decide(labelled("accounting"), june, [], TODAY).due_on == date(2030, 7, 1)


def test_a_prospects_mail_goes_three_years_after_the_last_contact_though_the_employee_is_still_there():
    contact = EventDate(event=Event.LAST_CONTACT, on=date(2023, 1, 10))
    facts = labelled("prospect", sightings=(sighting(custodian=ALICE, events=(contact,)),))
    assert decide(facts, LIBRARY, [], TODAY).outcome is Outcome.DUE


def test_an_invoice_to_a_prospect_is_kept_as_an_invoice():
    contact = EventDate(event=Event.LAST_CONTACT, on=date(2023, 1, 10))
    facts = labelled("prospect", "accounting", sightings=(sighting(events=(contact,)),))
    assert decide(facts, LIBRARY, [], TODAY).due_on == date(2031, 1, 1)


@pytest.mark.parametrize(
    ("events", "outcome"),
    [((), Outcome.KEEP), ((EventDate(event=Event.DEPARTURE, on=date(2026, 6, 30)),), Outcome.REVIEW)],
)
def test_a_mailbox_is_kept_during_employment_and_reviewed_at_the_departure(events, outcome):
    facts = message(sightings=(sighting(custodian=ALICE, events=events),))
    assert decide(facts, LIBRARY, [], TODAY).outcome is outcome


def test_journalled_mail_without_label_matches_no_rule():
    assert decide(message(), LIBRARY, [], TODAY).outcome is Outcome.NO_RULE


@pytest.mark.parametrize(
    ("label", "outcome"),
    [("accounting", ErasureOutcome.REFUSE), ("prospect", ErasureOutcome.ERASE), ("tax", ErasureOutcome.ERASE)],
)
def test_an_erasure_request_is_refused_only_where_a_duty_still_runs(label, outcome):
    asked = ErasureRequest(
        id="r1",
        addresses=frozenset({EVE}),
        grounds=frozenset({Ground.OBJECTION}),
        default_others=Others.ERASE,
    )
    assert decide_erasure(labelled(label), asked, LIBRARY, [], TODAY).outcome is outcome


def test_terms_from_an_event_are_the_only_ones_with_a_cap():
    assert all(rule.clock is Clock.EVENT for rule in LIBRARY if rule.cap)
