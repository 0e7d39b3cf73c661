"""The primary dies, its replica lags and is promoted: what it lacks comes back, what was destroyed does not."""

import signal

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Action, AuditEntry
from accounts.services import audit
from archive.models import DestroyedSighting, Hold, LostHold, Message, Sighting
from archive.services import continuity, lost_holds, sweep
from archive.services.audit_heads import note_head
from archive.services.continuity import DatabaseReturned
from archive.services.evidence import check_log
from archive.services.notes import log_pending
from archive.services.promotion import settle
from archive.services.reconcile import reconcile
from archive.services.stages import drain
from tests.flow.archive.builders import PlainExtractor, mail, memory_archive
from tests.flow.archive.holding import OPERATOR, arrive, place
from tests.flow.erasure.conftest import destroyed, filled, people, rule
from tests.live.postgresql.inside.pair import cut, primary_and_replica

__all__ = ["people"]  # a fixture


@pytest.fixture
def pair(django_db_blocker):
    with django_db_blocker.unblock(), primary_and_replica() as found:
        yield found


@pytest.fixture
def db(pair):
    """Stand in for the database of the test run, for fixtures that ask for it."""


@pytest.fixture
def archive(db, tmp_path):
    return memory_archive(tmp_path)


@pytest.fixture
def fallen(pair, archive, people):
    """An archive of which the replica lacks the last acts: mail, a destruction, a hold, audit entries."""
    primary, replica = pair
    continuity.note()
    rule()
    erased = filled(archive, 6)[0]
    log_pending(archive)
    replica.caught_up()
    cut(replica)
    arrive(archive, mail("late", body="late"), mail("later", body="later"))
    destroyed(people, archive, [erased])
    hold = place(archive, addresses=["ann@corp.example"])
    audit.record(actor=OPERATOR, action=Action.VIEW)
    note_head(now=archive.vault.now(), at_once=True)
    log_pending(archive)
    known = set(Message.objects.values_list("id", flat=True)), set(Sighting.objects.values_list("id", flat=True))
    primary.stop(signal.SIGKILL)
    replica.promote()
    connection.close()
    return archive, erased, hold, known


def test_what_it_lacks_is_there_again_and_what_was_erased_is_not(fallen):
    archive, erased, _, known = fallen
    before = set(Message.objects.values_list("id", flat=True))

    settle(archive)
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())

    assert erased in before
    assert known == (
        set(Message.objects.values_list("id", flat=True)),
        set(Sighting.objects.values_list("id", flat=True)),
    )
    assert set(DestroyedSighting.objects.values_list("sighting_id", flat=True)) == {erased}
    assert set(archive.engine.message_ids()) == known[0]
    assert reconcile(archive).differences == {}


def test_until_it_is_in_order_nobody_is_shown_anything_and_nothing_is_destroyed_or_logged(fallen):
    archive, *_ = fallen
    client = Client()
    sweep.catalogue_missing(vault=archive.vault)

    pages = [client.get(path) for path in ("/", "/health/ready", "/api/v1/messages", "/health/live")]
    with pytest.raises(DatabaseReturned):
        lost_holds.refuse_while_any()
    with pytest.raises(DatabaseReturned):
        log_pending(archive)

    assert [page.status_code for page in pages] == [503, 503, 503, 200]
    assert pages[2].headers["Content-Type"] == "application/problem+json"
    assert (settle(archive), settle(archive)) == (True, False)
    assert client.get("/").status_code == 302


def test_a_hold_that_it_lacks_stops_every_destruction_and_the_gap_in_the_audit_trail_is_told(fallen):
    archive, _, hold, _ = fallen

    settle(archive)
    sweep.catalogue_missing(vault=archive.vault)
    log_pending(archive)

    assert not Hold.objects.exists()
    assert [row.hold_id for row in LostHold.objects.all()] == [hold.id]
    with pytest.raises(lost_holds.HoldLost):
        lost_holds.refuse_while_any()
    assert not AuditEntry.objects.filter(action=Action.HOLD_PLACED).exists()
    assert [found["object"] for found in check_log(archive).damaged] == ["audit trail"]
