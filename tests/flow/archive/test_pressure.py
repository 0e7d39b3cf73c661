"""When mail is kept out and taken again; what a listener counts for it."""

import shutil

import pytest

from archive.intake.pressure import Bounds, Gauge, Pressure, Reading, judge
from archive.models import Message, SegmentStage
from archive.queries.backlog import Backlog
from archive.services import sweep
from archive.services.catalogue import catalogue_segment
from archive.services.stages import index_all
from tests.flow.web.mails import ANSWER, BLIND, HOSTILE, OFFER, sighting

NONE, BEHIND, FULL = Pressure.NONE, Pressure.BEHIND, Pressure.FULL
BOUNDS = Bounds(segments=100, messages=1_000, free_bytes=1_000)
CALM = {"segments": 0, "messages": 0, "free_bytes": 10_000}


@pytest.mark.parametrize(
    ("before", "found", "after"),
    [
        (NONE, {}, NONE),
        (NONE, {"segments": 100, "messages": 1_000, "free_bytes": 1_000}, NONE),
        (NONE, {"segments": 101}, BEHIND),
        (NONE, {"messages": 1_001}, BEHIND),
        (NONE, {"free_bytes": 999}, FULL),
        (NONE, {"segments": 101, "free_bytes": 999}, FULL),
        (BEHIND, {"segments": 81}, BEHIND),
        (BEHIND, {"segments": 80, "messages": 800}, NONE),
        (FULL, {"free_bytes": 1_249}, FULL),
        (FULL, {"free_bytes": 1_250}, NONE),
        (FULL, {"segments": 101}, BEHIND),
        (BEHIND, {"segments": None, "messages": None}, NONE),
        (FULL, {"free_bytes": None}, NONE),
    ],
)
def test_mail_is_kept_out_from_a_bound_on_and_taken_again_well_below_it(before, found, after):
    assert judge(before, Reading(**(CALM | found)), BOUNDS) is after


def test_a_bound_of_zero_keeps_nothing_out():
    assert judge(NONE, Reading(segments=10**9, messages=10**9, free_bytes=0), Bounds()) is NONE


def test_what_cannot_be_measured_keeps_nothing_out_and_is_measured_again():
    readings = iter([Reading(segments=101), OSError("gone"), Reading(segments=101)])

    def read():
        found = next(readings, Reading())
        if isinstance(found, OSError):
            raise found
        return found

    gauge = Gauge(read, BOUNDS, every_seconds=3600)
    seen = [gauge.pressure]
    while len(seen) < 3:
        gauge.look()
        seen.append(gauge.pressure)
    gauge.close()

    assert NONE in seen


@pytest.fixture
def waiting_mail(empty_archive):
    """Return an archive and four segments that nobody has catalogued."""
    vault = empty_archive.vault
    return empty_archive, [vault.seal([sighting(vault, raw)]).segment_id for raw in (OFFER, ANSWER, HOSTILE, BLIND)]


def test_segments_that_wait_are_counted_as_they_come_and_go(waiting_mail):
    archive, segment_ids = waiting_mail
    backlog = Backlog(archive, Bounds(segments=100))
    counts = [backlog.read().segments]
    catalogue_segment(segment_ids[0], vault=archive.vault)
    counts.append(backlog.read().segments)
    archive.vault.seal([sighting(archive.vault, b"Subject: late\r\n\r\n")])
    counts.append(backlog.read().segments)
    sweep.catalogue_missing(vault=archive.vault)
    counts.append(backlog.read().segments)

    assert counts == [4, 3, 4, 0]


def test_a_listener_that_starts_counts_what_workers_left_since_they_were_at_work(waiting_mail):
    archive, segment_ids = waiting_mail
    catalogue_segment(segment_ids[2], vault=archive.vault)

    assert Backlog(archive, Bounds(segments=100)).read().segments == 3


def test_a_segment_that_does_not_open_is_not_waited_for(waiting_mail):
    archive, segment_ids = waiting_mail
    sweep.catalogue_missing(vault=archive.vault)
    SegmentStage.objects.filter(segment_id=segment_ids[0]).update(state="failed")

    assert Backlog(archive, Bounds(segments=100)).read().segments == 0


def test_messages_that_wait_for_the_index_are_counted_where_it_is_asked(waiting_mail):
    archive, _ = waiting_mail
    sweep.catalogue_missing(vault=archive.vault)
    backlog = Backlog(archive, Bounds(messages=2))
    counts = [backlog.read().messages]
    index_all(archive)
    counts.append(backlog.read().messages)

    assert (counts, Message.objects.count() > 3) == ([3, 0], True)


def test_free_space_is_that_of_the_archives_disk(empty_archive):
    found = Backlog(empty_archive, Bounds(free_bytes=1)).read().free_bytes

    assert 0 < found <= shutil.disk_usage(empty_archive.data).total
