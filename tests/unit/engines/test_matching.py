import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.engines.matching import within_edits

EDITS = {
    ("merger", "merger"): 0,
    ("merger", "merge"): 1,
    ("merger", "mergre"): 1,
    ("merger", "murger"): 1,
    ("merger", "emregr"): 2,
    ("merger", "xxrger"): 2,
    ("", "ab"): 2,
}


@pytest.mark.parametrize("pair", EDITS)
def test_two_words_differ_by_so_many_edits(pair):
    assert [within_edits(*pair, limit) for limit in (0, 1, 2)] == [EDITS[pair] <= limit for limit in (0, 1, 2)]


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.integers(0, 3))
def test_edits_count_the_same_both_ways(word, other, limit):
    assert within_edits(word, other, limit) == within_edits(other, word, limit)
