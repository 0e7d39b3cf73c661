"""Appending: restartable after a kill between any two changes, safe beside other writers, closed to forgers."""

import contextlib
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from muniment.log import checkpoint as checkpoints
from muniment.log import entries, layout, merkle, pending, verify
from muniment.log.entries import BadEntry
from muniment.log.fsck import fsck
from muniment.log.note import NoteCorrupt, NoteSigner
from muniment.log.reader import LogReader
from muniment.log.tidy import tidy
from muniment.log.writer import MAX_BATCH_ENTRIES, BatchTooLarge, LogBusy, LogForked, LogWriter
from muniment.stores.memory import MemoryStore
from muniment.stores.port import StoreUnavailable
from tests.unit.log.builders import (
    NOW,
    SIGNER,
    VERIFIERS,
    FragileStore,
    Killed,
    MeddlingStore,
    filled,
    naive_root,
    sealed,
    unavailable_after,
)

LATER = NOW + timedelta(hours=1)


def numbers(store):
    return [entries.decode(row).entry.frames for row in LogReader.latest(store, VERIFIERS).entries()]


def batch(start, stop):
    return [sealed(number) for number in range(start, stop)]


def test_a_batch_gets_the_next_indexes_and_a_checkpoint_that_proves_it():
    store = filled(3)
    done = LogWriter(store, SIGNER).append(batch(3, 8), NOW)
    assert (done.first_index, done.checkpoint, numbers(store)) == (
        3,
        LogReader.latest(store, VERIFIERS).checkpoint,
        list(range(8)),
    )


def test_an_append_of_nothing_changes_nothing():
    store = filled(3)
    keys = list(store.keys(""))
    assert (LogWriter(store, SIGNER).append([], NOW).first_index, list(store.keys(""))) == (3, keys)


def test_only_the_objects_of_tlog_tiles_remain_after_an_append():
    assert list(filled(256, 600).keys("")) == [
        "log/checkpoint",
        "log/tile/0/000",
        "log/tile/0/001",
        "log/tile/0/002.p/88",
        "log/tile/1/000.p/1",
        "log/tile/1/000.p/2",
        "log/tile/entries/000",
        "log/tile/entries/001",
        "log/tile/entries/002.p/88",
    ]


@pytest.mark.parametrize("error", [Killed, StoreUnavailable])
@pytest.mark.parametrize("after_change", [False, True])
@pytest.mark.parametrize("changes", range(12))
def test_a_writer_that_is_stopped_at_any_change_leaves_a_log_that_the_next_continues(error, after_change, changes):
    store = filled(250)
    fragile = FragileStore(store, changes, error, after_change=after_change)
    with contextlib.suppress(Killed, StoreUnavailable):
        LogWriter(fragile, SIGNER).append(batch(250, 520), NOW)
    LogWriter(store, SIGNER).append(batch(520, 530), LATER)
    whole, lost = list(range(530)), [*range(250), *range(520, 530)]
    assert numbers(store) in ([whole] if fragile.changes else [whole, lost])
    assert fsck(store, VERIFIERS).is_sound


def test_a_call_that_is_repeated_after_a_lost_answer_logs_once():
    store = filled(5)
    with pytest.raises(StoreUnavailable):
        LogWriter(unavailable_after(store, 0), SIGNER).append(batch(5, 9), NOW)
    done = LogWriter(store, SIGNER).append(batch(5, 9), NOW)
    assert (done.first_index, numbers(store)) == (5, list(range(9)))


def test_repair_finishes_what_a_killed_writer_promised():
    store = filled(5)
    with pytest.raises(Killed):
        LogWriter(FragileStore(store, 2), SIGNER).append(batch(5, 300), NOW)
    reached = LogWriter(store, SIGNER).repair(LATER)
    assert (reached.size, numbers(store), list(store.keys("log/pending/"))) == (300, list(range(300)), [])


def test_repair_of_a_whole_log_changes_nothing():
    store = filled(5)
    assert LogWriter(store, SIGNER).repair(NOW) == LogReader.latest(store, VERIFIERS).checkpoint


def meddled(store, changes, *, after_change=False, other=range(1000, 1010)):
    """Return a store on which another writer logs a batch at one of the changes."""
    new = [sealed(number) for number in other]
    return MeddlingStore(
        store, changes, after_change=after_change, meddle=lambda: LogWriter(store, SIGNER).append(new, LATER)
    )


@pytest.mark.parametrize("after_change", [False, True])
@pytest.mark.parametrize("changes", range(9))
def test_two_writers_at_once_both_get_in_once_and_whole_whoever_is_first(changes, after_change):
    store = filled(250)
    done = LogWriter(meddled(store, changes, after_change=after_change), SIGNER).append(batch(250, 270), NOW)
    first, second = list(range(250, 270)), list(range(1000, 1010))
    assert numbers(store)[250:] in (first + second, second + first, first)
    assert numbers(store)[done.first_index : done.first_index + 20] == first
    assert fsck(store, VERIFIERS).is_sound


def test_a_batch_that_another_writer_finished_is_not_logged_again():
    store = filled(250)
    done = LogWriter(meddled(store, 0, after_change=True), SIGNER).append(batch(250, 270), NOW)
    assert (done.first_index, numbers(store)[250:]) == (250, [*range(250, 270), *range(1000, 1010)])


def test_a_stale_claim_of_a_slow_writer_is_withdrawn():
    store = filled(250)
    done = LogWriter(meddled(store, 0), SIGNER).append(batch(250, 270), NOW)
    assert (done.first_index, list(store.keys("log/pending/"))) == (260, [])


def test_a_writer_that_always_loses_gives_up_and_says_so():
    store = filled(0)
    turns = iter(range(1, 1000))

    class Racing(MemoryStore):
        def create(self, key, data, **kwargs):
            LogWriter(store, SIGNER).append([sealed(next(turns))], LATER)
            return store.create(key, data, **kwargs)

        def __getattribute__(self, name):
            return object.__getattribute__(self, name) if name == "create" else getattr(store, name)

    with pytest.raises(LogBusy):
        LogWriter(Racing(), SIGNER).append([sealed(0)], NOW)
    assert 0 not in numbers(store)


def test_an_old_copy_of_the_log_is_not_continued_by_a_caller_who_knows_better():
    known = LogReader.latest(filled(9), VERIFIERS).checkpoint
    with pytest.raises(LogForked, match="old or another copy"):
        LogWriter(filled(5), SIGNER).append([sealed(6)], NOW, known=known)


def test_another_log_of_the_same_size_is_not_continued():
    known = checkpoints.sign(SIGNER, size=5, root=bytes(32))
    with pytest.raises(LogForked):
        LogWriter(filled(9), SIGNER).append([sealed(9)], NOW, known=known)


def test_a_log_that_grew_since_it_was_known_is_continued():
    known = LogReader.latest(filled(5), VERIFIERS).checkpoint
    assert LogWriter(filled(5, 9), SIGNER).append([sealed(9)], NOW, known=known).first_index == 9


def test_a_lost_checkpoint_does_not_begin_the_log_again():
    store = filled(5)
    store.delete("log/checkpoint")
    with pytest.raises(LogForked, match="gone though tiles stand"):
        LogWriter(store, SIGNER).append([sealed(5)], NOW)


def test_a_tile_with_other_bytes_stops_the_writer():
    store = filled(5)
    store.create("log/tile/0/000.p/6", bytes(192))
    with pytest.raises(LogForked, match=r"log/tile/0/000\.p/6"):
        LogWriter(store, SIGNER).append([sealed(5)], NOW)


@pytest.mark.parametrize("moved", ["signer", "place", "base", "entries", "none", "rubbish"])
def test_a_batch_that_the_key_did_not_sign_for_its_place_is_never_logged(moved):
    root = LogReader.latest(filled(5), VERIFIERS).checkpoint.root
    forger = NoteSigner("muniment.example/log", seed=bytes(32))
    forged = {
        "signer": pending.encode(pending.Batch(first_index=5, base=root, entries=(b"x",)), forger),
        "place": pending.encode(pending.Batch(first_index=6, base=root, entries=(b"x",)), SIGNER),
        "base": pending.encode(pending.Batch(first_index=5, base=bytes(32), entries=(b"x",)), SIGNER),
        "entries": pending.encode(pending.Batch(first_index=5, base=root, entries=(b"x",)), SIGNER)[:-1] + b"y",
        "none": pending.encode(pending.Batch(first_index=5, base=root, entries=()), SIGNER),
        "rubbish": b"\xff" * 40,
    }[moved]
    store = filled(5)
    store.create(layout.pending_key(5), forged)
    with pytest.raises((pending.PendingCorrupt, NoteCorrupt)):
        LogWriter(store, SIGNER).append([sealed(5)], NOW)
    assert numbers(store) == list(range(5))


def test_the_signature_of_a_batch_is_no_checkpoint():
    note = pending.encode(pending.Batch(first_index=5, base=bytes(32), entries=(b"x",)), SIGNER)
    start = note.index(b"pending batch")
    with pytest.raises(NoteCorrupt, match="not among the trusted"):
        checkpoints.open_checkpoint(note[start:], VERIFIERS)


def test_a_batch_that_is_too_large_is_refused_before_anything_is_written():
    store = MemoryStore()
    with pytest.raises(BatchTooLarge):
        LogWriter(store, SIGNER).append([sealed(0)] * (MAX_BATCH_ENTRIES + 1), NOW)
    assert list(store.keys("")) == []


def test_an_entry_that_is_out_of_range_is_refused_before_anything_is_written():
    store = MemoryStore()
    with pytest.raises(BadEntry):
        LogWriter(store, SIGNER).append(
            [sealed(0), sealed(1).__class__(segment_id=sealed(1).segment_id, root=b"", frames=1)], NOW
        )
    assert list(store.keys("")) == []


def test_a_changed_key_continues_the_log_that_the_old_one_signed():
    store = filled(5)
    fresh = NoteSigner("muniment.example/log", seed=b"\x07" * 32)
    LogWriter(store, fresh, old_keys=VERIFIERS).append([sealed(5)], NOW)
    assert LogReader.latest(store, [fresh.verifier]).checkpoint.size == 6


def test_full_tiles_and_bundles_are_locked_and_nothing_else():
    store = MemoryStore(now=lambda: NOW)
    LogWriter(store, SIGNER, lock_for=timedelta(days=30)).append(batch(0, 300), NOW)
    locked = {key for key in store.keys("") if store.info(key).locked_until == NOW + timedelta(days=30)}
    assert locked == {"log/tile/0/000", "log/tile/entries/000"}


def test_tidying_keeps_what_proves_every_checkpoint():
    store = filled(3, 200, 256, 300, 512, 515)
    gone = tidy(store, VERIFIERS)
    found = LogReader.latest(store, VERIFIERS)
    assert (gone, numbers(store), fsck(store, VERIFIERS).is_sound) == (6, list(range(515)), True)
    assert [key for key in store.keys("log/tile/") if ".p/" in key] == [
        "log/tile/0/002.p/3",
        "log/tile/1/000.p/1",
        "log/tile/1/000.p/2",
        "log/tile/entries/002.p/3",
    ]
    rows = [merkle.leaf_hash(row) for row in found.entries()]
    for size in (3, 200, 256, 300, 512):
        assert LogReader(store, checkpoints.sign(SIGNER, size=size, root=naive_root(rows[:size]))).edge().size == size


def test_tidying_takes_finished_batches_and_leaves_waiting_ones():
    store = filled(250)
    with pytest.raises(Killed):
        LogWriter(FragileStore(store, 4), SIGNER).append(batch(250, 252), NOW)
    with pytest.raises(Killed):
        LogWriter(FragileStore(store, 1), SIGNER).append(batch(252, 260), NOW)
    tidy(store, VERIFIERS)
    assert list(store.keys("log/pending/")) == [layout.pending_key(252)]


class Life(RuleBasedStateMachine):
    """Writers that append, are killed, race and tidy, against a list."""

    def __init__(self):
        super().__init__()
        self.store = MemoryStore()
        self.said = []
        self.seen = [LogWriter(self.store, SIGNER).repair(NOW)]
        self.next_number = 0

    def fresh(self, count):
        start, self.next_number = self.next_number, self.next_number + count
        return batch(start, start + count)

    @rule(count=st.integers(1, 300))
    def append(self, count):
        new = self.fresh(count)
        done = LogWriter(self.store, SIGNER).append(new, NOW, known=self.seen[-1])
        self.said += [entry.frames for entry in new]
        assert done.first_index == len(self.said) - count

    @rule(count=st.integers(1, 300), changes=st.integers(0, 9), after_change=st.booleans())
    def append_and_crash(self, count, changes, after_change):
        new = self.fresh(count)
        fragile = FragileStore(self.store, changes, after_change=after_change)
        with contextlib.suppress(Killed):
            LogWriter(fragile, SIGNER).append(new, NOW)
        if any(verb == "create" and key.startswith("log/pending/") for verb, key in fragile.changes):
            self.said += [entry.frames for entry in new]
        LogWriter(self.store, SIGNER).repair(LATER)

    @rule(count=st.integers(1, 20), changes=st.integers(0, 9), after_change=st.booleans())
    def two_at_once(self, count, changes, after_change):
        mine, other = self.fresh(count), self.fresh(3)
        a, b = [entry.frames for entry in mine], [entry.frames for entry in other]
        before = len(self.said)
        LogWriter(meddled(self.store, changes, after_change=after_change, other=b), SIGNER).append(mine, NOW)
        added = numbers(self.store)[before:]
        assert added in (a + b, b + a, a)
        self.said += added

    @rule()
    def tidy(self):
        tidy(self.store, VERIFIERS)

    @invariant()
    def the_log_says_what_was_said(self):
        assert numbers(self.store) == self.said

    @invariant()
    def every_checkpoint_seen_is_the_beginning_of_the_newest(self):
        found = LogReader.latest(self.store, VERIFIERS)
        for earlier in self.seen:
            verify.check_consistency(earlier, found.checkpoint, found.consistency_proof(earlier.size))
        self.seen.append(found.checkpoint)

    @invariant()
    def the_whole_log_is_sound(self):
        report = fsck(self.store, VERIFIERS)
        assert (report.damaged, report.unfinished, report.is_sound) == ({}, (), True)

    @invariant()
    def every_entry_is_proved_in_every_log_that_has_it(self):
        found = LogReader.latest(self.store, VERIFIERS)
        for index in {0, len(self.said) // 2, len(self.said) - 1} if self.said else ():
            proof = found.inclusion_proof(index)
            verify.check_inclusion(found.entry(index), index=index, checkpoint=found.checkpoint, proof=proof)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=10, deadline=None)
