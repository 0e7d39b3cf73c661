"""The packer: what is packed, what is left where it is, what may go, and what a kill in the middle leaves."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.exporting.evidence_log import log_at
from archive.models import Cause, DestroyedSighting, HoldKind, Pack, PackedSegment, Segment, Sighting, StageState
from archive.services import packing
from archive.services.disposal import resume
from archive.services.evidence import check_log
from archive.services.hold_check import check_holds
from archive.services.integrity import prove, verify
from archive.services.notes import log_pending
from archive.services.rebuild import rebuild_catalogue
from archive.services.reconcile import reconcile
from archive.services.replay import replay
from archive.services.stages import index_all, turn
from archive.wiring import Archive
from muniment.bundle.proving import SegmentProver
from muniment.engines.memory import MemoryEngine
from muniment.ids import SegmentId, SightingId
from muniment.log.note import NoteSigner
from muniment.seal import keyring, ledger
from muniment.seal import packing as core
from muniment.seal.layout import keyring_key, segment_key
from muniment.seal.vault import Vault
from muniment.stores.key_file import FileKeyProvider
from muniment.stores.memory import MemoryStore
from muniment.stores.port import ObjectMissing
from tests.flow.archive.builders import mail
from tests.flow.archive.holding import arrive, covered, in_store, lawyer, matter, place, release
from tests.flow.erasure.conftest import destroyed, people, rule

__all__ = ["people"]  # fixture
pytestmark = pytest.mark.django_db
BEGINNING = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    """The time of the archive and of its store."""

    def __init__(self):
        self.now = BEGINNING

    def __call__(self):
        return self.now

    def wait(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def archive(db, tmp_path, clock):
    keyrings = MemoryStore(now=clock)
    return Archive(
        vault=Vault(
            segments=MemoryStore(now=clock),
            keyrings=keyrings,
            keys=FileKeyProvider(bytes(32), keyrings, now=clock),
            now=clock,
        ),
        engine=MemoryEngine(),
        data=tmp_path,
        signer=NoteSigner("muniment.example/log", seed=bytes(32)),
    )


def captured(archive, count=4):
    """Capture messages, each in a segment of its own; return the ids of the segments."""
    segment_ids = [arrive(archive, mail(f"{number}", body=f"word{number}")) for number in range(count)]
    log_pending(archive)
    return segment_ids


def packed(archive, clock, **fields):
    """Run the packer as the third day of the settling time ends."""
    clock.wait(days=2, hours=6)
    done = packing.run(archive, after=DAY, now=clock.now, **fields)
    log_pending(archive)
    return done


def let_go(archive, clock):
    clock.wait(days=1)
    done = packing.run(archive, after=DAY, now=clock.now)
    log_pending(archive)
    return done.let_go


def raws(archive):
    return {
        row.id: archive.vault.read(SegmentId(row.segment_id), SightingId(row.id)).raw for row in Sighting.objects.all()
    }


def keys_of(archive, segment_id):
    try:
        data = archive.vault.keyrings.get(keyring_key(SegmentId(segment_id)))
    except ObjectMissing:
        return set()
    return set(keyring.decode(data, SegmentId(segment_id)).keys)


def everywhere(archive, sighting_id):
    """Return the segments whose keyrings have a key of the sighting."""
    return [one for one in archive.vault.segment_ids() if sighting_id in keys_of(archive, one)]


def is_sound(archive):
    log_pending(archive)
    assert verify(vault=archive.vault).damaged == []
    assert reconcile(archive).differences == {}
    assert check_log(archive).damaged == []
    assert check_holds(archive).faults == []


def test_small_segments_become_one_and_go_when_their_locks_end(archive, clock):
    sources = captured(archive)
    before = raws(archive)
    done = packed(archive, clock)

    (into,) = set(Sighting.objects.values_list("segment_id", flat=True))
    assert (done.packs, done.sources, done.frames, done.let_go) == (1, 4, 4, 0)
    assert into not in sources
    assert raws(archive) == before
    is_sound(archive)
    assert let_go(archive, clock) == 4
    assert list(archive.vault.segment_ids()) == [into]
    assert raws(archive) == before
    is_sound(archive)


def test_what_is_young_or_alone_stays_where_it_is(archive, clock):
    captured(archive)
    assert packing.run(archive, after=DAY, now=clock.now).packs == 0
    Segment.objects.exclude(id=Segment.objects.order_by("id").first().id).update(retention_class="other")
    assert packing.run(archive, after=timedelta(days=99), now=clock.now).packs == 0
    clock.wait(days=2, hours=6)
    assert packing.run(archive, after=timedelta(0), now=clock.now).sources == 3  # the fourth is alone in its class


def test_few_small_segments_wait_until_their_locks_end_soon(archive, clock):
    captured(archive)
    clock.wait(days=1, hours=6)
    assert packing.run(archive, after=DAY, now=clock.now).packs == 0
    clock.wait(days=1)
    assert packing.run(archive, after=DAY, now=clock.now).packs == 1


def test_a_pack_is_locked_to_the_term_of_what_came_last(archive, clock):
    captured(archive)
    packed(archive, clock, term=timedelta(days=400))
    (row,) = Segment.objects.filter(id__in=Pack.objects.values("id"))
    assert archive.vault.segments.info(segment_key(SegmentId(row.id))).locked_until == row.lock_until
    assert row.lock_until == BEGINNING + timedelta(days=400)


def test_the_lock_of_a_large_segment_is_extended_to_the_term_instead(archive, clock):
    large = arrive(archive, mail("large", body="\n".join(f"{number:x}" * 40 for number in range(90_000))))
    Segment.objects.filter(id=large).update(size_bytes=packing.SMALL_BYTES)
    log_pending(archive)
    done = packed(archive, clock, term=timedelta(days=400))
    assert (done.packs, done.extended) == (0, 1)
    assert archive.vault.segments.info(segment_key(large)).locked_until == BEGINNING + timedelta(days=400)
    assert packed(archive, clock, term=timedelta(days=400)).extended == 0


def test_stages_that_are_done_need_not_be_done_again(archive, clock):
    captured(archive)
    packed(archive, clock)
    (row,) = Segment.objects.filter(id__in=Pack.objects.values("id"))
    assert set(row.stages.values_list("state", flat=True)) == {StageState.DONE}


def test_mail_on_hold_is_not_packed_before_the_hold_is_over(archive, clock):
    lea, paul = lawyer("lea"), lawyer("paul")
    about = matter(lea, paul)
    sources = captured(archive)
    hold = place(archive, HoldKind.QUERY, about=about, query="body:word1", actor=lea)
    done = packed(archive, clock)

    assert (done.sources, Sighting.objects.filter(segment_id=sources[1]).count()) == (3, 1)
    release(archive, hold, asker=lea, approver=paul)
    clock.wait(days=3)
    packing.run(archive, after=DAY, now=clock.now)
    assert not Sighting.objects.filter(segment_id=sources[1]).exists()
    is_sound(archive)


def test_a_segment_that_only_the_store_holds_is_not_packed(archive, clock):
    sources = captured(archive)
    archive.vault.segments.set_legal_hold(segment_key(sources[0]), on=True)
    assert packed(archive, clock).sources == 3


def test_a_hold_that_is_placed_on_packed_mail_keeps_the_pack(archive, clock):
    captured(archive)
    packed(archive, clock)
    hold = place(archive, HoldKind.QUERY, query="body:word1")
    (into,) = set(Sighting.objects.values_list("segment_id", flat=True))
    assert (len(covered(hold)), in_store(archive, into)) == (1, True)
    is_sound(archive)


def begun(archive, clock, sources):
    """Do as a packer that is killed once its segment is there."""
    clock.wait(days=2, hours=6)
    into = archive.vault.new_segment_id()
    Pack.objects.create(id=into, begun_at=clock.now)
    opened = [archive.vault.open(one) for one in sources]
    core.pack(archive.vault, opened, into=into, lock_until=clock.now + DAY)
    return into


def test_a_hold_that_is_placed_between_the_pack_and_its_catalogue_keeps_the_pack(archive, clock):
    into = begun(archive, clock, captured(archive))
    place(archive, HoldKind.QUERY, query="body:word1")
    packing.settle(archive)
    assert in_store(archive, into)
    is_sound(archive)


def test_a_destruction_first_settles_what_a_killed_packer_left(archive, clock, people):
    rule()
    sources = captured(archive)
    into = begun(archive, clock, sources)
    (one,) = Sighting.objects.filter(segment_id=sources[1])
    destroyed(people, archive, [one.message_id])

    assert everywhere(archive, one.id) == []
    (tombstone,) = DestroyedSighting.objects.all()
    ((_, intent),) = ledger.read_all(archive.vault.segments)
    assert (tombstone.segment_id, set(intent.sightings)) == (into, {sources[1], into})
    is_sound(archive)


def test_a_keyring_without_its_segment_is_taken_away(archive, clock):
    sources = captured(archive)
    into = begun(archive, clock, sources)
    clock.wait(days=2)
    archive.vault.segments.delete(segment_key(into))
    packing.settle(archive)
    assert (keys_of(archive, into), Pack.objects.exists()) == (set(), False)
    is_sound(archive)


def test_what_was_destroyed_while_the_database_did_not_know_the_pack_loses_its_key_there(archive, clock, people):
    rule()
    sources = captured(archive)
    into = begun(archive, clock, sources)
    Pack.objects.all().delete()  # as a database from before has it
    (one,) = Sighting.objects.filter(segment_id=sources[1])
    destroyed(people, archive, [one.message_id])
    rebuild_catalogue(archive)
    index_all(archive)
    resume(archive)

    assert everywhere(archive, one.id) == []
    assert {one for _, intent in ledger.read_all(archive.vault.segments) for one in intent.sightings} == {
        sources[1],
        into,
    }
    is_sound(archive)


def test_a_destruction_takes_the_keys_out_of_pack_and_sources(archive, clock, people):
    rule()
    sources = captured(archive)
    packed(archive, clock)
    (one,) = Sighting.objects.filter(commitment=archive.vault.footer(sources[2]).frames[0].commitment.hex())
    old_ring = archive.vault.keyrings.get(keyring_key(sources[2]))
    done = destroyed(people, archive, [one.message_id])
    assert (done.cause, everywhere(archive, one.id)) == (Cause.DISPOSAL, [])

    ring = archive.vault.keyrings.info(keyring_key(sources[2]))
    archive.vault.keyrings.replace(keyring_key(sources[2]), old_ring, etag=ring.etag)  # from a backup
    assert replay(archive).keys_removed == 1
    assert everywhere(archive, one.id) == []
    is_sound(archive)


def test_a_pack_with_dead_frames_is_packed_anew_without_them_once_its_lock_is_over(archive, clock, people):
    rule()
    captured(archive)
    packed(archive, clock)
    gone = Sighting.objects.order_by("id").first()
    destroyed(people, archive, [gone.message_id])
    let_go(archive, clock)
    assert not DestroyedSighting.objects.filter(ciphertext_gone_at__isnull=False).exists()
    clock.wait(days=5)
    packing.run(archive, after=DAY, now=clock.now)
    let_go(archive, clock)

    (segment_id,) = archive.vault.segment_ids()
    assert gone.id not in {frame.sighting_id for frame in archive.vault.footer(segment_id).frames}
    assert DestroyedSighting.objects.filter(ciphertext_gone_at__isnull=False).count() == 1
    is_sound(archive)


def test_a_source_stays_while_its_pack_does_not_read(archive, clock):
    captured(archive)
    packed(archive, clock)
    (row,) = Pack.objects.all()
    clock.wait(days=30)
    key = segment_key(SegmentId(row.id))
    data = archive.vault.segments.get(key)
    archive.vault.segments.delete(key)
    archive.vault.segments.create(key, data[:200] + bytes([data[200] ^ 1]) + data[201:])
    assert packing.run(archive, after=DAY, now=clock.now).let_go == 0
    assert PackedSegment.objects.filter(gone_at__isnull=True).count() == 4


def test_keys_of_a_source_that_is_hidden_stay_while_its_pack_does_not_read(archive, clock):
    sources = captured(archive)
    packed(archive, clock)
    (row,) = Pack.objects.all()
    clock.wait(days=30)
    for key in (segment_key(sources[0]), segment_key(SegmentId(row.id))):
        archive.vault.segments.delete(key)
    packing.run(archive, after=DAY, now=clock.now)
    assert len(keys_of(archive, sources[0])) == 1


def test_the_certificate_counts_the_sources_that_still_have_the_sealed_bytes(archive, clock, people):
    rule()
    captured(archive)
    packed(archive, clock)
    done = destroyed(people, archive, [Sighting.objects.order_by("id").first().message_id])
    assert json.loads(done.certificate)["sealed_bytes"]["segments"] == 5


def test_a_damaged_source_is_left_for_a_person(archive, clock):
    sources = captured(archive)
    clock.wait(days=4)
    key = segment_key(sources[0])
    data = archive.vault.segments.get(key)
    archive.vault.segments.delete(key)
    archive.vault.segments.create(key, data[:-1] + b"?")
    done = packing.run(archive, after=DAY, now=clock.now)
    assert (done.damaged, done.sources) == (1, 3)


@pytest.mark.parametrize("lost", [1, 4])
def test_segments_whose_keys_were_lost_are_left_for_a_person(archive, clock, lost):
    sources = captured(archive)
    for segment_id in sources[:lost]:
        archive.vault.keyrings.delete(keyring_key(segment_id))
    done = packed(archive, clock)

    assert (done.damaged, done.sources) == (lost, 4 - lost)
    assert (Segment.objects.count(), Pack.objects.filter(settled_at=None).exists()) == (4 + (lost < 4), False)


@pytest.mark.parametrize("gone", [False, True])
def test_a_rebuild_finds_the_same_with_and_without_the_sources(archive, clock, gone):
    captured(archive)
    packed(archive, clock)
    if gone:
        let_go(archive, clock)
    before = set(Sighting.objects.values_list("id", "message_id", "segment_id"))
    rebuild_catalogue(archive)
    assert set(Sighting.objects.values_list("id", "message_id", "segment_id")) == before
    assert PackedSegment.objects.count() == 4


def test_a_packed_message_proves_itself_as_it_was_captured(archive, clock):
    captured(archive)
    before = [prove(row, vault=archive.vault) for row in Sighting.objects.order_by("id")]
    packed(archive, clock)
    let_go(archive, clock)
    (into,) = archive.vault.segment_ids()
    after = [prove(row, vault=archive.vault) for row in Sighting.objects.order_by("id")]
    assert after == [replace(one, lies_in=into) for one in before]


def test_the_log_proves_packed_mail_by_the_entry_of_its_capture(archive, clock):
    sources = captured(archive)
    checkpoint = log_at(archive)(b"").checkpoint
    packed(archive, clock)
    let_go(archive, clock)
    (into,) = archive.vault.segment_ids()
    prover = SegmentProver(archive.vault.open(into), log_at(archive)(checkpoint).prove)
    proofs = [prover.open(SightingId(one))[1] for one in Sighting.objects.order_by("id").values_list("id", flat=True)]
    assert [(one.segment, one.log.index) for one in proofs] == [(f"{one}", at) for at, one in enumerate(sources)]


def test_a_packer_that_is_killed_as_it_lets_go_leaves_nothing_that_looks_like_a_loss(archive, clock):
    sources = captured(archive)
    packed(archive, clock)
    clock.wait(days=1)
    archive.vault.segments.delete(segment_key(sources[0]))
    is_sound(archive)
    assert let_go(archive, clock) == 4
    assert keys_of(archive, sources[0]) == set()


def test_nothing_is_packed_while_a_destruction_runs(archive, clock):
    captured(archive)
    clock.wait(days=2, hours=6)
    with turn(archive.data, "disposal", wait=True):
        assert packing.run(archive, after=DAY, now=clock.now).packs == 0
