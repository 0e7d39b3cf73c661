"""The evidence log: every segment once, through kills and rebuilds, and compared with what is kept."""

import pytest

from archive.models import LogNote, Segment
from archive.services import sweep
from archive.services.evidence import check_log
from archive.services.notes import log_pending
from archive.services.rebuild import rebuild_catalogue
from muniment.log.entries import SegmentSealed, decode
from muniment.log.reader import LogReader
from muniment.log.writer import LogWriter
from tests.flow.archive.builders import mail, memory_archive, seal
from tests.flow.archive.logs import copy_of, on_store, place_hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


def logged(archive):
    reader = LogReader.latest(archive.vault.segments, [archive.signer.verifier])
    return [decode(data).entry.segment_id for data in reader.entries()]


def sealed(archive, *keys):
    found = [seal(archive, mail(key)) for key in keys]
    sweep.catalogue_missing(vault=archive.vault)
    return found


def test_each_catalogued_segment_is_logged_once(archive):
    first = sealed(archive, "1", "2")
    log_pending(archive)
    second = sealed(archive, "3")
    done = (log_pending(archive), log_pending(archive))
    assert (done, logged(archive)) == ((1, 0), [*first, *second])
    assert list(Segment.objects.order_by("id").values_list("log_index", flat=True)) == [0, 1, 2]


def test_entries_that_a_killed_process_did_not_note_are_not_logged_again(archive):
    first, second = sealed(archive, "1", "2")
    log_pending(archive)
    Segment.objects.filter(id=second).update(log_index=None)
    assert (log_pending(archive), logged(archive)) == (0, [first, second])


def test_after_a_rebuild_the_segments_find_their_entries(archive):
    sealed(archive, "1", "2", "3")
    log_pending(archive)
    rebuild_catalogue(archive)
    assert log_pending(archive) == 0
    assert list(Segment.objects.order_by("id").values_list("log_index", flat=True)) == [0, 1, 2]


def test_a_sound_log_is_reported_with_its_size(archive):
    sealed(archive, "1", "2")
    log_pending(archive)
    report = check_log(archive)
    assert (report.entries, report.damaged, report.not_logged) == (2, [], 0)


def test_a_segment_that_is_not_the_logged_one_is_named(archive):
    (segment_id,) = sealed(archive, "1")
    entry = SegmentSealed(segment_id=segment_id, root=bytes(32), frames=1)
    LogWriter(archive.vault.segments, archive.signer).append([entry], archive.vault.now())
    assert [item["object"] for item in check_log(archive).damaged] == [f"segment {segment_id}"]


def test_an_archive_without_a_log_has_none_to_check(archive):
    sealed(archive, "1")
    report = check_log(archive)
    assert (report.entries, report.not_logged, report.whole) == (0, 1, True)


def damaged(archive):
    return [(item["object"], item["reason"]) for item in check_log(archive).damaged]


def test_notes_that_are_logged_or_wait_are_compared_with_their_commitments(archive):
    place_hold(1)
    log_pending(archive)
    place_hold(2)
    report = check_log(archive)
    assert (report.damaged, report.not_logged, report.whole) == ([], 1, True)


@pytest.mark.parametrize("logged_before", [True, False])
@pytest.mark.parametrize("change", [{"document": "everything of bob"}, {"salt": bytes(32)}, {"salt": b""}])
def test_a_note_whose_document_was_changed_is_named(archive, change, logged_before):
    note = place_hold()
    if logged_before:
        log_pending(archive)
    LogNote.objects.filter(id=note.id).update(**change)
    assert damaged(archive) == [(note.subject, "its document is not the one that its entry commits to")]


def test_a_note_that_is_forged_whole_is_named_by_the_log(archive):
    note = place_hold(1)
    log_pending(archive)
    forged = place_hold(1, document="nothing at all")
    LogNote.objects.filter(id=note.id).update(entry=forged.entry, document=forged.document, salt=forged.salt)
    forged.delete()
    assert damaged(archive) == [(note.subject, "its note is not what was logged as entry 0")]


def test_a_note_that_is_no_entry_is_named(archive):
    note = place_hold()
    LogNote.objects.filter(id=note.id).update(entry=b"x")
    assert damaged(archive) == [(note.subject, "its note is no entry of the evidence log")]


def test_rows_that_point_at_others_entries_are_named(archive):
    (segment_id,) = sealed(archive, "1")
    note = place_hold()
    log_pending(archive)
    LogNote.objects.update(log_index=7)
    Segment.objects.update(log_index=1)
    LogNote.objects.update(log_index=0)
    assert damaged(archive) == [
        (f"segment {segment_id}", "entry 1 of the evidence log is not the segment's"),
        (note.subject, "its note is not what was logged as entry 0"),
    ]


def test_what_was_logged_and_is_missing_from_an_older_log_is_named(archive):
    place_hold(1)
    log_pending(archive)
    older = copy_of(archive.vault.segments)
    lost = place_hold(2)
    log_pending(archive)
    report = check_log(on_store(archive, older))
    assert [item["object"] for item in report.damaged] == [lost.subject]
    assert not report.whole


def test_entries_that_no_row_knows_are_no_damage(archive):
    sealed(archive, "1")
    place_hold()
    log_pending(archive)
    LogNote.objects.all().delete()
    rebuild_catalogue(archive)
    report = check_log(archive)
    assert (report.entries, report.damaged, report.whole) == (2, [], True)


def test_a_damaged_log_is_not_whole(archive):
    place_hold()
    log_pending(archive)
    store = copy_of(archive.vault.segments)
    store.delete("log/tile/entries/000.p/1")
    report = check_log(on_store(archive, store))
    assert ([item["object"] for item in report.damaged], report.whole) == (["log/tile/entries/000.p/1"], False)
