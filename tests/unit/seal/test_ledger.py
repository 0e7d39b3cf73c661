"""The erasure ledger: what must be destroyed is written once, whole, locked, and reads back."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import Refused
from muniment.ids import SegmentId, SightingId
from muniment.seal import ledger
from muniment.seal.ledger import Cause, Intent, LedgerCorrupt
from muniment.stores.memory import MemoryStore
from muniment.stores.port import ObjectLocked
from tests.unit.seal.builders import IDS, NOW, memory_vault

ids = st.integers(min_value=0, max_value=2**128 - 1).map(lambda number: UUID(int=number))
intents = st.builds(
    Intent,
    disposal_id=ids,
    cause=st.sampled_from(Cause),
    at=st.datetimes(min_value=NOW.replace(tzinfo=None, year=2000)).map(lambda at: at.replace(tzinfo=NOW.tzinfo)),
    sightings=st.dictionaries(
        ids.map(SegmentId), st.frozensets(ids.map(SightingId), min_size=1, max_size=5), min_size=1, max_size=5
    ),
    messages=st.dictionaries(ids.map(SightingId), ids, max_size=5),
    marks=st.dictionaries(ids.map(SightingId), st.binary(min_size=32, max_size=32), max_size=5),
    audit_entries=st.frozensets(st.binary(min_size=32, max_size=32), max_size=5),
)


def intent(**fields):
    return Intent(
        **{
            "disposal_id": IDS.next(),
            "cause": Cause.DISPOSAL,
            "at": NOW,
            "sightings": {SegmentId(IDS.next()): frozenset({SightingId(IDS.next())})},
        }
        | fields
    )


@given(intents)
def test_an_intent_reads_back_as_it_was_written(found):
    assert ledger.decode(ledger.encode(found)) == found


@given(intents, st.data())
def test_a_flipped_bit_is_found(found, data):
    stored = bytearray(ledger.encode(found))
    place = data.draw(st.integers(min_value=0, max_value=len(stored) * 8 - 1))
    stored[place // 8] ^= 1 << place % 8

    with pytest.raises(LedgerCorrupt):
        ledger.decode(bytes(stored))


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused_as_corrupt(data):
    with pytest.raises(LedgerCorrupt):
        ledger.decode(data)


def test_written_twice_it_stands_once_and_locked():
    store, found = MemoryStore(), intent()

    keys = {ledger.write(store, found), ledger.write(store, found)}

    assert [key for key, _ in ledger.read_all(store)] == sorted(keys)
    assert store.info(keys.pop()).locked_until == NOW + ledger.LOCK


def test_what_is_locked_cannot_be_deleted():
    store, found = MemoryStore(now=lambda: NOW), intent()
    key = ledger.write(store, found)

    with pytest.raises(ObjectLocked):
        store.delete(key)


def test_the_erased_are_told_wherever_they_lie():
    store, segment = MemoryStore(), SegmentId(IDS.next())
    first, second = SightingId(IDS.next()), SightingId(IDS.next())
    ledger.write(store, intent(sightings={segment: frozenset({first})}))
    ledger.write(store, intent(sightings={segment: frozenset({second})}, at=NOW + timedelta(days=1)))

    assert ledger.erased(store) == {first, second}


@pytest.mark.parametrize("count", [0, ledger.MAX_NAMED + 1])
def test_an_intent_names_a_bounded_number_of_sightings(count):
    with pytest.raises(Refused):
        intent(sightings={SegmentId(IDS.next()): frozenset(SightingId(IDS.next()) for _ in range(count))})


def test_a_mark_is_the_same_for_the_same_item_and_key_and_tells_the_key():
    vault = memory_vault()
    kek = vault.keys.current("default")
    other = vault.keys.rotate("default")

    marks = [ledger.import_mark(vault.keys, kek, "a" * 64), ledger.import_mark(vault.keys, kek, "a" * 64)]

    assert marks[0] == marks[1]
    assert ledger.kek_of(marks[0]) == kek
    assert ledger.import_mark(vault.keys, kek, "b" * 64) != marks[0]
    assert ledger.import_mark(vault.keys, other, "a" * 64) != marks[0]
