"""Ids sort in the order of making."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.ids import UuidSequence, unix_ms_of, uuid7


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**12 - 1), st.integers(0, 2**62 - 1))
def test_an_id_carries_its_time_version_and_variant(unix_ms, rand_a, rand_b):
    identifier = uuid7(unix_ms=unix_ms, rand_a=rand_a, rand_b=rand_b)
    assert (unix_ms_of(identifier), identifier.version, identifier.variant) == (
        unix_ms,
        7,
        "specified in RFC 4122",
    )


@given(st.lists(st.integers(0, 2**47), min_size=2, max_size=200))
def test_ids_of_one_sequence_increase_even_when_the_clock_steps_back(times):
    clock = iter(times)
    sequence = UuidSequence(now_ms=lambda: next(clock), random_bytes=lambda size: b"\x00" * size)
    made = [sequence.next() for _ in times]
    assert made == sorted(set(made))


def test_ids_increase_when_the_counter_of_a_millisecond_is_full():
    sequence = UuidSequence(now_ms=lambda: 5, random_bytes=lambda size: b"\xff" * size)
    made = [sequence.next() for _ in range(5000)]
    assert made == sorted(set(made))
