"""Releasing a hold takes two people; the store's legal hold goes last, and only where no other hold stands."""

from datetime import timedelta

import pytest

from accounts import approving
from accounts.models import Action, AuditEntry, GrantKind, MatterState, Role
from accounts.services import approvals
from accounts.services.approvals import ApprovalRefused
from archive.models import DestroyedSighting, Hold, HoldKind, LogNote
from archive.queries.holds import is_held
from archive.services import holds
from archive.services.hold_terms import HoldRefused
from tests.flow.archive.builders import mail, memory_archive
from tests.flow.archive.holding import (
    NOW,
    OPERATOR,
    arrive,
    bury,
    covered,
    in_store,
    lawyer,
    matter,
    person,
    place,
    release,
    sightings,
)
from tests.flow.archive.test_holds import DownStore, on_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


@pytest.fixture
def people():
    """Two lawyers who may release."""
    return lawyer("lea"), lawyer("max")


def test_a_hold_is_released_by_two_people_and_its_mail_is_free(archive, people):
    segment = arrive(archive, mail("1"))
    hold = place(archive, about=matter(*people), addresses=["ann@corp.example"])
    done = release(archive, hold, asker=people[0], approver=people[1])
    bury(min(sightings()))
    assert (done.released_at, done.released_by) == (NOW, people[0])
    assert done.store_lifted_at is not None
    assert not in_store(archive, segment)
    assert (is_held(sightings()), DestroyedSighting.objects.count()) == (set(), 1)


def test_nobody_releases_a_hold_alone(archive, people):
    hold = place(archive, about=matter(*people), addresses=["ann@corp.example"])
    approval = holds.ask_release(actor=people[0], hold=hold, reason="it is over", now=NOW)
    with pytest.raises(ApprovalRefused):
        approvals.approve(actor=people[0], approval_id=approval.pk, now=NOW)
    for actor in (*people, OPERATOR):
        with pytest.raises(ApprovalRefused):
            holds.release(actor=actor, hold=hold, archive=archive, now=NOW)
    assert Hold.objects.get().released_at is None


def test_the_approval_of_one_release_is_no_approval_of_another(archive, people):
    about = matter(*people)
    first, second = (place(archive, about=about, addresses=[f"{name}@corp.example"]) for name in ("ann", "bob"))
    approval = holds.ask_release(actor=people[0], hold=first, reason="it is over", now=NOW)
    approvals.approve(actor=people[1], approval_id=approval.pk, now=NOW)
    with pytest.raises(ApprovalRefused):
        holds.release(actor=people[0], hold=second, archive=archive, now=NOW)
    assert holds.release(actor=people[0], hold=first, archive=archive, now=NOW).released_at == NOW


def test_an_approval_that_has_expired_releases_nothing(archive, people):
    hold = place(archive, about=matter(*people), addresses=["ann@corp.example"])
    with pytest.raises(ApprovalRefused):
        release_late(archive, hold, people)
    assert Hold.objects.get().released_at is None


def release_late(archive, hold, people):
    approval = holds.ask_release(actor=people[0], hold=hold, reason="it is over", now=NOW)
    approvals.approve(actor=people[1], approval_id=approval.pk, now=NOW)
    holds.release(actor=people[0], hold=hold, archive=archive, now=NOW + timedelta(days=holds.APPROVAL_DAYS))


def test_only_members_and_the_compliance_officer_ask_for_a_release(archive, people):
    hold = place(archive, about=matter(people[0]), addresses=["ann@corp.example"])
    for actor in (people[1], person("dora", Role.DPO), person("root", Role.ADMINISTRATOR)):
        with pytest.raises(HoldRefused):
            holds.ask_release(actor=actor, hold=hold, reason="it is over", now=NOW)
    carl = person("carl", Role.COMPLIANCE)
    assert holds.ask_release(actor=carl, hold=hold, reason="it is over", now=NOW).subject == str(hold.id)


def test_a_hold_that_is_still_being_placed_is_not_released(archive, people):
    arrive(archive, mail("1"))
    hold = place(archive, about=matter(*people), addresses=["ann@corp.example"], complete=False)
    with pytest.raises(HoldRefused, match="still being placed"):
        release(archive, hold, asker=people[0], approver=people[1])
    assert is_held(sightings()) == sightings()


def test_a_hold_is_released_once(archive, people):
    hold = place(archive, about=matter(*people), addresses=["ann@corp.example"])
    release(archive, hold, asker=people[0], approver=people[1])
    with pytest.raises(HoldRefused, match="already"):
        holds.release(actor=people[0], hold=hold, archive=archive, now=NOW)
    with pytest.raises(HoldRefused, match="already"):
        holds.ask_release(actor=people[0], hold=hold, reason="again", now=NOW)


def test_a_hold_of_a_closed_matter_stands_until_it_is_released(archive, people):
    arrive(archive, mail("1"))
    about = matter(*people)
    hold = place(archive, about=about, addresses=["ann@corp.example"])
    about.state, about.closed_at = MatterState.CLOSED, NOW
    about.save()
    assert is_held(sightings()) == sightings()
    assert release(archive, hold, asker=people[0], approver=people[1]).released_at == NOW


def test_the_store_keeps_what_another_hold_covers(archive, people):
    shared = arrive(archive, mail("1"), mail("2", sender="eve@corp.example", to="eve@corp.example"))
    alone = arrive(archive, mail("3"))
    about = matter(*people)
    hold = place(archive, about=about, addresses=["ann@corp.example"])
    place(archive, HoldKind.QUERY, about=about, query="from:eve@corp.example")
    release(archive, hold, asker=people[0], approver=people[1])
    assert (in_store(archive, shared), in_store(archive, alone)) == (True, False)
    assert is_held(sightings()) == sightings(message__sender__contains="eve")


def test_a_store_that_is_down_leaves_the_lifting_to_the_sweep(archive, people):
    store = DownStore()
    down = on_store(archive, store)
    segment = arrive(down, mail("1"))
    store.left = 1
    hold = place(down, about=matter(*people), addresses=["ann@corp.example"])
    done = release(down, hold, asker=people[0], approver=people[1])
    between = (done.released_at, done.store_lifted_at, in_store(down, segment))
    store.left = 1
    completed = holds.complete(down)
    assert between == (NOW, None, True)
    assert (completed.lifted, in_store(down, segment)) == (1, False)
    assert Hold.objects.get().store_lifted_at is not None


def test_a_release_is_said_in_the_log_and_in_the_audit_trail(archive, people):
    hold = place(archive, about=matter(*people), addresses=["ann@corp.example"])
    release(archive, hold, asker=people[0], approver=people[1])
    notes = list(LogNote.objects.order_by("id"))
    last = AuditEntry.objects.order_by("-number").first()
    assert [note.subject for note in notes] == [f"hold:{hold.id}"] * 2
    assert holds.digest_of(hold) in notes[1].document
    assert (last.action, last.matter_id) == (Action.HOLD_RELEASED, hold.matter_id)


def test_a_released_hold_keeps_the_list_of_what_it_covered(archive, people):
    arrive(archive, mail("1"))
    hold = place(archive, about=matter(*people), addresses=["ann@corp.example"])
    release(archive, hold, asker=people[0], approver=people[1])
    assert covered(hold) == sightings()


def test_whoever_approves_reads_which_hold_would_end(archive, people):
    hold = place(archive, about=matter(*people), addresses=["ann@corp.example"])
    approval = holds.ask_release(actor=people[0], hold=hold, reason="it is over", now=NOW)
    said = approving.describe(approval, people[1])
    assert said.title == "Release the hold “the hold” of the matter M-1, the quarrel"
    assert said.address == f"/matters/{hold.matter_id}/holds/{hold.id}/"


def test_whoever_approves_is_told_how_much_it_covers_of_what_they_may_see_and_no_more(archive, people):
    arrive(archive, mail("1"), mail("2", sender="eve@corp.example", to="ann@corp.example"), mail("3"))
    hold = place(archive, about=matter(*people), addresses=["ann@corp.example"])
    approval = holds.ask_release(actor=people[0], hold=hold, reason="it is over", now=NOW)
    narrow = person("narrow", Role.LEGAL, (GrantKind.ADDRESS, "eve@corp.example"))

    said = {one.email: approving.describe(approval, one).effect.partition(".")[0] for one in (people[1], narrow)}

    assert covered(hold) == sightings()
    assert said == {
        people[1].email: "Of what you may see it covers 3 captured copies",
        "narrow@corp.example": "Of what you may see it covers 1 captured copy",
    }
