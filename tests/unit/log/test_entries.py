"""Entries: one encoding each, and no bytes that cannot be read."""

from datetime import UTC, datetime
from uuid import UUID

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.log import entries
from muniment.log.entries import (
    AuditHead,
    BadEntry,
    Disposal,
    Erasure,
    HoldPlaced,
    HoldReleased,
    LoggedEntry,
    OpaqueEntry,
    RuleChange,
    SegmentSealed,
)
from tests.unit.log.builders import NOW, sealed

DIGEST = st.binary(min_size=32, max_size=32)
NUMBER = st.integers(0, 2**64 - 1)
TIMES = st.datetimes(timezones=st.just(UTC))
ENTRIES = st.one_of(
    st.builds(SegmentSealed, segment_id=st.uuids(), root=DIGEST, frames=NUMBER),
    st.builds(HoldPlaced, hold_id=st.uuids(), commitment=DIGEST),
    st.builds(HoldReleased, hold_id=st.uuids(), commitment=DIGEST),
    st.builds(Disposal, disposal_id=st.uuids(), commitment=DIGEST, sightings=NUMBER),
    st.builds(Erasure, erasure_id=st.uuids(), commitment=DIGEST, sightings=NUMBER),
    st.builds(RuleChange, rule_id=st.uuids(), rule_version=NUMBER, commitment=DIGEST),
    st.builds(AuditHead, records=NUMBER, head=DIGEST),
)


@given(ENTRIES, TIMES)
def test_an_entry_comes_back_from_its_bytes(entry, at):
    assert entries.decode(entries.encode(entry, at=at)) == LoggedEntry(at=at, entry=entry)


def test_every_type_of_entry_has_its_name_in_the_log():
    assert {str(name) for name in entries.TYPE_OF.values()} == set(entries.EntryType)


def test_the_bytes_of_an_entry_never_change():
    hold = HoldPlaced(hold_id=UUID(int=1), commitment=bytes(32))
    assert entries.encode(hold, at=datetime(2026, 1, 1, tzinfo=UTC)).hex() == (
        "a56261741b000647484620400064747970656b686f6c642d706c6163656467686f6c645f6964"
        "50000000000000000000000000000000016776657273696f6e016a636f6d6d69746d656e745820" + "00" * 32
    )


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=40).map(lambda tail: b"\xa5" + tail)))
def test_any_bytes_are_read_as_an_entry_or_kept_as_they_are(data):
    found = entries.decode(data)
    assert found == OpaqueEntry(data=data)


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "later-type"},
        {"type": 7},
        {"type": ["hold"]},
        {"version": 2},
        {"extra": 1},
        {"frames": -1},
        {"frames": True},
        {"frames": 1.0},
        {"frames": "1"},
        {"at": 1.5},
        {"at": 2**63},
        {"at": "x"},
        {"root": b"short"},
        {"segment_id": b"short"},
        {"segment_id": "0" * 16},
        {"root": UUID(int=1)},
    ],
)
def test_what_is_not_exactly_an_entry_of_this_version_is_opaque(changed):
    data = cbor2.dumps(cbor2.loads(entries.encode(sealed(1), at=NOW)) | changed, canonical=True)
    assert entries.decode(data) == OpaqueEntry(data=data)


def test_an_entry_in_another_order_is_opaque():
    found = cbor2.loads(entries.encode(sealed(1), at=NOW))
    data = cbor2.dumps(dict(reversed(found.items())))
    assert entries.decode(data) == OpaqueEntry(data=data)


@pytest.mark.parametrize(
    "data", [b"\x81" * 60000, b"\xd8\x1d" * 30000, b"\x9b" + b"\xff" * 8, b"\xbf" * 60000, b"\xc2\x5a\xff\xff\xff\xff"]
)
def test_hostile_cbor_is_opaque(data):
    assert entries.decode(data) == OpaqueEntry(data=data)


@pytest.mark.parametrize("frames", [-1, 2**64, True, 1.5])
def test_a_number_out_of_range_is_refused(frames):
    entry = SegmentSealed(segment_id=sealed(1).segment_id, root=bytes(32), frames=frames)
    with pytest.raises(BadEntry, match="frames"):
        entries.encode(entry, at=NOW)


def test_a_digest_of_the_wrong_length_is_refused():
    with pytest.raises(BadEntry, match="head"):
        entries.encode(AuditHead(records=1, head=bytes(31)), at=NOW)


def test_a_commitment_needs_its_whole_salt():
    with pytest.raises(BadEntry, match="salt"):
        entries.commitment_of(b"terms", b"")


def test_a_commitment_is_the_hash_of_salt_and_document():
    assert entries.commitment_of(b"", bytes(32)).hex().startswith("66687aadf862bd776c8fc18b8e9f8e20")
