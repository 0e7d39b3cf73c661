"""Packing moves frames verbatim, keeps the proofs of their capture, and leaves behind what has no key."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.errors import Corrupt, Refused
from muniment.ids import SightingId
from muniment.log import merkle
from muniment.seal import keyring, origins
from muniment.seal.layout import keyring_key, segment_key
from muniment.seal.opening import Erased
from muniment.seal.origins import OriginCorrupt
from muniment.seal.packing import former_places, holds_all, pack
from muniment.seal.shredding import shred
from tests.unit.seal.builders import NOW, memory_vault, sighting

LOCK = NOW + timedelta(days=400)


def sealed(vault, *raws):
    """Seal messages into one segment; return its id and its sightings."""
    sightings = [sighting(raw=raw) for raw in raws]
    return vault.seal(sightings).segment_id, sightings


def packed(vault, *segment_ids, **fields):
    into = vault.new_segment_id()
    pack(vault, [vault.open(one) for one in segment_ids], into=into, lock_until=LOCK, **fields)
    return into


def bytes_of_frames(vault, segment_id):
    opened = vault.open(segment_id)
    return {one.sighting_id: bytes(opened.fetch(one.offset, one.length)) for one in opened.footer.frames}


def test_frames_move_verbatim_and_open_to_the_same_bytes():
    vault = memory_vault()
    (first, one), (second, two) = sealed(vault, b"a", b"b"), sealed(vault, b"c")
    into = packed(vault, first, second)

    assert [vault.read(into, each.id) for each in one + two] == one + two
    assert bytes_of_frames(vault, into) == bytes_of_frames(vault, first) | bytes_of_frames(vault, second)
    assert vault.segments.info(segment_key(into)).locked_until == LOCK


def test_the_roots_of_the_sources_can_be_computed_from_the_pack_alone():
    vault = memory_vault()
    (first, _), (second, _) = sealed(vault, b"a", b"b", b"c"), sealed(vault, b"d")
    roots = {one: vault.footer(one).root for one in (first, second)}
    footer = vault.footer(packed(vault, first, second))

    here = [frame.commitment for frame in footer.frames]
    assert {one.segment_id: merkle.root(one.commitments(here)) for one in footer.origins} == roots


def test_what_has_no_key_stays_behind_and_the_proof_of_the_rest_holds():
    vault = memory_vault()
    source, (gone, kept) = sealed(vault, b"a", b"b")
    root = vault.footer(source).root
    shred(vault.keyrings, source, [gone.id])
    into = packed(vault, source)

    footer = vault.footer(into)
    (origin,) = footer.origins
    assert [frame.sighting_id for frame in footer.frames] == [kept.id]
    assert merkle.root(origin.commitments([frame.commitment for frame in footer.frames])) == root
    with pytest.raises(Erased):
        vault.read(into, gone.id)


def test_what_is_left_out_takes_no_key_along():
    vault = memory_vault()
    source, (out, _) = sealed(vault, b"a", b"b")
    into = packed(vault, source, left_out=[out.id])
    assert out.id not in keyring.decode(vault.keyrings.get(keyring_key(into)), into).keys


def test_a_pack_of_packs_remembers_every_segment_before():
    vault = memory_vault()
    (first, one), (second, two) = sealed(vault, b"a"), sealed(vault, b"b", b"c")
    middle = packed(vault, first, second)
    shred(vault.keyrings, middle, [two[0].id])
    last = packed(vault, middle)

    assert former_places(vault, last, [one[0].id, two[1].id, two[0].id]) == {
        first: {one[0].id},
        second: {two[1].id},
        middle: {one[0].id, two[1].id},
    }
    assert vault.read(last, two[1].id).raw == b"c"


def test_keys_are_wrapped_again_under_the_newest_key_of_the_class():
    vault = memory_vault()
    source, (one,) = sealed(vault, b"a")
    newest = vault.keys.rotate("default")
    into = packed(vault, source)
    assert (vault.footer(into).kek_id, vault.read(into, one.id).raw) == (newest, b"a")


def test_a_frame_in_two_sources_moves_once_and_comes_from_both():
    vault = memory_vault()
    source, (one, two) = sealed(vault, b"a", b"b")
    other = packed(vault, source, left_out=[two.id])
    into = packed(vault, source, other)

    assert [frame.sighting_id for frame in vault.footer(into).frames] == [one.id, two.id]
    assert former_places(vault, into, [one.id]) == {source: {one.id}, other: {one.id}}


def test_segments_of_two_classes_are_not_packed_together():
    vault = memory_vault()
    opened = vault.open(sealed(vault, b"a")[0])
    strange = replace(opened, footer=replace(opened.footer, retention_class="other"))
    with pytest.raises(Refused, match="one retention class"):
        pack(vault, [opened, strange], into=vault.new_segment_id(), lock_until=LOCK)


def test_a_damaged_frame_is_not_packed():
    vault = memory_vault()
    opened = vault.open(sealed(vault, b"a")[0])
    damaged = replace(opened, fetch=lambda offset, length: bytes(length))
    with pytest.raises(Corrupt):
        pack(vault, [damaged], into=vault.new_segment_id(), lock_until=LOCK)
    assert len(list(vault.segments.keys("segments/"))) == 1


def test_there_is_nothing_to_pack_where_no_key_is_left():
    vault = memory_vault()
    source, (one,) = sealed(vault, b"a")
    shred(vault.keyrings, source, [one.id])
    with pytest.raises(Refused, match="nothing to pack"):
        packed(vault, source)


def test_a_source_may_go_only_when_all_of_it_is_elsewhere_with_its_keys_or_gone():
    vault = memory_vault()
    source, (one, two) = sealed(vault, b"a", b"b")
    half = vault.open(packed(vault, source, left_out=[two.id]))

    assert not holds_all(vault, source, packed=[half], gone=[])
    assert holds_all(vault, source, packed=[half], gone=[two.id])
    shred(vault.keyrings, half.segment_id, [one.id])
    assert not holds_all(vault, source, packed=[vault.open(half.segment_id)], gone=[two.id])


@given(st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=5), st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_moves_however_often_its_first_root_is_proved(sizes, data):
    vault = memory_vault()
    sources = [sealed(vault, *(bytes([each, number]) for each in range(size))) for number, size in enumerate(sizes)]
    roots = {source: vault.footer(source).root for source, _ in sources}
    living = {one.id: one.raw for _, sightings in sources for one in sightings}
    current = [source for source, _ in sources]
    for _ in range(3):
        gone = data.draw(st.sets(st.sampled_from(sorted(living)), max_size=len(living) - 1))
        for segment_id in current:
            shred(vault.keyrings, segment_id, [SightingId(one) for one in gone])
        living = {one: raw for one, raw in living.items() if one not in gone}
        current = [packed(vault, *current)]
    footer = vault.open(current[0]).footer
    here = [frame.commitment for frame in footer.frames]

    assert {frame.sighting_id: vault.read(current[0], frame.sighting_id).raw for frame in footer.frames} == living
    assert all(merkle.root(one.commitments(here)) == roots.get(one.segment_id, one.root) for one in footer.origins)
    assert set(living) == {one for source in roots for one in former_places(vault, current[0], living).get(source, ())}


@pytest.mark.parametrize("leaves", [[5], [], [b"x" * 32], [True], [-1]])
def test_an_origin_that_leads_elsewhere_is_refused(leaves):
    plain = [[bytes(16), bytes(32), leaves]]
    with pytest.raises((OriginCorrupt, ValueError)):
        origins.from_plain(plain)[0].commitments([bytes(32)])
