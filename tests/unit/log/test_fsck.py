"""The check of a whole log names what was changed, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.log import bundles, entries, merkle
from muniment.log.fsck import fsck
from muniment.log.note import NoteCorrupt
from muniment.log.reader import LogEmpty, LogReader
from muniment.log.writer import LogWriter
from muniment.stores.memory import MemoryStore
from tests.unit.log.builders import NOW, SIGNER, VERIFIERS, FragileStore, Killed, LyingStore, filled, sealed

GROWN = filled(3, 200, 256, 300, 512, 700)
TILES = sorted(GROWN.keys("log/tile/"))
FORGED = entries.encode(sealed(666), at=NOW)


def overwritten(store, key, data):
    store.delete(key)
    store.create(key, data)


def with_first(bundle, entry):
    return bundles.encode([entry, *bundles.decode(bundle)[1:]])


@pytest.mark.parametrize("sizes", [(0,), (1,), (255,), (256,), (257,), (3, 200, 256, 300, 512, 700)])
def test_a_log_that_was_left_alone_is_sound(sizes):
    report = fsck(filled(*sizes), VERIFIERS)
    assert (report.is_sound, report.damaged, report.unfinished, report.checkpoint.size) == (True, {}, (), sizes[-1])


@pytest.mark.parametrize("size", [65535, 65536, 65537])
def test_a_log_around_two_full_levels_is_sound_and_damage_in_it_is_named(size):
    store = filled(65000, size)
    damaged = LyingStore(store, key="log/tile/0/017", bit=12345)
    assert (fsck(store, VERIFIERS).is_sound, list(fsck(damaged, VERIFIERS).damaged)) == (True, ["log/tile/0/017"])


@pytest.mark.parametrize("key", TILES)
@given(bit=st.integers(0))
@settings(max_examples=12, deadline=None)
def test_a_flipped_bit_is_found_and_its_object_named_alone(key, bit):
    report = fsck(LyingStore(GROWN, key=key, bit=bit), VERIFIERS)
    assert (report.is_sound, list(report.damaged)) == (False, [key])


def test_a_flipped_bit_in_the_checkpoint_is_found():
    for bit in range(8 * len(GROWN.get("log/checkpoint"))):
        with pytest.raises(NoteCorrupt):
            fsck(LyingStore(GROWN, key="log/checkpoint", bit=bit), VERIFIERS)


@pytest.mark.parametrize(
    "key", [key for key in TILES if ".p/" not in key or "/002" in key or key.endswith("/1/000.p/2")]
)
def test_a_missing_object_that_the_checkpoint_needs_is_named(key):
    store = filled(3, 200, 256, 300, 512, 700)
    store.delete(key)
    assert list(fsck(store, VERIFIERS).damaged) == [key]


def test_an_entry_that_was_exchanged_together_with_its_tile_is_found():
    store = filled(700)
    bundle, tile = store.get("log/tile/entries/000"), store.get("log/tile/0/000")
    overwritten(store, "log/tile/entries/000", with_first(bundle, FORGED))
    overwritten(store, "log/tile/0/000", merkle.leaf_hash(FORGED) + tile[32:])
    assert list(fsck(store, VERIFIERS).damaged) == ["log/tile/0/000", "log/tile/entries/000"]


def test_a_log_that_was_exchanged_whole_but_for_its_checkpoint_is_found():
    other = MemoryStore()
    LogWriter(other, SIGNER).append([sealed(number + 1) for number in range(300)], NOW)
    overwritten(other, "log/checkpoint", filled(300).get("log/checkpoint"))
    report = fsck(other, VERIFIERS)
    assert (report.is_sound, list(report.damaged)) == (False, ["log/checkpoint"])


def test_two_damaged_objects_are_both_named():
    store = LyingStore(LyingStore(GROWN, key="log/tile/entries/000", bit=100), key="log/tile/0/000", bit=100)
    assert set(fsck(store, VERIFIERS).damaged) == {"log/tile/entries/000", "log/tile/0/000"}


def test_what_a_killed_writer_left_is_unfinished_and_no_damage():
    store = filled(250)
    with pytest.raises(Killed):
        LogWriter(FragileStore(store, 3), SIGNER).append([sealed(number) for number in range(250, 300)], NOW)
    report = fsck(store, VERIFIERS)
    assert (report.is_sound, list(report.unfinished)) == (
        True,
        ["log/pending/00000000000000000250", "log/tile/0/000", "log/tile/entries/000"],
    )


def test_an_object_that_no_log_has_is_unfinished_business():
    store = filled(5)
    store.create("log/tile/0/xyz", b"")
    assert fsck(store, VERIFIERS).unfinished == ("log/tile/0/xyz",)


def test_progress_tells_how_many_entries_were_read():
    told = []
    fsck(GROWN, VERIFIERS, progress=told.append)
    assert told == [256, 512, 700]


def test_no_log_is_said():
    with pytest.raises(LogEmpty):
        fsck(MemoryStore(), VERIFIERS)


def test_the_root_is_that_which_readers_see():
    assert fsck(GROWN, VERIFIERS).root == LogReader.latest(GROWN, VERIFIERS).checkpoint.root
