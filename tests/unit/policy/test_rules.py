"""Rules as values: what may be made, what their conditions match, how they are written and read."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import Corrupt, Refused
from muniment.policy.coding import MAX_BYTES, decode_rule, encode_rule
from muniment.policy.facts import Event, Participant, Role
from muniment.policy.predicates import (
    MAX_DEPTH,
    AllOf,
    AnyOf,
    Everything,
    Fact,
    HasAttachment,
    HasCustodian,
    Is,
    Not,
    matches,
)
from muniment.policy.rules import Action, Checked, Clock, Force, Origin, Source, Term
from muniment.policy.words import Text
from tests.unit.policy.builders import ALICE, BOB, EVE, RULE_SETS, STEADY, message, rule, rules, sighting

SIGHTING = sighting(source="import", custodian=ALICE, item="inbox/2020/1.eml")
MESSAGE = message(
    sightings=(SIGHTING,),
    participants=(
        Participant(address="eve@mail.client.example", role=Role.FROM),
        Participant(address=BOB, role=Role.CC),
        Participant(address="", role=Role.TO),
    ),
    lists=frozenset({"staff.exemple.fr"}),
    labels=frozenset({"tax"}),
    flags=frozenset({"reply"}),
)


@pytest.mark.parametrize(
    ("fact", "value", "found"),
    [
        (Fact.SOURCE, "import", True),
        (Fact.SOURCE, "imp", False),
        (Fact.CUSTODIAN, ALICE, True),
        (Fact.CUSTODIAN, BOB, False),
        (Fact.CUSTODIAN_DOMAIN, "exemple.fr", True),
        (Fact.FOLDER, "inbox", True),
        (Fact.FOLDER, "inbox/", True),
        (Fact.FOLDER, "inbox/2020", True),
        (Fact.FOLDER, "inbox/2020/1.eml", True),
        (Fact.FOLDER, "in", False),
        (Fact.FOLDER, "2020", False),
        (Fact.PARTICIPANT, BOB, True),
        (Fact.PARTICIPANT, ALICE, False),
        (Fact.SENDER, "eve@mail.client.example", True),
        (Fact.SENDER, BOB, False),
        (Fact.DOMAIN, "client.example", True),
        (Fact.DOMAIN, "exemple.fr", True),
        (Fact.DOMAIN, "ient.example", False),
        (Fact.SENDER_DOMAIN, "client.example", True),
        (Fact.SENDER_DOMAIN, "exemple.fr", False),
        (Fact.LIST, "staff.exemple.fr", True),
        (Fact.LABEL, "tax", True),
        (Fact.LABEL, "ta", False),
        (Fact.FLAG, "reply", True),
    ],
)
def test_a_condition_matches(fact, value, found):
    assert matches(Is(fact=fact, value=value), MESSAGE, SIGHTING) is found


def test_a_mailbox_file_is_a_folder_of_its_items():
    assert matches(Is(fact=Fact.FOLDER, value="all.mbox"), MESSAGE, sighting(item="all.mbox#345"))


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (Everything(), True),
        (HasAttachment(), False),
        (HasCustodian(), True),
        (Not(clause=HasAttachment()), True),
        (AllOf(clauses=(HasCustodian(), HasAttachment())), False),
        (AnyOf(clauses=(HasCustodian(), HasAttachment())), True),
    ],
)
def test_conditions_are_joined(scope, found):
    assert matches(scope, MESSAGE, SIGHTING) is found


def nested(levels):
    scope = Everything()
    for _ in range(levels):
        scope = Not(clause=scope)
    return scope


def law(force=Force.DUTY, origin=Origin.NONE, citation="C. com. L123-22"):
    return Source(citation=citation, force=force, origin=origin, checked=Checked.TEXT)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Is(fact=Fact.LABEL, value=" "),
        lambda: Is(fact=Fact.SENDER, value="Eve@client.example"),
        lambda: AllOf(clauses=()),
        lambda: nested(MAX_DEPTH),
        lambda: Term(years=-1),
        lambda: Term(years=501),
        lambda: Text(en="x", fr=""),
        law,
        lambda: law(citation=""),
        lambda: rule("Général"),
        lambda: rule("a" * 64),
        lambda: rule(version=0),
        lambda: rule(valid_until=date(1999, 1, 1)),
        lambda: rule(clock=Clock.EVENT),
        lambda: rule(event=Event.DEPARTURE),
        lambda: rule(cap=Term(years=1)),
        lambda: rule(action=Action.KEEP_FOR_EVER, definitive_ground=" "),
        lambda: rule(definitive_ground="Heritage"),
    ],
)
def test_a_rule_that_says_too_little_or_contradicts_itself_is_refused(make):
    with pytest.raises(Refused):
        make()


def test_conditions_may_be_nested_up_to_the_limit():
    assert matches(nested(MAX_DEPTH - 1), message(), sighting()) is (MAX_DEPTH % 2 == 1)


@STEADY
@given(rules("a"))
def test_a_rule_that_was_written_is_read_back(given_rule):
    assert decode_rule(encode_rule(given_rule)) == given_rule


@STEADY
@given(RULE_SETS)
def test_only_equal_rules_have_equal_bytes(found):
    assert len({encode_rule(each) for each in found}) == len(set(found))


def test_the_bytes_of_a_rule_stay_what_they_are():
    assert encode_rule(rule(scope=Is(fact=Fact.SENDER, value=EVE))).decode() == (
        '{"action":"dispose","active":null,"cap":null,"clock":"sent","definitive_ground":"","event":null,"format":1,'
        '"id":"general","name":{"en":"Rule general","fr":"Règle general"},"priority":0,'
        '"scope":{"is":"sender","value":"eve@client.example"},'
        '"source":{"checked":"own","citation":"Own policy","force":"policy","note":null,"origin":"none"},'
        '"term":{"days":0,"months":0,"year_end":null,"years":5},"valid_from":"2000-01-01","valid_until":null,"version":1}'
    )


GOOD = json.loads(encode_rule(rule()))


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"version": True},
        {"version": "1"},
        {"valid_from": "yesterday"},
        {"valid_from": None},
        {"name": "Rule"},
        {"scope": {"is": "subject", "value": "x"}},
        {"scope": {"all": []}},
        {"scope": {"is": "label", "value": 3}},
        {"scope": None},
        {"action": "burn"},
        {"term": {"years": -1, "months": 0, "days": 0, "year_end": None}},
        {"definitive_ground": None},
        {"id": 3},
    ],
)
def test_stored_bytes_that_are_no_rule_are_corrupt(change):
    with pytest.raises(Corrupt):
        decode_rule(json.dumps(GOOD | change).encode())


@STEADY
@given(st.binary(max_size=200) | st.text(max_size=50).map(str.encode) | st.sampled_from([b"[]", b"1", b"[" * 60_000]))
def test_whatever_was_stored_reading_it_says_corrupt(data):
    with pytest.raises(Corrupt):
        decode_rule(data)


def test_deeply_nested_conditions_are_corrupt():
    scope = {"everything": True}
    for _ in range(MAX_DEPTH):
        scope = {"not": scope}
    with pytest.raises(Corrupt):
        decode_rule(json.dumps(GOOD | {"scope": scope}).encode())


def test_a_rule_that_is_too_large_is_corrupt():
    large = replace(rule(), name=Text(en="x" * MAX_BYTES, fr="x"))
    with pytest.raises(Corrupt, match="is the most"):
        decode_rule(encode_rule(large))
