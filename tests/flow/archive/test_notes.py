"""Notes for the evidence log: written with the act, logged once whatever is killed, and proved to anybody."""

from uuid import UUID

import pytest

from archive.models import LogNote, Segment, SegmentStage
from archive.services import notes, sweep
from archive.services.notes import NotLogged, consistency, log_pending, proof_of
from archive.services.rebuild import rebuild_catalogue
from archive.services.stages import turn
from muniment.errors import Corrupt
from muniment.log import checkpoint as checkpoints
from muniment.log import verify
from muniment.log.checkpoint import open_checkpoint
from muniment.log.entries import AuditHead, HoldPlaced, LoggedEntry, commitment_of, decode
from muniment.log.note import NoteSigner
from muniment.log.writer import LogForked
from muniment.stores.port import StoreUnavailable
from tests.flow.archive.builders import mail, memory_archive, seal
from tests.flow.archive.logs import AT, copy_of, logged, on_store, place_hold, reader_of
from tests.unit.log.builders import FragileStore, Killed

pytestmark = pytest.mark.django_db
CHANGES = (
    7  # of a store, by the first append of a log: checkpoint, batch, bundle, tile, checkpoint, batch; then no more
)


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


def sealed(archive, *keys):
    found = [seal(archive, mail(key)) for key in keys]
    sweep.catalogue_missing(vault=archive.vault)
    return found


def entries_of(*rows):
    return [bytes(row.entry) for row in rows]


def indexes():
    return list(LogNote.objects.order_by("id").values_list("log_index", flat=True))


def test_a_note_commits_to_its_document():
    note = place_hold(document="tout ce qui concerne l’été")
    entry = HoldPlaced(hold_id=UUID(int=7), commitment=commitment_of(note.document.encode(), note.salt))
    assert decode(note.entry) == LoggedEntry(at=AT, entry=entry)


def test_the_same_document_is_never_committed_to_alike():
    assert bytes(place_hold().entry) != bytes(place_hold().entry)


def test_a_note_without_commitment_has_no_document():
    note = notes.write_plain(AuditHead(records=3, head=bytes(32)), subject="audit:head", at=AT)
    assert (LogNote.objects.get().id, note.document, bytes(note.salt)) == (note.id, "", b"")


def test_each_note_is_logged_once_byte_for_byte(archive):
    first = place_hold(1)
    done = [log_pending(archive)]
    second = place_hold(2)
    done += [log_pending(archive), log_pending(archive)]
    assert (done, logged(archive), indexes()) == ([1, 1, 0], entries_of(first, second), [0, 1])


def test_notes_and_segments_share_the_log(archive):
    sealed(archive, "1", "2")
    place_hold()
    assert (log_pending(archive), len(logged(archive))) == (3, 3)
    assert sorted([*indexes(), *Segment.objects.values_list("log_index", flat=True)]) == [0, 1, 2]


@pytest.mark.parametrize("error", [Killed, StoreUnavailable])
@pytest.mark.parametrize("after_change", [False, True])
@pytest.mark.parametrize("changes", range(CHANGES - 1))
def test_killed_at_any_change_of_the_store_every_note_is_logged_once(archive, changes, after_change, error):
    first, second = place_hold(1), place_hold(2)
    fragile = FragileStore(archive.vault.segments, changes, error, after_change)
    with pytest.raises(error):
        log_pending(on_store(archive, fragile))
    third = place_hold(3)
    log_pending(archive)
    assert (logged(archive), indexes()) == (entries_of(first, second, third), [0, 1, 2])


def test_the_kills_of_these_tests_reach_every_change(archive):
    place_hold()
    counting = FragileStore(archive.vault.segments)
    log_pending(on_store(archive, counting))
    assert len(counting.changes) == CHANGES - 1


def test_while_another_process_logs_nothing_is_done(archive):
    place_hold()
    with turn(archive.data, "logging", wait=False):
        assert (log_pending(archive), indexes()) == (0, [None])


def test_after_a_rebuild_nothing_is_logged_twice(archive):
    sealed(archive, "1")
    place_hold(1)
    log_pending(archive)
    sealed(archive, "2")
    log_pending(archive)
    place_hold(2)
    log_pending(archive)
    before = logged(archive)
    rebuild_catalogue(archive)
    assert (log_pending(archive), logged(archive) == before) == (0, True)
    assert list(Segment.objects.order_by("id").values_list("log_index", flat=True)) == [0, 2]


def test_a_catalogue_that_comes_back_in_pieces_finds_entries_that_are_not_in_its_order(archive):
    late, early = sealed(archive, "1", "2")
    hidden = SegmentStage.objects.filter(segment_id=late)
    hidden.update(state="pending")
    log_pending(archive)
    hidden.update(state="done")
    log_pending(archive)
    place_hold()
    log_pending(archive)
    Segment.objects.filter(id=early).update(log_index=None)
    assert (log_pending(archive), len(logged(archive))) == (0, 3)
    assert dict(Segment.objects.values_list("id", "log_index")) == {early: 0, late: 1}


def test_a_database_put_back_from_a_backup_finds_its_notes_and_goes_on(archive):
    kept, waiting = place_hold(1), place_hold(2)
    lost = place_hold(3)
    log_pending(archive)
    LogNote.objects.filter(id=lost.id).delete()
    LogNote.objects.filter(id=waiting.id).update(log_index=None)
    new = place_hold(4)
    assert (log_pending(archive), indexes()) == (1, [0, 1, 3])
    assert logged(archive) == entries_of(kept, waiting, lost, new)


def test_an_older_copy_of_the_log_is_not_continued(archive):
    place_hold(1)
    log_pending(archive)
    older = copy_of(archive.vault.segments)
    place_hold(2)
    log_pending(archive)
    place_hold(3)
    with pytest.raises(LogForked, match=r"knows entry 1 .* which has 1"):
        log_pending(on_store(archive, older))


def test_a_note_is_proved_with_the_log_s_key_alone(archive):
    sealed(archive, *"123456789")
    note = place_hold(document="everything of ann")
    log_pending(archive)
    proof = proof_of(archive, note)
    checkpoint = open_checkpoint(proof.checkpoint.encode(), [archive.signer.verifier])
    verify.check_inclusion(proof.entry, index=proof.index, checkpoint=checkpoint, proof=proof.path)
    assert decode(proof.entry).entry.commitment == commitment_of(proof.document.encode(), proof.salt)
    assert proof.document == "everything of ann"


def test_a_note_that_is_not_logged_has_no_proof_yet(archive):
    note = place_hold()
    with pytest.raises(NotLogged, match="not in the evidence log yet"):
        proof_of(archive, note)


def test_a_later_checkpoint_is_proved_to_continue_an_earlier_one(archive):
    for number in range(1, 6):
        place_hold(number)
        log_pending(archive)
    first, last = (proof_at(archive, size) for size in (3, 5))
    path = consistency(archive, first, last)
    old, new = (open_checkpoint(note.encode(), [archive.signer.verifier]) for note in (first, last))
    verify.check_consistency(old, new, path)


def proof_at(archive, size):
    """Return the checkpoint that the log had, or has, at a size, as its key signs it."""
    return signed(archive.signer, size, reader_of(archive).root_at(size))


def signed(signer, size, root):
    return checkpoints.sign(signer, size=size, root=root).note.decode()


def test_a_checkpoint_of_another_history_is_not_continued(archive):
    place_hold(1)
    place_hold(2)
    log_pending(archive)
    other = signed(archive.signer, 1, bytes(32))
    with pytest.raises(Corrupt, match="does not continue"):
        consistency(archive, other, proof_at(archive, 2))


def test_a_checkpoint_of_another_key_is_not_believed(archive):
    place_hold()
    log_pending(archive)
    stranger = NoteSigner("muniment.example/log", seed=bytes([1]) * 32)
    with pytest.raises(Corrupt):
        consistency(archive, signed(stranger, 1, reader_of(archive).root_at(1)), proof_at(archive, 1))
