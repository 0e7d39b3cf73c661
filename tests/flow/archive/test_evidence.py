"""The evidence log: every segment once, through kills and rebuilds, and checked."""

import pytest

from archive.models import Segment
from archive.services import sweep
from archive.services.evidence import check_log
from archive.services.notes import log_pending
from archive.services.rebuild import rebuild_catalogue
from muniment.log.entries import SegmentSealed, decode
from muniment.log.reader import LogReader
from muniment.log.writer import LogWriter
from tests.flow.archive.builders import mail, memory_archive, seal

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
    assert (report.entries, report.not_logged) == (0, 1)
