"""`verify` compares the holds with the store, the log and the database's guards; `reconcile --repair` mends."""

import pytest
from django.db import connection

from accounts.guards import registered
from archive.models import DestroyedSighting, HeldSighting, Hold, HoldKind, Message
from archive.services import hold_check, holds
from archive.services.hold_check import check_holds
from archive.services.notes import log_pending
from archive.services.reconcile import repair
from muniment.ids import SegmentId
from muniment.seal.layout import segment_key
from tests.flow import guards
from tests.flow.archive.builders import mail, memory_archive
from tests.flow.archive.holding import NOW, arrive, covered, in_store, lawyer, matter, place, release, sightings

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


def without_guards(*statements):
    with guards.unguarded(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def reasons(archive):
    return {fault["object"]: fault["reason"] for fault in check_holds(archive).faults}


def test_holds_that_keep_what_they_say_have_no_fault(archive):
    arrive(archive, mail("1", body="quay"), mail("2"))
    about = matter()
    place(archive, HoldKind.QUERY, about=about, query="quay")
    place(archive, HoldKind.MESSAGES, about=about, message_ids=[Message.objects.first().id])
    place(archive, about=about, addresses=["ann@corp.example"])
    report = check_holds(archive)
    assert (report.standing, report.sightings, report.unfinished, report.faults) == (3, 2, False, [])


def test_without_holds_there_is_nothing_to_tell(archive):
    arrive(archive, mail("1"))
    assert check_holds(archive) == hold_check.HoldReport()


def test_a_segment_whose_legal_hold_the_store_has_lost_is_named_and_mended(archive):
    segment = arrive(archive, mail("1"))
    place(archive, addresses=["ann@corp.example"])
    archive.vault.segments.set_legal_hold(segment_key(SegmentId(segment)), on=False)
    found = reasons(archive)
    repair(archive)
    assert list(found) == [f"segment {segment}"]
    assert "the store does not hold it" in found[f"segment {segment}"]
    assert (in_store(archive, segment), reasons(archive)) == (True, {})


def test_a_legal_hold_of_the_store_that_no_hold_explains_is_named_and_kept(archive):
    segment = arrive(archive, mail("1"))
    archive.vault.segments.set_legal_hold(segment_key(SegmentId(segment)), on=True)
    found = reasons(archive)
    repair(archive)
    assert "restored from before the hold was placed" in found[f"segment {segment}"]
    assert in_store(archive, segment)


def test_a_hold_that_only_the_log_knows_is_named(archive):
    hold = place(archive, addresses=["ann@corp.example"])
    log_pending(archive)
    without_guards("DELETE FROM archive_hold")
    assert "the log says that it stands" in reasons(archive)[f"hold {hold.id}"]


def test_a_release_that_only_the_log_knows_is_named(archive):
    people = lawyer("lea"), lawyer("max")
    hold = place(archive, about=matter(*people), addresses=["ann@corp.example"])
    release(archive, hold, asker=people[0], approver=people[1])
    log_pending(archive)
    before = reasons(archive)
    without_guards("UPDATE archive_hold SET released_at = NULL")
    assert before == {}
    assert "release it again" in reasons(archive)[f"hold {hold.id}"]


def test_covers_that_are_lost_are_named_and_mended(archive):
    arrive(archive, mail("1", body="quay"))
    about = matter()
    place(archive, HoldKind.QUERY, about=about, query="quay")
    place(archive, about=about, addresses=["ann@corp.example"])
    without_guards("DELETE FROM archive_heldsighting")
    found = check_holds(archive).faults
    repair(archive)
    assert len([fault for fault in found if "should cover it" in fault["reason"]]) == 2
    assert (HeldSighting.objects.count(), reasons(archive)) == (2, {})


def test_a_copy_whose_cover_is_lost_is_named_and_mended(archive):
    arrive(archive, mail("1"))
    arrive(archive, mail("1"))
    place(archive, addresses=["ann@corp.example"])
    without_guards("DELETE FROM archive_heldsighting WHERE id = (SELECT MAX(id) FROM archive_heldsighting)")
    found = check_holds(archive).faults
    repair(archive)
    assert len([fault for fault in found if "should cover it" in fault["reason"]]) == 1
    assert (HeldSighting.objects.count(), reasons(archive)) == (2, {})


def test_a_tombstone_of_held_mail_is_named(archive):
    arrive(archive, mail("1"))
    place(archive, addresses=["ann@corp.example"])
    (one,) = sightings()
    DestroyedSighting.objects.create(
        sighting_id=one, segment_id=one, message_id=one, disposal_id=one, destroyed_at=NOW, shredded_at=NOW
    )
    assert reasons(archive) == {f"sighting {one}": "it is destroyed, and a hold that stands covers it"}


@pytest.mark.parametrize(
    "name", sorted(name for one in registered().values() for name in one.triggers[connection.vendor])
)
def test_a_guard_that_is_gone_is_named(archive, name):
    guards.drop(name)
    assert name in reasons(archive)["database"]


def test_while_a_hold_is_being_placed_the_store_is_not_compared(archive):
    segment = arrive(archive, mail("1"))
    hold = place(archive, addresses=["ann@corp.example"], complete=False)
    during = check_holds(archive)
    holds.complete(archive)
    assert (during.unfinished, during.faults, in_store(archive, segment)) == (True, [], True)
    assert (check_holds(archive).faults, covered(Hold.objects.get(id=hold.id))) == ([], sightings())
