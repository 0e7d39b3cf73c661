"""A queue that does not answer keeps nobody waiting, and loses nothing: the sweep finds what was not queued."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from archive import queueing, tasks
from archive.models import Message, RuleChangeDraft, Searchable, SegmentStage, Sighting, Stage, StageState
from archive.pace import Pace
from archive.queueing import PAUSE_SECONDS, Door, QueueUnavailable, hint, order, waiting
from archive.services import sweep as sweeping
from archive.services.index import BATCH_MESSAGES, index_batch
from archive.services.simulations import uncounted
from config.beat import ENOUGH, PatientScheduler
from config.celery import app
from tests.flow.web.mails import ANSWER, OFFER, sighting


@pytest.fixture
def folder(settings):
    """Return the folder of the queue, which is there."""
    found = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
    for name in ("data_folder_in", "control_folder"):
        Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS[name]).mkdir(parents=True, exist_ok=True)
    for message in found.iterdir():
        message.unlink()
    queueing.forget_silence()
    return found


@pytest.fixture
def no_queue(folder):
    """Take the queue away; it is there again for those who come after."""
    shutil.rmtree(folder)
    yield
    folder.mkdir()
    queueing.forget_silence()


def silent():
    raise OperationalError("no answer")


def test_those_who_follow_a_silence_do_not_wait_for_it_again():
    now, asked = [100.0], []
    door = Door(clock=lambda: now[0])
    with pytest.raises(QueueUnavailable):
        door.pass_through(silent)
    with pytest.raises(QueueUnavailable):
        door.pass_through(lambda: asked.append("too early"))
    now[0] += PAUSE_SECONDS
    door.pass_through(lambda: asked.append("in time"))

    assert asked == ["in time"]


def test_what_nothing_else_would_do_is_refused_and_what_the_sweep_does_is_not(no_queue):
    with pytest.raises(QueueUnavailable, match="Try again"):
        order(tasks.stamp_log)
    queueing.forget_silence()

    assert (hint(tasks.index_pending), waiting("index")) == (False, None)


def test_a_queue_says_how_many_tasks_wait_in_it(folder):
    hint(tasks.index_pending)
    hint(tasks.extract_text, "x", queue="bulk")

    assert [waiting(queue) for queue in ("index", "bulk", "text")] == [1, 1, 0]


def test_a_sweep_does_what_can_be_done_without_a_queue(filled, no_queue):
    SegmentStage.objects.filter(stage=Stage.TEXT).update(state=StageState.PENDING, changed_at="2020-01-01T00:00Z")

    tasks.sweep()

    assert SegmentStage.objects.filter(stage=Stage.TEXT, changed_at__year=2020).exists()


def test_sweeps_do_not_pile_up_what_workers_that_are_behind_have_yet_to_do(filled, folder):
    Message.objects.update(indexed_revision=0)
    SegmentStage.objects.filter(stage=Stage.PERSONAL_DATA).update(state=StageState.PENDING)
    for _ in range(20):
        SegmentStage.objects.update(changed_at="2020-01-01T00:00Z")
        tasks.sweep()
    lengths = [waiting(queue) for queue in ("index", "slow")]

    assert (lengths, waiting("personal") <= tasks.QUEUED_AT_ONCE) == ([1, 1], True)


def test_a_sweep_adds_nothing_to_a_queue_that_is_long(filled, folder):
    for _ in range(tasks.QUEUED_AT_ONCE):
        hint(tasks.scan_personal_data, [], queue="personal")
    SegmentStage.objects.filter(stage=Stage.PERSONAL_DATA).update(
        state=StageState.PENDING, changed_at="2020-01-01T00:00Z"
    )

    tasks.sweep()

    assert waiting("personal") == tasks.QUEUED_AT_ONCE
    assert SegmentStage.objects.filter(stage=Stage.PERSONAL_DATA, changed_at__year=2020).exists()


def queued_ago(**ago):
    waits = {"state": StageState.PENDING, "changed_at": timezone.now() - timedelta(**ago)}
    SegmentStage.objects.filter(stage=Stage.PERSONAL_DATA).update(**waits)


@pytest.mark.parametrize(("ago", "again"), [({"seconds": 50}, 0), ({"seconds": 70}, 1)])
def test_what_was_lost_with_its_queue_is_queued_again_after_a_minute(filled, folder, ago, again):
    queued_ago(**ago)

    tasks.sweep()

    assert waiting("personal") == again


def test_while_its_queue_has_tasks_a_stage_is_left_alone_for_longer(filled, folder):
    hint(tasks.scan_personal_data, [], queue="personal")
    queued_ago(seconds=70)
    tasks.sweep()
    before = waiting("personal")
    queued_ago(minutes=6)
    tasks.sweep()

    assert (before, waiting("personal")) == (1, 2)


def test_the_index_waits_for_live_mail_that_the_catalogue_is_about_to_take(empty_archive, folder):
    vault = empty_archive.vault
    vault.seal([sighting(vault, OFFER)])
    sweeping.catalogue_missing(vault=vault)
    hint(tasks.catalogue_segments, [])
    tasks.PACE.end()
    tasks.index_pending()
    while_more_comes = Message.objects.filter(searchable=Searchable.YES).count()
    (folder / next(folder.iterdir()).name).unlink()
    tasks.index_pending()

    assert (while_more_comes, Message.objects.filter(searchable=Searchable.YES).count()) == (0, 1)


def test_the_index_does_not_wait_for_ever():
    now = [100.0]
    pace = Pace(1.0, clock=lambda: now[0])
    early = [pace.is_early()]
    pace.end()
    early.append(pace.is_early())
    now[0] += 1.0

    assert [*early, pace.is_early()] == [False, True, False]


def test_a_draft_whose_counting_was_lost_is_counted_in_the_end(filled, folder):
    draft = RuleChangeDraft.objects.create(
        id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"), made_at="2020-01-01T00:00Z", bodies=[]
    )

    assert uncounted() == [draft.pk]


def test_segments_that_a_sweep_has_no_time_for_go_to_the_workers_of_bulk(empty_archive, folder):
    vault = empty_archive.vault
    segment_ids = [vault.seal([sighting(vault, raw)]).segment_id for raw in (OFFER, ANSWER)]

    tasks.catalogue_bulk([str(segment_id) for segment_id in segment_ids])

    assert SegmentStage.objects.filter(stage=Stage.CATALOGUE, state=StageState.DONE).count() == len(segment_ids)
    assert (waiting("index"), waiting("text")) == (1, 0)  # text follows by the sweep, behind that of live mail


def test_live_mail_is_indexed_before_the_rest_of_a_large_import(empty_archive):
    vault = empty_archive.vault
    imported = [
        replace(sighting(vault, b"Message-ID: <%d@import.example>\r\n\r\nold\r\n" % number), import_key=f"{number:064}")
        for number in range(BATCH_MESSAGES + 500)
    ]
    live = sighting(vault, OFFER)
    vault.seal([*imported[:800], live, *imported[800:]])
    sweeping.catalogue_missing(vault=vault)

    index_batch(vault=vault, engine=empty_archive.engine)

    assert Sighting.objects.get(id=live.id).message.searchable == Searchable.YES
    assert Message.objects.filter(searchable=Searchable.YES).count() == BATCH_MESSAGES


def test_the_beat_adds_nothing_to_a_queue_whose_workers_are_away(folder, tmp_path):
    scheduler = PatientScheduler(app, lazy=True, schedule_filename=str(tmp_path / "beat"))
    entry = scheduler.Entry(name="sweep", task="archive.tasks.sweep", schedule=10.0, app=app)
    for _ in range(3 * ENOUGH):
        scheduler.apply_async(entry, advance=False)

    assert waiting("sweep") == ENOUGH
