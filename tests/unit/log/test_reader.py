"""Proofs made from tiles, against the words of RFC 9162 and against the verifier."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.log import checkpoint as checkpoints
from muniment.log import entries, merkle, verify
from muniment.log.proofs import NotInLog
from muniment.log.reader import LogCorrupt, LogEmpty, LogReader
from muniment.stores.memory import MemoryStore
from tests.unit.log.builders import (
    NOW,
    SIGNER,
    VERIFIERS,
    LyingStore,
    filled,
    naive_consistency,
    naive_inclusion,
    naive_root,
    sealed,
)

SIZES = [1, 2, 3, 4, 7, 255, 256, 257, 511, 512, 513, 700]
ROWS = [entries.encode(sealed(number), at=NOW) for number in range(700)]
HASHES = [merkle.leaf_hash(row) for row in ROWS]
STORES = {size: filled(size) for size in SIZES}
LARGE = filled(65535, 65536, 65537, 65800)


def reader_of(size):
    return LogReader.latest(STORES[size], VERIFIERS)


@pytest.mark.parametrize("size", SIZES)
def test_the_checkpoint_signs_the_root_of_the_definition(size):
    assert reader_of(size).checkpoint.root == naive_root(HASHES[:size])


@pytest.mark.parametrize("size", SIZES)
def test_what_was_logged_is_read_back_in_order(size):
    assert list(reader_of(size).entries()) == ROWS[:size]


@given(st.sampled_from(SIZES), st.data())
def test_an_inclusion_proof_is_that_of_the_definition(size, data):
    index = data.draw(st.integers(0, size - 1))
    assert list(reader_of(size).inclusion_proof(index)) == naive_inclusion(index, HASHES[:size])


@given(st.sampled_from(SIZES), st.data())
def test_a_consistency_proof_is_that_of_the_definition(size, data):
    old = data.draw(st.integers(1, size))
    assert list(reader_of(size).consistency_proof(old)) == naive_consistency(old, HASHES[:size])


@given(st.data())
@settings(max_examples=200)
def test_proofs_of_an_earlier_size_come_from_todays_tiles(data):
    size = data.draw(st.integers(1, 700))
    index = data.draw(st.integers(0, size - 1))
    found = reader_of(700)
    assert (found.root_at(size), list(found.inclusion_proof(index, size))) == (
        naive_root(HASHES[:size]),
        naive_inclusion(index, HASHES[:size]),
    )


@given(st.integers(0, 65799), st.integers(1, 65800))
@settings(max_examples=60, deadline=None)
def test_proofs_of_a_log_of_three_levels_hold(index, old):
    found = LogReader.latest(LARGE, VERIFIERS)
    now = found.checkpoint
    before = checkpoints.sign(SIGNER, size=old, root=found.root_at(old))
    verify.check_inclusion(found.entry(index), index=index, checkpoint=now, proof=found.inclusion_proof(index))
    verify.check_consistency(before, now, found.consistency_proof(old))


@pytest.mark.parametrize("size", [65535, 65536, 65537, 65800])
def test_roots_around_a_full_second_level_are_those_of_all_entries(size):
    rows = [merkle.leaf_hash(entries.encode(sealed(number), at=NOW)) for number in range(size)]
    assert LogReader.latest(LARGE, VERIFIERS).root_at(size) == naive_root(rows)


def test_a_proof_reads_few_tiles_of_a_large_log():
    read = []

    class Counting(LyingStore):
        def get(self, key, **kwargs):
            read.append(key)
            return self.inner.get(key, **kwargs)

    LogReader.latest(Counting(LARGE, key=""), VERIFIERS).inclusion_proof(12345)
    assert len(read) == 6  # checkpoint, three tiles of the right edge, the entry's tile and the one above it


def test_the_empty_log_has_no_entries_and_the_empty_root():
    found = LogReader.latest(filled(0), VERIFIERS)
    assert (list(found.entries()), found.root_at(0), found.consistency_proof(0)) == ([], merkle.EMPTY_ROOT, ())


def test_a_store_without_a_log_says_so():
    with pytest.raises(LogEmpty, match="no log yet"):
        LogReader.latest(MemoryStore(), VERIFIERS)


@pytest.mark.parametrize("index", [-1, 257, 10**30])
def test_an_entry_that_is_not_there_is_refused(index):
    with pytest.raises(NotInLog):
        reader_of(257).inclusion_proof(index)


@pytest.mark.parametrize("old", [-1, 258])
def test_a_size_that_the_log_never_had_is_refused(old):
    with pytest.raises(NotInLog):
        reader_of(257).consistency_proof(old)


@pytest.mark.parametrize("start_stop", [(-1, 2), (3, 2), (0, 258)])
def test_entries_out_of_range_are_refused(start_stop):
    with pytest.raises(NotInLog):
        list(reader_of(257).entries(*start_stop))


@given(st.sampled_from(sorted(key for key in STORES[700].keys("log/tile/"))), st.integers(0))
def test_a_flipped_bit_in_any_tile_or_bundle_is_never_read_as_good(key, bit):
    store = LyingStore(STORES[700], key=key, bit=bit)
    with pytest.raises(LogCorrupt):
        list(LogReader.latest(store, VERIFIERS).entries())


@given(st.sampled_from(sorted(key for key in STORES[700].keys("log/tile/"))))
def test_a_missing_tile_or_bundle_is_named(key):
    store = filled(700)
    store.delete(key)
    with pytest.raises(LogCorrupt, match=key):
        list(LogReader.latest(store, VERIFIERS).entries())
