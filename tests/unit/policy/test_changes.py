"""Which changes of rules need a second person."""

from dataclasses import replace
from datetime import date

import pytest

from muniment.policy.calendar import CIVIL_YEAR
from muniment.policy.changes import latest_versions, may_shorten
from muniment.policy.facts import Event
from muniment.policy.predicates import Everything, Fact, Is
from muniment.policy.rules import Action, Checked, Clock, Force, Origin, Rule, Source, Term
from muniment.policy.words import Text

OWN = Source(citation="Policy 7", force=Force.POLICY, origin=Origin.NONE, checked=Checked.OWN)
DUTY = Source(citation="LPF L102 B", force=Force.DUTY, origin=Origin.MEMBER_STATE, checked=Checked.TEXT)
RULE = Rule(
    id="mail",
    version=1,
    valid_from=date(2026, 1, 1),
    name=Text(en="Mail", fr="Courriel"),
    scope=Everything(),
    term=Term(years=5),
    clock=Clock.SENT,
    action=Action.DISPOSE,
    source=OWN,
)
NEXT = replace(RULE, version=2, valid_from=date(2026, 6, 1))
LONGER = (
    {"term": Term(years=6)},
    {"term": Term(years=5, year_end=CIVIL_YEAR)},
    {"term": Term(years=5, days=1)},
    {"action": Action.REVIEW},
    {"action": Action.KEEP_FOR_EVER, "definitive_ground": "history"},
    {"name": Text(en="All mail", fr="Tout courriel")},
    {"source": DUTY},
    {"active": Term(years=1)},
)
SHORTER = (
    {"term": Term(years=4)},
    {"term": Term(months=72)},
    {"scope": Is(fact=Fact.LABEL, value="mail")},
    {"clock": Clock.CAPTURED},
    {"clock": Clock.EVENT, "event": Event.DEPARTURE},
    {"priority": 1},
    {"priority": -1},
    {"valid_until": date(2027, 1, 1)},
)


@pytest.mark.parametrize("change", LONGER, ids=str)
def test_a_version_that_only_keeps_longer_needs_nobody_else(change):
    assert may_shorten(replace(NEXT, **change), [RULE]) is False


@pytest.mark.parametrize("change", SHORTER, ids=str)
def test_any_other_change_of_a_rule_may_let_mail_go_sooner(change):
    assert may_shorten(replace(NEXT, **change), [RULE]) is True


def test_a_legal_duty_that_becomes_a_choice_may_let_mail_go_sooner():
    assert may_shorten(NEXT, [replace(RULE, source=DUTY)]) is True


def test_a_sooner_review_of_what_waits_for_an_event_counts_as_sooner():
    waiting = replace(RULE, clock=Clock.EVENT, event=Event.DEPARTURE, cap=Term(years=3))
    following = replace(waiting, version=2)
    assert [may_shorten(replace(following, cap=cap), [waiting]) for cap in (Term(years=2), Term(years=4), None)] == [
        True,
        False,
        False,
    ]


def test_a_new_rule_shortens_only_what_it_takes_the_place_of():
    other = replace(RULE, id="new", priority=10)
    assert may_shorten(other, [RULE]) is True
    assert may_shorten(replace(other, priority=0), [RULE]) is False
    assert may_shorten(other, [replace(RULE, source=DUTY)]) is False
    assert may_shorten(other, [replace(RULE, valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))]) is False
    assert may_shorten(replace(other, action=Action.KEEP_FOR_EVER, definitive_ground="history"), [RULE]) is False


def test_the_latest_version_is_compared_whether_it_has_begun_or_not():
    assert latest_versions([NEXT, RULE]) == {"mail": NEXT}
    assert may_shorten(replace(NEXT, version=3), [RULE, replace(NEXT, term=Term(years=9))]) is True
