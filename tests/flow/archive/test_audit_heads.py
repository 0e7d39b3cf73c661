"""The head of the audit trail in the evidence log: when it is logged, and what it tells later."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from accounts.queries.audit import head, verify_chain
from archive.models import LogNote
from archive.services.audit_heads import HEAD_EVERY, SUBJECT, note_head
from archive.services.evidence import check_log
from archive.services.notes import log_pending
from muniment.log.entries import AuditHead, decode
from tests.flow.archive.builders import memory_archive
from tests.flow.archive.logs import AT, act, cut_trail, logged

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


def log_head(archive, count):
    """Have `count` more acts recorded, and the head logged."""
    act(count)
    note_head(now=AT, at_once=True)
    log_pending(archive)


def faults(archive):
    return [item["reason"] for item in check_log(archive).damaged if item["object"] == "audit trail"]


def test_the_head_is_logged_with_the_count_and_the_last_hash(archive):
    log_head(archive, 3)
    number, digest = head()
    assert [decode(data).entry for data in logged(archive)] == [AuditHead(records=number, head=bytes.fromhex(digest))]


def test_a_trail_without_entries_has_no_head_to_log():
    assert note_head(now=AT) is None


def test_a_head_that_did_not_move_is_not_logged_again(archive):
    log_head(archive, 2)
    assert note_head(now=AT + timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("later", "noted"),
    [(HEAD_EVERY - timedelta(seconds=1), False), (HEAD_EVERY, True), (timedelta(days=-1), True)],
)
def test_a_head_that_moves_is_noted_once_in_the_interval_also_when_the_clock_was_set_back(archive, later, noted):
    log_head(archive, 1)
    act()
    assert (note_head(now=AT + later) is not None) is noted


def test_of_the_heads_one_note_is_kept_and_every_entry(archive):
    log_head(archive, 1)
    log_head(archive, 1)
    log_head(archive, 1)
    assert (LogNote.objects.filter(subject=SUBJECT).count(), len(logged(archive))) == (1, 3)


def test_a_head_that_waits_stays_beside_a_newer_one(archive):
    act()
    note_head(now=AT)
    act()
    note_head(now=AT, at_once=True)
    assert (log_pending(archive), faults(archive)) == (2, [])


def test_a_trail_that_goes_on_is_what_was_logged(archive):
    log_head(archive, 3)
    log_head(archive, 2)
    act()
    report = check_log(archive)
    assert (report.audit_heads, report.damaged, report.whole) == (2, [], True)


def test_a_trail_whose_end_was_cut_is_told_though_its_chain_is_whole(archive):
    log_head(archive, 3)
    log_head(archive, 3)
    cut_trail(4)
    assert verify_chain().whole
    (fault,) = faults(archive)
    assert fault.startswith("the trail was cut or changed after 3 entries: it has 4, and entry 1 of the evidence log ")
    assert "says that it had 6. Its end was cut off, or the database was put back from an older backup" in fault


def test_a_trail_that_was_lost_is_told(archive):
    log_head(archive, 3)
    cut_trail(0)
    assert [fault.partition(":")[0] for fault in faults(archive)] == ["the trail was cut or changed after 0 entries"]


def test_a_trail_that_went_on_after_a_cut_is_told_for_ever(archive):
    log_head(archive, 3)
    log_head(archive, 3)
    cut_trail(4)
    log_head(archive, 8)
    assert (verify_chain().whole, AuditEntry.objects.count()) == (True, 12)
    (fault,) = faults(archive)
    assert fault.startswith("the trail was cut or changed after 3 entries: what follows, up to 6, is not what entry 1 ")
    assert "It was rewritten, or went on in a database that was put back from an older backup" in fault


def test_each_cut_is_told_once(archive):
    for _ in range(2):
        log_head(archive, 2)
        log_head(archive, 2)
        log_head(archive, 2)
        cut_trail(AuditEntry.objects.count() - 3)
        log_head(archive, 4)
    assert [fault.partition(":")[0] for fault in faults(archive)] == [
        "the trail was cut or changed after 2 entries",
        "the trail was cut or changed after 9 entries",
    ]
