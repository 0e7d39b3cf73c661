"""What goes into the vault comes out bit for bit, or not at all."""

import random
from datetime import timedelta
from pathlib import Path

import cbor2
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.errors import Corrupt
from muniment.ids import SegmentId
from muniment.seal import frame, header
from muniment.seal.layout import keyring_key, segment_key
from muniment.seal.opening import Erased
from muniment.seal.sighting import Recipient
from muniment.seal.vault import WHOLE_BYTES
from muniment.stores.memory import MemoryStore
from muniment.stores.port import ObjectMissing, StoreUnavailable
from tests.unit.seal.builders import NOW, envelope, memory_vault, sighting

SAMPLE = Path(__file__).parents[2] / "corpus" / "seal"
TEXT = st.text(max_size=40)
RECIPIENTS = st.lists(st.binary(max_size=60), max_size=4).map(
    lambda found: tuple(Recipient(address=address) for address in found)
)
ENVELOPES = st.none() | st.builds(
    envelope,
    mail_from=st.binary(max_size=60),
    recipients=RECIPIENTS,
    helo=st.binary(max_size=60),
    tls=TEXT,
    client_port=st.integers(0, 65535),
)
SIGHTINGS = st.builds(
    sighting,
    raw=st.binary(max_size=2000),
    envelope=ENVELOPES,
    custodian=TEXT,
    item=TEXT,
    import_key=TEXT,
    verdicts=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
)


@given(st.lists(SIGHTINGS, min_size=1, max_size=8))
def test_sealed_sightings_open_to_what_they_were(sightings):
    vault = memory_vault()
    sealed = vault.seal(sightings)
    opened = vault.open(sealed.segment_id)
    assert [opened.open(entry) for entry in opened.footer.frames] == sightings


@pytest.mark.parametrize("size", [0, 1, 23, 24, 255, 256, 65535, 65536, 300_000])
def test_raw_of_every_length_class_of_cbor_comes_back(size):
    vault = memory_vault()
    one = sighting(raw=bytes(range(256)) * (size // 256) + bytes(size % 256))
    sealed = vault.seal([one])
    assert vault.read(sealed.segment_id, one.id) == one


@settings(max_examples=200)
@given(st.data())
def test_a_flipped_bit_anywhere_in_a_segment_is_found(data):
    vault = memory_vault()
    sealed = vault.seal([sighting(raw=b"one" * 50), sighting(raw=b"two" * 50)])
    key = segment_key(sealed.segment_id)
    content = bytearray(vault.segments.get(key))
    place = data.draw(st.integers(0, len(content) * 8 - 1))
    content[place // 8] ^= 1 << place % 8
    damaged = memory_vault()
    damaged.segments = MemoryStore()
    damaged.segments.create(key, bytes(content))
    with pytest.raises(Corrupt):
        damaged.open(sealed.segment_id)


def test_a_damaged_frame_is_named_and_the_others_are_salvaged():
    vault = memory_vault()
    first, second = sighting(raw=b"one" * 50), sighting(raw=b"two" * 50)
    sealed = vault.seal([first, second])
    key = segment_key(sealed.segment_id)
    content = bytearray(vault.segments.get(key))
    content[sealed.footer.frames[0].offset + 20] ^= 1
    vault.segments = MemoryStore()
    vault.segments.create(key, bytes(content))
    opened = vault.glance(sealed.segment_id)
    with pytest.raises(Corrupt, match=str(first.id)):
        opened.open(opened.footer.frames[0])
    assert opened.open(opened.footer.frames[1]) == second


class CountedStore(MemoryStore):
    """Counts the bytes that are read."""

    read_bytes = 0

    def get(self, key, *, offset=0, length=None):
        data = super().get(key, offset=offset, length=length)
        self.read_bytes += len(data)
        return data


def test_one_sighting_is_read_without_the_others():
    vault = memory_vault()
    vault.segments = CountedStore()
    sightings = [sighting(raw=random.Random(n).randbytes(100_000)) for n in range(20)]
    sealed = vault.seal(sightings)
    assert vault.read(sealed.segment_id, sightings[3].id) == sightings[3]
    assert vault.segments.read_bytes < 200_000


def test_a_very_large_sighting_comes_back_from_a_segment_checked_in_ranges():
    vault = memory_vault()
    one = sighting(raw=random.Random(1).randbytes(WHOLE_BYTES + 100_000))
    sealed = vault.seal([one])
    opened = vault.open(sealed.segment_id)
    assert (opened.footer, opened.open(opened.footer.frames[0]) == one) == (sealed.footer, True)


@pytest.mark.parametrize("place", [3, 12_000_000, -100_000, -300, -50, -3])
def test_a_flipped_bit_in_a_very_large_segment_is_found(place):
    vault = memory_vault()
    sealed = vault.seal([sighting(raw=random.Random(1).randbytes(WHOLE_BYTES + 100_000))])
    key = segment_key(sealed.segment_id)
    content = bytearray(vault.segments.get(key))
    content[place] ^= 1
    vault.segments = MemoryStore()
    vault.segments.create(key, bytes(content))
    with pytest.raises(Corrupt):
        vault.open(sealed.segment_id)


@given(st.lists(st.sampled_from([0, 23, 24, 300, 70_000]), min_size=0, max_size=3))
def test_a_recipe_of_several_literals_is_their_concatenation(lengths):
    literals = [bytes([number % 256]) * length for number, length in enumerate(lengths)]
    raw = b"".join(literals)
    one = sighting(raw=raw)
    plain = header.encode(one, bytes(32)) + cbor2.dumps(literals, canonical=True)
    packed = zstandard.ZstdCompressor().compress(plain)
    commitment = frame.commitment_of(bytes(32), raw)
    assert frame.unpack(packed, sighting_id=one.id, raw_bytes=len(raw), commitment=commitment) == (one, bytes(32))


@pytest.mark.parametrize(
    "recipe", [b"", b"\x80", b"\x81", b"\x81\x43ab", b"\x81\x5f\x41a\xff", b"\x9f\x41a\xff", b"\x81\xa0", b"\xa0"]
)
def test_a_recipe_that_is_cut_short_or_of_another_version_is_corrupt(recipe):
    one = sighting(raw=b"abc")
    packed = zstandard.ZstdCompressor().compress(header.encode(one, bytes(32)) + recipe)
    with pytest.raises(Corrupt):
        frame.unpack(packed, sighting_id=one.id, raw_bytes=3, commitment=frame.commitment_of(bytes(32), b"abc"))


def test_a_frame_does_not_open_as_another_sighting():
    vault = memory_vault()
    first, second = sighting(), sighting()
    opened = vault.open(vault.seal([first, second]).segment_id)
    one, other = opened.footer.frames
    swapped = type(one)(
        sighting_id=other.sighting_id,
        offset=one.offset,
        length=one.length,
        raw_bytes=one.raw_bytes,
        commitment=one.commitment,
    )
    with pytest.raises(Corrupt):
        opened.open(swapped)


def test_a_sighting_without_a_key_is_erased_for_ever():
    vault = memory_vault()
    one = sighting()
    sealed = vault.seal([one])
    vault.keyrings.delete(keyring_key(sealed.segment_id))
    with pytest.raises(Erased):
        vault.read(sealed.segment_id, one.id)


def test_two_seals_of_the_same_bytes_share_no_commitment_and_no_ciphertext():
    vault = memory_vault()
    sealed = vault.seal([sighting(raw=b"same"), sighting(raw=b"same")])
    one, other = sealed.footer.frames
    assert one.commitment != other.commitment


def test_a_segment_is_locked_for_the_settling_time():
    vault = memory_vault()
    sealed = vault.seal([sighting()])
    assert vault.segments.info(segment_key(sealed.segment_id)).locked_until == NOW + timedelta(days=3)


class FullStore(MemoryStore):
    """A store whose disk is full."""

    def create(self, key, data, *, lock_until=None):
        raise StoreUnavailable("full")


def test_a_full_store_seals_nothing_and_says_so():
    vault = memory_vault()
    vault.segments = FullStore()
    with pytest.raises(StoreUnavailable):
        vault.seal([sighting()])
    assert list(vault.segment_ids()) == []


def test_the_keyring_is_durable_before_the_segment():
    vault = memory_vault()
    vault.segments = FullStore()
    with pytest.raises(StoreUnavailable):
        vault.seal([sighting()])
    assert len(list(vault.keyrings.keys("keyrings/"))) == 1


def test_the_footer_is_read_without_the_frames():
    vault = memory_vault()
    sealed = vault.seal([sighting(raw=bytes(200_000)) for _ in range(3)])
    assert vault.footer(sealed.segment_id) == sealed.footer


def test_the_footer_of_many_frames_is_read_whole():
    vault = memory_vault()
    sealed = vault.seal([sighting(raw=b"x") for _ in range(1000)])
    assert vault.footer(sealed.segment_id) == sealed.footer


def test_an_unknown_segment_is_missing():
    vault = memory_vault()
    with pytest.raises(ObjectMissing):
        vault.open(SegmentId(vault.new_sighting_id()))


def sample_sightings(vault):
    return [
        sighting(
            id=vault.new_sighting_id(),
            raw="Subject: été\r\n\r\nà bientôt\r\n".encode("latin-1"),
            envelope=envelope(),
            verdicts=(("spf", "pass"),),
        ),
        sighting(
            id=vault.new_sighting_id(), raw=b"", custodian="ann@corp.example", item="a.mbox#1", import_key="ab" * 32
        ),
    ]


def test_the_sample_of_version_1_still_opens():
    vault = memory_vault()
    for store, name in ((vault.segments, "segments"), (vault.keyrings, "keyrings")):
        for path in sorted((SAMPLE / name).iterdir()):
            store.create(path.name.replace("_", "/"), path.read_bytes())
    (segment_id,) = vault.segment_ids()
    opened = vault.open(segment_id)
    first, second = (opened.open(entry) for entry in opened.footer.frames)
    assert (first.raw, first.envelope, first.verdicts) == (
        "Subject: été\r\n\r\nà bientôt\r\n".encode("latin-1"),
        envelope(),
        (("spf", "pass"),),
    )
    assert (second.raw, second.custodian, second.item, second.captured_at) == (b"", "ann@corp.example", "a.mbox#1", NOW)
