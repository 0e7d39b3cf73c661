"""What is due is counted ahead and decided anew; labels, verdicts and events change it at once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.actors import Operator
from accounts.models import Action, AuditEntry, Grant, GrantKind, Role, User
from archive.models import CustodianEvent, Message, MessageStanding, ReviewVerdict, SightingLabel
from archive.queries.due import (
    Wanted,
    changed_since,
    decisions,
    last_run,
    listed_ids,
    page,
    run_under_way,
    tally,
)
from archive.queries.messages import NotFound
from archive.services import evaluation, events, labels, sweep, verdicts
from archive.services import rules as changing
from muniment.errors import Refused
from muniment.policy.decide import Outcome
from muniment.policy.facts import Event
from muniment.policy.predicates import Fact, Is
from muniment.policy.rules import Action as End
from muniment.policy.rules import Term
from tests.flow.archive.builders import mail, memory_archive, seal
from tests.flow.archive.test_rules import MAIL

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
OPERATOR = Operator(name="root")
SHORT = replace(MAIL, id="short", term=Term(months=3), scope=Is(fact=Fact.LABEL, value="short"))
LOOK = replace(MAIL, id="look", term=Term(months=3), scope=Is(fact=Fact.LABEL, value="look"), action=End.REVIEW)


@pytest.fixture
def archive(tmp_path):
    """Return an archive of three messages of Bob's and one between others, with two rules."""
    ports = memory_archive(tmp_path)
    seal(ports, *(mail(str(number)) for number in range(3)), custodian="bob@corp.example", item="inbox/1")
    seal(ports, mail("other", sender="eve@corp.example", to="mallory@evil.example"))
    sweep.catalogue_missing(vault=ports.vault)
    for rule in (SHORT, LOOK):
        changing.save(actor=OPERATOR, rule=rule, reason="policy", now=NOW)
    return ports


@pytest.fixture
def person(db):
    def make(role, *grants):
        email = f"{role}-{User.objects.count()}@corp.example"
        user = User.objects.create(email=email, username=email, role=Role(role))
        for kind, value in grants:
            Grant.objects.create(
                user=user, kind=GrantKind(kind), value=value, valid_from=datetime(2020, 1, 1, tzinfo=UTC)
            )
        return user

    return make


@pytest.fixture
def officer(person):
    return person("compliance", ("everything", ""))


def message(key):
    return Message.objects.get(rfc_message_id=f"{key}@corp.example")


def counts(actor):
    return {outcome.name: number for outcome, number in tally(actor).by_outcome.items() if number}


def test_a_run_counts_all_messages_by_outcome_and_rule(archive, officer):
    labels.put(actor=officer, message_ids=[message("0").id, message("1").id], label="short", now=NOW)
    labels.put(actor=officer, message_ids=[message("1").id], label="look", now=NOW)
    run = evaluation.evaluate(now=NOW)
    assert (run.done, run.total) == (4, 4)
    assert counts(officer) == {"DUE": 1, "REVIEW": 1, "NO_RULE": 2}
    assert tally(officer).by_rule == {"look@1": 1, "short@1": 2}
    assert tally(officer).oldest_due == date(2026, 5, 3)


def test_a_run_that_stops_goes_on_where_it_was(archive):
    stopped = evaluation.evaluate(now=NOW, seconds=-1.0)
    assert run_under_way() == stopped
    assert last_run() is None
    finished = evaluation.evaluate(now=NOW)
    assert (finished.pk, finished.done) == (stopped.pk, 4)
    assert last_run() == finished


def test_a_run_of_an_earlier_day_that_never_ended_is_given_up(archive):
    old = evaluation.evaluate(now=NOW - timedelta(days=1), seconds=-1.0)
    new = evaluation.evaluate(now=NOW)
    assert new.pk > old.pk
    assert set(MessageStanding.objects.values_list("evaluation_id", flat=True)) == {new.pk}


def test_the_next_run_forgets_messages_that_are_gone(archive, officer):
    evaluation.evaluate(now=NOW)
    gone = message("0")
    gone.sightings.all().delete()
    gone.delete()
    assert tally(officer).messages == 3
    evaluation.evaluate(now=NOW)
    assert MessageStanding.objects.count() == 3


def test_counts_and_lists_stay_within_the_scope(archive, person):
    evaluation.evaluate(now=NOW)
    bobs = person("compliance", ("address", "bob@corp.example"))
    assert counts(bobs) == {"NO_RULE": 3}
    assert counts(person("compliance")) == {}
    assert page(bobs, Wanted(outcome=Outcome.NO_RULE)).total == 3
    assert len(list(decisions(bobs, TODAY))) == 3


def test_what_changed_since_the_run_is_counted(archive, officer):
    run = evaluation.evaluate(now=datetime(2020, 1, 1, tzinfo=UTC))
    before = changed_since(run)
    seal(archive, mail("late"))
    sweep.catalogue_missing(vault=archive.vault)
    events.note(actor=officer, address="bob@corp.example", event=Event.DEPARTURE, on=TODAY, now=NOW)
    changing.save(actor=officer, rule=replace(SHORT, id="third"), reason="policy", now=NOW)
    after = changed_since(run)
    assert (after.sightings - before.sightings, after.events - before.events, after.rules - before.rules) == (1, 1, 1)
    assert (after.total, after.holds, after.restrictions) == (before.total + 3, 0, 0)


def test_nothing_has_changed_since_a_run_that_has_seen_all(archive):
    assert changed_since(evaluation.evaluate(now=datetime(2100, 1, 1, tzinfo=UTC))).total == 0


def test_the_list_names_what_is_longest_due_first_and_can_be_narrowed(archive, officer):
    evaluation.evaluate(now=NOW)
    labels.put(actor=officer, message_ids=[message("0").id, message("other").id], label="short", now=NOW)
    wanted = Wanted(outcome=Outcome.DUE)
    assert {row.message.id for row in page(officer, wanted).rows} == {message("0").id, message("other").id}
    assert page(officer, replace(wanted, rule="short")).total == 2
    assert page(officer, replace(wanted, rule="short@1")).total == 2
    assert page(officer, replace(wanted, rule="look")).total == 0
    assert page(officer, replace(wanted, through=date(2026, 1, 1))).total == 0
    assert len(listed_ids(officer, wanted, most=1)) == 1
    first = page(officer, wanted).rows[0]
    assert [row.message.id for row in page(officer, wanted, after=first.message.id).rows] == [
        row.message.id for row in page(officer, wanted).rows[1:]
    ]


def test_decisions_are_made_anew_whatever_the_table_says(archive, officer):
    evaluation.evaluate(now=NOW)
    labels.put(actor=officer, message_ids=[message("0").id], label="short", now=NOW)
    MessageStanding.objects.all().delete()
    assert [one.outcome for one in decisions(officer, TODAY) if one.message_id == message("0").id] == [Outcome.DUE]


def test_a_label_counts_at_once_and_comes_off_whichever_sighting_it_hangs_on(archive, officer):
    evaluation.evaluate(now=NOW)
    assert labels.put(actor=officer, message_ids=[message("0").id] * 2, label=" Short ", now=NOW) == 1
    assert labels.put(actor=officer, message_ids=[message("0").id], label="short", now=NOW) == 1
    assert SightingLabel.objects.count() == 1
    assert counts(officer) == {"DUE": 1, "NO_RULE": 3}
    assert labels.take_off(actor=officer, message_ids=[message("0").id], label="short", now=NOW) == 1
    assert counts(officer) == {"NO_RULE": 4}
    entries = AuditEntry.objects.filter(action=Action.LABEL_CHANGED).order_by("number")
    assert [(entry.details["put"], entry.details["messages"]) for entry in entries] == [
        (True, 1),
        (True, 1),
        (False, 1),
    ]


def test_labels_reach_no_mail_of_others(archive, person):
    bobs = person("compliance", ("address", "bob@corp.example"))
    with pytest.raises(NotFound):
        labels.put(actor=bobs, message_ids=[message("other").id], label="short", now=NOW)
    assert labels.put(actor=bobs, message_ids=[message("other").id, message("0").id], label="short", now=NOW) == 1


@pytest.mark.parametrize("label", ["", " ", "-x", "a" * 61, "<b>", "a\nb;"])
def test_a_label_is_a_plain_word(archive, officer, label):
    with pytest.raises(Refused):
        labels.put(actor=officer, message_ids=[message("0").id], label=label, now=NOW)


def test_too_many_messages_at_once_are_refused(officer, archive):
    from uuid import uuid4

    with pytest.raises(Refused, match="10000"):
        labels.put(actor=officer, message_ids=[uuid4() for _ in range(labels.MAX_BATCH + 1)], label="x", now=NOW)


def test_a_verdict_lets_go_what_came_up_for_review_or_keeps_it(archive, officer):
    evaluation.evaluate(now=NOW)
    ids = [message("0").id, message("1").id]
    labels.put(actor=officer, message_ids=ids, label="look", now=NOW)
    verdicts.give(actor=officer, message_ids=ids[:1], keep_through=None, reason="looked at", now=NOW)
    verdicts.give(actor=officer, message_ids=ids[1:], keep_through=date(2027, 1, 1), reason="a claim", now=NOW)
    assert counts(officer) == {"DUE": 1, "KEEP": 1, "NO_RULE": 2}
    assert ReviewVerdict.objects.count() == AuditEntry.objects.filter(action=Action.REVIEWED).count() == 2


@pytest.mark.parametrize(
    ("keep_through", "reason", "why"),
    [
        (None, "", "Say why"),
        (date(2026, 11, 23), "x", "still to come"),
        (date(2036, 11, 25), "x", "at most 10 years"),
    ],
)
def test_a_verdict_that_cannot_stand_is_refused(archive, officer, keep_through, reason, why):
    labels.put(actor=officer, message_ids=[message("0").id], label="look", now=NOW)
    with pytest.raises(Refused, match=why):
        verdicts.give(actor=officer, message_ids=[message("0").id], keep_through=keep_through, reason=reason, now=NOW)


def test_what_has_not_come_up_is_not_decided_about(archive, officer):
    labels.put(actor=officer, message_ids=[message("0").id], label="short", now=NOW)
    with pytest.raises(Refused, match="not come up"):
        verdicts.give(actor=officer, message_ids=[message("0").id], keep_through=None, reason="x", now=NOW)
    with pytest.raises(Refused, match="not come up"):
        verdicts.give(actor=officer, message_ids=[message("1").id], keep_through=TODAY, reason="x", now=NOW)
    assert verdicts.give(actor=officer, message_ids=[message("0").id], keep_through=TODAY, reason="x", now=NOW) == 1


def test_a_departure_is_noted_and_taken_back(archive, officer):
    row = events.note(actor=officer, address=" Bob@corp.example", event=Event.DEPARTURE, on=TODAY, now=NOW)
    assert CustodianEvent.objects.get().address == "bob@corp.example"
    events.withdraw(actor=officer, event_id=row.pk, now=NOW)
    assert CustodianEvent.objects.count() == 0
    entries = AuditEntry.objects.filter(action=Action.EVENT_NOTED)
    assert [entry.objects_named for entry in entries] == [[f"custodian-event:{row.pk}"]] * 2
    assert "bob" not in str([entry.details for entry in entries])


def test_an_event_needs_an_address_within_the_scope(archive, person, officer):
    bobs = person("compliance", ("address", "bob@corp.example"))
    for actor, address in ((officer, "bob"), (bobs, "eve@corp.example")):
        with pytest.raises(Refused):
            events.note(actor=actor, address=address, event=Event.DEPARTURE, on=TODAY, now=NOW)
    row = events.note(actor=officer, address="eve@corp.example", event=Event.DEPARTURE, on=TODAY, now=NOW)
    with pytest.raises(NotFound):
        events.withdraw(actor=bobs, event_id=row.pk, now=NOW)


@pytest.mark.parametrize("role", ["legal", "dpo", "auditor", "employee", "administrator"])
def test_other_roles_change_nothing(archive, person, role):
    actor = person(role, ("everything", ""))
    ids = [message("0").id]
    with pytest.raises(Refused):
        labels.put(actor=actor, message_ids=ids, label="short", now=NOW)
    with pytest.raises(Refused):
        verdicts.give(actor=actor, message_ids=ids, keep_through=None, reason="x", now=NOW)
    with pytest.raises(Refused):
        events.note(actor=actor, address="bob@corp.example", event=Event.DEPARTURE, on=TODAY, now=NOW)
