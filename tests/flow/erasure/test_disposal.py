"""What was approved is destroyed, in order, once; what is held or not due is spared, and told."""

import json
from uuid import uuid4

import pytest
from django.db import IntegrityError

from accounts.models import Action as Audited
from accounts.models import AuditEntry
from accounts.services import approvals
from accounts.services.approvals import ApprovalRefused
from archive.models import (
    Cause,
    DestroyedSighting,
    Disposal,
    DisposalItem,
    DisposalState,
    ItemOutcome,
    Message,
    Sighting,
)
from archive.queries.facts import facts_of
from archive.services import certificates, integrity, proposals, sweep
from archive.services.audit_heads import note_head
from archive.services.disposal import HoldBeingPlaced, TooEarly, execute, resume
from archive.services.evidence import check_log
from archive.services.notes import log_pending, proof_of
from archive.services.proposals import NotProposed, propose
from archive.services.rebuild import rebuild_catalogue
from archive.services.reconcile import reconcile
from archive.services.replay import replay
from muniment.errors import Refused
from muniment.ids import SegmentId, SightingId
from muniment.log.entries import Disposal as Disposed
from muniment.log.entries import decode
from muniment.policy.rules import Action, Force
from muniment.seal import ledger
from muniment.seal.opening import Erased
from tests.flow import guards
from tests.flow.archive.builders import mail, seal
from tests.flow.archive.holding import place
from tests.flow.archive.logs import act, logged
from tests.flow.erasure.conftest import (
    NOW,
    approved,
    destroyed,
    filled,
    hold,
    proposed,
    rule,
    settle,
)

pytestmark = pytest.mark.django_db


def opens(archive, row):
    try:
        archive.vault.read(SegmentId(row.segment_id), SightingId(row.id))
    except Erased:
        return False
    return True


def test_what_is_due_and_approved_is_destroyed_and_the_rest_stays(archive, people):
    rule()
    first, second, third = filled(archive)
    rows = {row.id: row for row in Sighting.objects.all()}

    done = destroyed(people, archive, [first, third])

    assert done.state == DisposalState.DONE
    assert [opens(archive, rows[one]) for one in (first, second, third)] == [False, True, False]
    assert set(Message.objects.values_list("id", flat=True)) == {second}
    assert set(archive.engine.message_ids()) == {second}
    assert set(DisposalItem.objects.values_list("outcome", flat=True)) == {ItemOutcome.DESTROYED}
    assert reconcile(archive).differences == {}
    verified = integrity.verify(vault=archive.vault)
    assert (verified.sightings, verified.erased, verified.damaged) == (1, 2, [])


def test_the_intent_is_in_the_locked_ledger_and_names_what_is_gone(archive, people):
    rule()
    ids = filled(archive, 2)

    done = destroyed(people, archive, ids)

    ((key, intent),) = ledger.read_all(archive.vault.segments)
    assert intent.disposal_id == done.id
    assert {one for found in intent.sightings.values() for one in found} == set(ids)
    assert archive.vault.segments.info(key).locked_until == intent.at + ledger.LOCK


def test_the_certificate_says_what_was_destroyed_and_is_in_the_log(archive, people):
    rule()
    ids = filled(archive, 2)

    done = destroyed(people, archive, ids)
    log_pending(archive)

    found = json.loads(done.certificate)
    assert (found["destroyed"]["messages"], found["destroyed"]["sightings"]) == (2, 2)
    assert found["rules"] == {"all@1": 2}
    assert found["people"] == {
        "proposed_by": f"compliance:{people['records'].pk}",
        "approved_by": f"legal:{people['counsel'].pk}",
        "executed_by": f"compliance:{people['records'].pk}",
    }
    assert archive.vault.segments.get(certificates.key_of(done.id)).decode() == done.certificate
    assert certificates.note_of(done.id).log_index is not None
    assert check_log(archive).damaged == []


def test_a_certificate_names_nobody_and_nothing_of_the_mail(archive, people):
    rule()

    done = destroyed(people, archive, filled(archive))

    assert [word for word in ("ann@", "bob@", "hello", "corp.example", "word0") if word in done.certificate] == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"months": 120}, "Its retention has not ended"),
        ({"action": Action.REVIEW}, "A person must decide about it first"),
        (None, "No retention rule speaks of it"),
    ],
)
def test_what_is_not_due_cannot_be_proposed(archive, people, fields, why):
    if fields is not None:
        rule(**fields)
    ids = filled(archive)

    with pytest.raises(NotProposed, match=why):
        proposed(people, ids)

    assert not Disposal.objects.exists()


def test_what_is_held_cannot_be_proposed(archive, people):
    rule()
    ids = filled(archive)
    hold(ids[:1])

    with pytest.raises(NotProposed, match="1 of these messages cannot be destroyed"):
        proposed(people, ids)


def test_a_hold_placed_after_the_approval_spares_the_message(archive, people):
    rule()
    ids = filled(archive)
    disposal = approved(people, proposed(people, ids))
    hold(ids[1:2])

    done = execute(actor=people["records"], disposal_id=disposal.id, archive=archive, now=NOW)

    assert set(Message.objects.values_list("id", flat=True)) == {ids[1]}
    assert list(done.items.filter(outcome=ItemOutcome.SPARED).values_list("message_id", "why")) == [
        (ids[1], "held:2026-1")
    ]
    assert json.loads(done.certificate)["spared"] == {"held": 1}


def test_a_hold_that_is_still_being_placed_stops_every_destruction(archive, people):
    rule()
    ids = filled(archive)
    disposal = approved(people, proposed(people, ids))
    placing = hold(covered_at=None)

    with pytest.raises(HoldBeingPlaced):
        execute(actor=people["records"], disposal_id=disposal.id, archive=archive, now=NOW)

    assert Message.objects.count() == 3
    placing.covered_at = NOW
    placing.save()
    assert resume(archive, now=NOW) == 1
    assert not Message.objects.exists()


def test_a_copy_that_was_captured_for_somebody_on_hold_spares_the_message_before_anybody_catalogued_it(archive, people):
    rule()
    ids = filled(archive)
    disposal = approved(people, proposed(people, ids))
    place(archive, addresses=["zoe@corp.example"])
    seal(archive, mail("0", body="word0"), custodian="zoe@corp.example")

    done = execute(actor=people["records"], disposal_id=disposal.id, archive=archive, now=NOW)

    assert [why.partition(":")[0] for why in done.items.order_by("message_id").values_list("why", flat=True)] == [
        "held",
        "",
        "",
    ]
    assert (Message.objects.get().id, Sighting.objects.count()) == (ids[0], 2)


def test_a_copy_that_was_captured_before_the_execution_goes_with_the_message(archive, people):
    rule()
    ids = filled(archive)
    disposal = approved(people, proposed(people, ids))
    seal(archive, mail("0", body="word0"), custodian="zoe@corp.example")

    execute(actor=people["records"], disposal_id=disposal.id, archive=archive, now=NOW)
    settle(archive)

    assert (Message.objects.count(), DestroyedSighting.objects.count()) == (0, 4)


def test_a_catalogue_that_is_far_behind_is_told_from_one_that_has_all(archive):
    seal(archive, mail("0"))

    assert sweep.catch_up(vault=archive.vault, seconds=0) is False
    assert sweep.catch_up(vault=archive.vault, seconds=60) is True
    assert Sighting.objects.count() == 1


def test_a_hold_of_the_store_that_nobody_explains_spares_the_message(archive, people):
    rule()
    ids = filled(archive, 2)
    disposal = approved(people, proposed(people, ids))
    key = next(archive.vault.segments.keys("segments/"))
    archive.vault.segments.set_legal_hold(key, on=True)

    done = execute(actor=people["records"], disposal_id=disposal.id, archive=archive, now=NOW)

    assert sorted(done.items.values_list("outcome", "why")) == [("destroyed", ""), ("spared", "store-hold")]


def test_a_rule_that_became_longer_after_the_approval_spares_the_message(archive, people):
    rule()
    ids = filled(archive)
    disposal = approved(people, proposed(people, ids))
    rule(version=2, months=120)

    done = execute(actor=people["records"], disposal_id=disposal.id, archive=archive, now=NOW)

    assert set(done.items.values_list("why", flat=True)) == {"kept"}
    assert Message.objects.count() == 3


def test_the_database_itself_refuses_a_tombstone_of_held_mail(archive, people):
    (found,) = filled(archive, 1)
    hold([found])

    with pytest.raises(IntegrityError, match="legal hold"):
        DestroyedSighting.objects.create(
            sighting_id=found, segment_id=uuid4(), message_id=found, disposal_id=uuid4(), destroyed_at=NOW
        )


def test_nothing_is_destroyed_without_a_second_person(archive, people):
    rule()
    disposal = proposed(people, filled(archive))

    with pytest.raises(ApprovalRefused):
        execute(actor=people["records"], disposal_id=disposal.id, archive=archive, now=NOW)
    asked = proposals.ask_approval(actor=people["records"], disposal=disposal, now=NOW)
    with pytest.raises(ApprovalRefused):
        approvals.approve(actor=people["records"], approval_id=asked.pk, now=NOW)
    with pytest.raises(ApprovalRefused):
        approvals.approve(actor=people["dpo"], approval_id=asked.pk, now=NOW)

    assert Message.objects.count() == 3
    assert AuditEntry.objects.filter(action=Audited.REFUSAL).count() == 3


def test_whoever_approved_does_not_execute(archive, people):
    rule()
    disposal = approved(people, proposed(people, filled(archive)))

    with pytest.raises(Refused, match="approved"):
        execute(actor=people["counsel"], disposal_id=disposal.id, archive=archive, now=NOW)

    assert Disposal.objects.get().state == DisposalState.PROPOSED


@pytest.mark.parametrize("name", ["dpo", "auditor", "employee", "counsel"])
def test_others_may_not_propose_a_disposal(archive, people, name):
    rule()

    with pytest.raises(Refused):
        propose(actor=people[name], cause=Cause.DISPOSAL, message_ids=filled(archive), reason="x", now=NOW)


def test_an_erasure_waits_for_its_days_of_cooling_off(archive, people):
    ids = filled(archive)
    disposal = approved(people, proposed(people, ids, cause=Cause.ERASURE, request_id=uuid4(), cooling_days=3))

    with pytest.raises(TooEarly):
        execute(actor=people["dpo"], disposal_id=disposal.id, archive=archive, now=NOW)
    done = execute(actor=people["dpo"], disposal_id=disposal.id, archive=archive, now=NOW.replace(day=27))

    assert done.state == DisposalState.DONE
    assert not Message.objects.exists()


def test_an_erasure_spares_what_a_duty_keeps_and_not_what_a_policy_keeps(archive, people):
    rule("policy", months=120)
    ids = filled(archive, 2)
    rule_id = "duty"
    disposal = approved(people, proposed(people, ids, cause=Cause.ERASURE, request_id=uuid4()))
    rule(rule_id, months=120, force=Force.DUTY)

    done = execute(actor=people["dpo"], disposal_id=disposal.id, archive=archive, now=NOW)

    assert set(done.items.values_list("why", flat=True)) == {"duty:duty@1"}
    assert Message.objects.count() == 2


def test_a_withdrawn_list_cannot_be_executed(archive, people):
    rule()
    disposal = approved(people, proposed(people, filled(archive)))
    proposals.withdraw(actor=people["records"], disposal=disposal, reason="a doubt", now=NOW)

    with pytest.raises(Refused):
        execute(actor=people["records"], disposal_id=disposal.id, archive=archive, now=NOW)

    assert Message.objects.count() == 3


def test_executing_again_changes_nothing(archive, people):
    rule()
    done = destroyed(people, archive, filled(archive))

    again = execute(actor=people["records"], disposal_id=done.id, archive=archive, now=NOW)

    assert (again.certificate, again.finished_at) == (done.certificate, done.finished_at)
    assert AuditEntry.objects.filter(action=Audited.DESTRUCTION_DONE).count() == 1


def test_a_message_in_two_lists_is_refused_in_the_second(archive, people):
    rule()
    ids = filled(archive)
    proposed(people, ids[:1])

    with pytest.raises(NotProposed, match="Another list names it already"):
        proposed(people, ids)


def test_all_copies_of_a_message_go_and_a_segment_of_others_stays(archive, people):
    rule()
    seal(archive, mail("1"), mail("2"))
    seal(archive, mail("1"), custodian="bob@corp.example")
    settle(archive)
    rows = list(Sighting.objects.order_by("id"))
    first = Message.objects.get(rfc_message_id="1@corp.example").id

    destroyed(people, archive, [first])

    assert [opens(archive, row) for row in rows] == [False, True, False]
    assert Message.objects.count() == 1


def test_a_copy_that_came_after_the_decision_is_catalogued_as_its_own_message(archive, people):
    rule()
    ids = filled(archive, 1)
    done = destroyed(people, archive, ids)
    seal(archive, mail("0", body="word0"), custodian="bob@corp.example")

    settle(archive)

    (message,) = Message.objects.all()
    assert message.id not in ids
    assert done.state == DisposalState.DONE
    assert [row.id for row in facts_of([message.id])] == [message.id]


def test_a_rebuild_brings_nothing_back(archive, people):
    rule()
    ids = filled(archive)
    destroyed(people, archive, ids[:2])

    rebuild_catalogue(archive)
    settle(archive)

    assert set(Message.objects.values_list("id", flat=True)) == {ids[2]}
    assert reconcile(archive).differences == {}


def test_a_lost_database_learns_from_the_ledger_what_was_destroyed(archive, people):
    rule()
    ids = filled(archive)
    destroyed(people, archive, ids[:2])
    forget_tombstones()

    report = replay(archive)
    rebuild_catalogue(archive)
    settle(archive)

    assert report.tombstones_restored == 2
    assert set(Message.objects.values_list("id", flat=True)) == {ids[2]}


@pytest.mark.parametrize("learnt_before", [False, True])
def test_a_database_of_before_the_end_ends_it_again_as_the_same_entry_of_the_log(archive, people, learnt_before):
    rule()
    ids = filled(archive)
    done = destroyed(people, archive, ids[:2])
    log_pending(archive)
    note = certificates.note_of(done.id)
    put_back_to_before_the_end(done)
    if learnt_before:  # the database knows what else the log holds by the time that the destruction ends again
        act()
        note_head(now=NOW, at_once=True)
        log_pending(archive)

    assert resume(archive) == 1
    log_pending(archive)

    again = certificates.note_of(done.id)
    entries = [decode(data).entry for data in logged(archive)]
    assert [one.disposal_id for one in entries if isinstance(one, Disposed)] == [done.id]
    assert (again.entry, again.salt, again.log_index) == (note.entry, note.salt, note.log_index)
    assert again.document == Disposal.objects.get().certificate == done.certificate
    assert proof_of(archive, again).index == note.log_index
    assert check_log(archive).whole


def test_a_keyring_from_a_backup_is_shredded_again(archive, people):
    rule()
    ids = filled(archive)
    rows = {row.id: row for row in Sighting.objects.all()}
    backup = {key: archive.vault.keyrings.get(key) for key in archive.vault.keyrings.keys("keyrings/")}
    destroyed(people, archive, ids[:1])
    for key, data in backup.items():
        archive.vault.keyrings.replace(key, data, etag=archive.vault.keyrings.info(key).etag)
    assert opens(archive, rows[ids[0]])
    damaged = integrity.verify(vault=archive.vault).damaged

    report = replay(archive)

    assert [row["sighting"] for row in damaged] == [str(ids[0])]
    assert report.keys_removed == 1
    assert not opens(archive, rows[ids[0]])


def test_sealed_bytes_go_when_the_lock_of_their_segment_ends(archive, people):
    rule()
    ids = filled(archive, 2)
    destroyed(people, archive, ids[:1])
    gone = DestroyedSighting.objects.get()

    kept = resume(archive, now=NOW)
    archive.vault.segments._now = lambda: NOW
    resume(archive, now=NOW)

    assert kept == 0
    assert DestroyedSighting.objects.get().ciphertext_gone_at is not None
    assert len(list(archive.vault.segments.keys("segments/"))) == 1
    assert len(list(archive.vault.keyrings.keys("keyrings/"))) == 1
    assert reconcile(archive).differences == {}
    assert gone.ciphertext_gone_at is None


def put_back_to_before_the_end(disposal):
    """Have the rows of a disposal as they were before its certificate."""
    certificates.note_of(disposal.id).delete()
    Disposal.objects.filter(id=disposal.id).update(state=DisposalState.EXECUTING, finished_at=None, certificate="")


def forget_tombstones():
    """Lose the tombstones, as a database does that was lost: only a new table forgets them."""
    guards.drop("tombstones_stay")
    DestroyedSighting.objects.all().delete()
