"""A hold that only the evidence log remembers stops every destruction, until two people let it go."""

import pytest

from accounts.models import Action, AuditEntry, Matter
from accounts.services import approvals
from accounts.services.approvals import ApprovalRefused
from archive.models import DisposalState, Hold, LogNote, LostHold, Message, Segment
from archive.services import holds, lost_holds
from archive.services.disposal import execute, resume
from archive.services.lost_holds import HoldLost
from archive.services.notes import log_pending
from archive.services.replay import replay
from muniment.errors import Refused
from muniment.ids import UuidSequence
from muniment.log.entries import HoldPlaced, HoldReleased
from muniment.log.writer import LogWriter
from tests.flow.erasure.conftest import LONG_AGO, NOW, approved, filled, proposed, rule

pytestmark = pytest.mark.django_db


def logged_elsewhere(archive, *entries):
    """Log acts of which this database knows nothing, as it does not after it was put back from a backup."""
    log_pending(archive)
    LogWriter(archive.vault.segments, archive.signer).append(entries, NOW)


def lost(archive):
    hold_id = UuidSequence().next()
    logged_elsewhere(archive, HoldPlaced(hold_id=hold_id, commitment=bytes(32)))
    replay(archive)
    return hold_id


def let_go(people, hold_id):
    asked = lost_holds.ask_to_let_go(actor=people["records"], hold_id=hold_id, reason="placed again", now=NOW)
    approvals.approve(actor=people["counsel"], approval_id=asked.pk, now=NOW)
    return lost_holds.let_go(actor=people["records"], hold_id=hold_id, now=NOW)


def test_nothing_is_destroyed_while_one_stands_and_all_that_is_due_after_it_was_let_go(archive, people):
    rule()
    disposal = approved(people, proposed(people, filled(archive)))
    hold_id = lost(archive)

    with pytest.raises(HoldLost, match=str(hold_id)):
        execute(actor=people["records"], disposal_id=disposal.id, archive=archive, now=NOW)
    waited = Message.objects.count()
    let_go(people, hold_id)
    resume(archive, now=NOW)

    assert waited == 3
    assert not Message.objects.exists()
    disposal.refresh_from_db()
    assert disposal.state == DisposalState.DONE


def test_it_is_let_go_by_two_people(archive, people):
    hold_id = lost(archive)

    with pytest.raises(ApprovalRefused):
        lost_holds.let_go(actor=people["records"], hold_id=hold_id, now=NOW)
    with pytest.raises(Refused):
        lost_holds.ask_to_let_go(actor=people["dpo"], hold_id=hold_id, reason="x", now=NOW)
    row = let_go(people, hold_id)

    assert row.let_go_by == people["records"]
    assert not lost_holds.standing().exists()
    assert AuditEntry.objects.filter(action=Action.HOLD_RELEASED, objects_named__icontains=f"hold:{hold_id}").exists()


def test_a_hold_that_the_log_says_was_released_is_not_lost(archive):
    hold_id = UuidSequence().next()
    placed, released = (
        HoldPlaced(hold_id=hold_id, commitment=bytes(32)),
        HoldReleased(hold_id=hold_id, commitment=bytes(32)),
    )
    logged_elsewhere(archive, placed, released)

    assert replay(archive).lost_holds == 0


def test_one_that_the_database_knows_is_not_lost_also_when_its_note_was_killed(archive, people):
    matter = Matter.objects.create(id=UuidSequence().next(), reference="2026-1", name="x", opened_at=LONG_AGO)
    filled(archive)
    hold = holds.place(
        actor=people["records"], matter=matter, name="h", reason="r", kind="custodians",
        addresses=["bob@corp.example"], archive=archive, now=NOW,
    )  # fmt: skip
    LogNote.objects.update(log_index=None)
    Segment.objects.update(log_index=None)

    assert replay(archive).lost_holds == 0
    assert Hold.objects.get().id == hold.id


def test_one_that_was_let_go_is_not_missed_again_by_another_database_from_before(archive, people):
    let_go(people, lost(archive))
    log_pending(archive)
    LostHold.objects.all().delete()
    LogNote.objects.all().delete()

    assert replay(archive).lost_holds == 0


def test_it_is_found_once_and_stays_found(archive):
    lost(archive)

    assert replay(archive).lost_holds == 0
    assert LostHold.objects.count() == 1


def test_an_archive_without_a_log_has_lost_none(archive):
    assert lost_holds.find(archive) == 0
