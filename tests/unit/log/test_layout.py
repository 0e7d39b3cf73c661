"""Paths of C2SP tlog-tiles, by the examples of the specification; entry bundles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.log import bundles, layout
from muniment.log.layout import ENTRIES_LEVEL, Place


@pytest.mark.parametrize(
    ("place", "key"),
    [
        (Place(0, 0), "log/tile/0/000"),
        (Place(0, 1234067), "log/tile/0/x001/x234/067"),
        (Place(1, 1000), "log/tile/1/x001/000"),
        (Place(7, 273, 112), "log/tile/7/273.p/112"),
        (Place(ENTRIES_LEVEL, 1234067, 1), "log/tile/entries/x001/x234/067.p/1"),
    ],
)
def test_a_place_has_the_path_of_the_specification(place, key):
    assert (place.key, layout.place_of(key)) == (key, place)


@given(st.builds(Place, st.integers(-1, 63), st.integers(0, 2**56), st.integers(1, 256)))
def test_a_key_leads_back_to_its_place(place):
    assert layout.place_of(place.key) == place


@pytest.mark.parametrize(
    "key",
    [
        "log/tile/00/000",
        "log/tile/0/0",
        "log/tile/0/x000/001",
        "log/tile/0/000.p/0",
        "log/tile/0/000.p/256",
        "log/tile/0/000.p/07",
        "log/tile/0/000.p/300",
        "log/checkpoint",
        "tile/0/000",
        "log/tile/0/000 ",
    ],
)
def test_a_key_that_the_log_never_writes_is_no_place(key):
    assert layout.place_of(key) is None


def test_the_right_edge_of_70000_entries_is_that_of_the_specification():
    assert list(layout.right_edge(70_000)) == [Place(0, 273, 112), Place(1, 1, 17), Place(2, 0, 1)]


def test_the_right_edge_of_a_full_tile_is_one_hash_above_it():
    assert list(layout.right_edge(256)) == [Place(1, 0, 1)]


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_entries_come_back_from_their_bundle(rows):
    assert bundles.decode(bundles.encode(rows)) == rows


@given(st.binary(max_size=600))
def test_any_bytes_are_a_bundle_or_are_refused(data):
    try:
        rows = bundles.decode(data)
    except bundles.BundleCorrupt:
        return
    assert bundles.encode(rows) == data


def test_the_longest_entry_fits_and_one_byte_more_does_not():
    assert bundles.decode(bundles.encode([bytes(65535)])) == [bytes(65535)]
    with pytest.raises(bundles.EntryTooLong):
        bundles.encode([bytes(65536)])
