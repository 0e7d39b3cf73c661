"""The table of moves, cell by cell, and the guards that the acts add."""

from itertools import product

import pytest

from gdpr.models import IdentityMethod, Outcome, RefusalGround, Right
from gdpr.services import answering, clocks, deciding, erasing, intake, locating, reopening, terms
from gdpr.services.acting import NoSuchRequest
from gdpr.states import MOVES, NotAllowed, State, check_move
from tests.flow.gdpr.desk import NOW, again, decided, located, registered, scoped

# The table as the specification has it (section 2.1), by number; and a person may withdraw until it is carried out, and
# what failed before anything was destroyed may be decided again.
NUMBERED = {
    1: "received",
    2: "identity-awaited",
    3: "qualified",
    4: "clarification-awaited",
    5: "scoping",
    6: "searching",
    7: "review",
    8: "legal-check",
    9: "approval",
    10: "executing",
    11: "execution-failed",
    12: "replying",
    13: "refused",
    14: "withdrawn",
    15: "closed",
    16: "reopened",
}
SPECIFIED = {
    1: (2, 3, 14),
    2: (3, 13, 14),
    3: (4, 5, 13),
    4: (5,),
    5: (6, 13),
    6: (7, 5),
    7: (8, 5),
    8: (9, 7, 13),
    9: (10, 7),
    10: (11, 12),
    11: (10, 7),
    12: (15,),
    13: (15,),
    14: (15,),
    15: (16,),
    16: (5, 8),
}
WITHDRAWN_FROM = range(1, 10)


@pytest.mark.parametrize(("number", "to"), list(product(NUMBERED, NUMBERED)))
def test_a_move_is_allowed_exactly_where_the_table_has_it(number, to):
    allowed = to in SPECIFIED[number] or (to == 14 and number in WITHDRAWN_FROM)

    assert (State(NUMBERED[to]) in MOVES[State(NUMBERED[number])]) is allowed


@pytest.mark.parametrize(("at", "to"), [(at, to) for at, to in product(State, State) if to not in MOVES[at]])
def test_a_move_that_is_not_there_is_refused_in_a_sentence_that_says_what_may_follow(at, to):
    with pytest.raises(NotAllowed, match="What may follow") as refused:
        check_move(at, to)

    assert all(f"{one}" in str(refused.value) for one in MOVES[at])


def test_every_state_can_be_reached_and_left():
    assert set(MOVES) == set(State)
    assert set().union(*MOVES.values()) | {State.RECEIVED} == set(State)


ACTS = {
    "ask identity": lambda dpo, one: clocks.ask_identity(actor=dpo, request_id=one.id, reason="x", now=NOW),
    "qualify": lambda dpo, one: clocks.qualify(actor=dpo, request_id=one.id, method=IdentityMethod.HELD, now=NOW),
    "ask clarification": lambda dpo, one: clocks.ask_clarification(actor=dpo, request_id=one.id, reason="x", now=NOW),
    "scope": lambda dpo, one: clocks.start_scoping(actor=dpo, request_id=one.id, now=NOW),
    "approve terms": lambda dpo, one: terms.approve(actor=dpo, request_id=one.id, now=NOW),
    "reconsider": lambda dpo, one: terms.reconsider(actor=dpo, request_id=one.id, now=NOW),
    "check": lambda dpo, one: deciding.check(actor=dpo, request_id=one.id, now=NOW),
    "settle": lambda dpo, one: deciding.settle(actor=dpo, request_id=one.id, now=NOW),
    "begin": lambda dpo, one: erasing.begin(actor=dpo, request_id=one.id, now=NOW),
    "stop": lambda dpo, one: erasing.stop(actor=dpo, request_id=one.id, reason="x", now=NOW),
    "close": lambda dpo, one: answering.close(actor=dpo, request_id=one.id, now=NOW),
    "reopen": lambda dpo, one: reopening.reopen(actor=dpo, request_id=one.id, reason="x", now=NOW),
    "refuse": lambda dpo, one: answering.refuse(
        actor=dpo, request_id=one.id, ground=RefusalGround.UNFOUNDED, text="x", now=NOW
    ),
    "withdraw": lambda dpo, one: intake.withdraw(actor=dpo, request_id=one.id, reason="x", now=NOW),
}
POSSIBLE = {  # from a state without anything else that the act would need
    "received": {"ask identity", "qualify", "withdraw"},
    "identity-awaited": {"qualify", "withdraw"},
    "qualified": {"scope", "refuse", "withdraw"},  # a clarification is for an access
    "clarification-awaited": {"scope", "withdraw"},
    "scoping": {"refuse", "withdraw"},
    "searching": {"reconsider", "withdraw"},
    "review": {"reconsider", "withdraw"},
    "legal-check": {"settle", "withdraw"},
    "approval": {"stop", "withdraw"},
    "executing": set(),
    "execution-failed": {"begin", "stop"},
    "replying": set(),
    "refused": set(),
    "withdrawn": set(),
    "closed": {"reopen"},
    "reopened": {"scope", "reconsider"},
}


@pytest.mark.parametrize("state", State)
def test_an_act_is_possible_only_where_it_belongs(db, person, state):
    dpo = person("dpo")
    done = set()
    for name, act in ACTS.items():
        one = registered(dpo)
        one.terms.update(state="proposed" if state == State.SCOPING else "confirmed")
        type(one).objects.filter(pk=one.pk).update(state=state)
        try:
            act(dpo, one)
        except NotAllowed:
            assert again(one).state == state
        else:
            done.add(name)

    assert done == POSSIBLE[state]


def test_whoever_does_not_handle_requests_is_told_that_there_is_none(db, person):
    dpo, others = person("dpo"), [person(role) for role in ("auditor", "compliance", "legal", "administrator")]
    one = registered(dpo)

    for other in others:
        for act in ACTS.values():
            with pytest.raises(NoSuchRequest):
                act(other, one)
        with pytest.raises(NoSuchRequest):
            registered(other)
    assert again(one).state == State.RECEIVED


def test_a_question_about_identity_needs_its_doubt(db, person):
    dpo = person("dpo")

    with pytest.raises(NotAllowed, match="doubt"):
        clocks.ask_identity(actor=dpo, request_id=registered(dpo).id, reason=" ", now=NOW)


def test_an_erasure_waits_for_no_clarification(db, person):
    dpo = person("dpo")
    one = registered(dpo)
    clocks.qualify(actor=dpo, request_id=one.id, method=IdentityMethod.HELD, now=NOW)

    with pytest.raises(NotAllowed, match="Only an access"):
        clocks.ask_clarification(actor=dpo, request_id=one.id, reason="much", now=NOW)


def test_undecided_terms_and_missing_addresses_keep_the_search_closed(db, person):
    dpo = person("dpo")
    one = scoped(dpo)
    names = list(one.terms.filter(kind="name").values_list("pk", flat=True))

    with pytest.raises(NotAllowed, match="2 terms wait"):
        terms.approve(actor=dpo, request_id=one.id, now=NOW)
    terms.decide(
        actor=dpo,
        request_id=one.id,
        confirmed=names,
        refused=list(one.terms.filter(kind="address").values_list("pk", flat=True)),
        now=NOW,
    )
    with pytest.raises(NotAllowed, match="at least one address"):
        terms.approve(actor=dpo, request_id=one.id, now=NOW)


def test_undecided_messages_keep_the_list_open(archive, dpo):
    one = located(dpo, archive)

    with pytest.raises(NotAllowed, match="messages are undecided"):
        deciding.check(actor=dpo, request_id=one.id, now=NOW)


def test_the_proportionality_of_a_search_for_mentions_is_decided_before_the_review_ends(archive, dpo):
    one = located(dpo, archive)
    decided(dpo, one)
    type(one).objects.filter(pk=one.pk).update(mentions=None)

    with pytest.raises(NotAllowed, match="mentions"):
        deciding.check(actor=dpo, request_id=one.id, now=NOW)
    with pytest.raises(NotAllowed, match="Say why"):
        locating.decide_mentions(actor=dpo, request_id=one.id, search=True, reason="", now=NOW)


def test_a_refusal_names_its_ground_its_reasons_and_the_remedies(db, person):
    dpo = person("dpo")
    one = scoped(dpo, language="fr")

    with pytest.raises(NotAllowed):
        answering.refuse(actor=dpo, request_id=one.id, ground=RefusalGround.EXEMPT, text="x", now=NOW)
    with pytest.raises(NotAllowed, match="reasons"):
        answering.refuse(actor=dpo, request_id=one.id, ground=RefusalGround.EXCESSIVE, text=" ", now=NOW)
    answering.refuse(
        actor=dpo, request_id=one.id, ground=RefusalGround.EXCESSIVE, text="Dixième demande ce mois.", now=NOW
    )
    answering.close(actor=dpo, request_id=one.id, now=NOW)

    text = again(one).letters.get(kind="refusal").text
    assert all(
        words in text for words in ("manifestement excessive", "Dixième demande", "CNIL", "recours juridictionnel")
    )
    assert again(one).outcome == Outcome.REFUSED


def test_a_request_that_was_withdrawn_is_not_opened_again(db, person):
    dpo = person("dpo")
    one = registered(dpo)
    intake.withdraw(actor=dpo, request_id=one.id, reason="By her letter of today.", now=NOW)
    answering.close(actor=dpo, request_id=one.id, now=NOW)

    with pytest.raises(NotAllowed, match="register a new one"):
        reopening.reopen(actor=dpo, request_id=one.id, reason="x", now=NOW)


def test_a_receipt_is_only_ever_corrected_to_an_earlier_day(db, person):
    dpo = person("dpo")
    one = registered(dpo)

    with pytest.raises(NotAllowed, match="earlier"):
        intake.correct_receipt(actor=dpo, request_id=one.id, received_on=NOW.date(), reason="x", now=NOW)
    earlier = one.received_on.replace(day=1)
    assert (
        intake.correct_receipt(
            actor=dpo, request_id=one.id, received_on=earlier, reason="The envelope's stamp.", now=NOW
        ).received_on
        == earlier
    )


def test_numbers_are_given_once_and_in_order(db, person):
    dpo = person("dpo")

    assert [registered(dpo, Right.ACCESS).number for _ in range(3)] == ["2026-0001", "2026-0002", "2026-0003"]
