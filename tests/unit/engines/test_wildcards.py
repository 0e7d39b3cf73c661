import re
from fnmatch import translate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.engines.wildcards import ANY, NO_AT, python_regex, tantivy_regex


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_a_wildcard_stands_for_what_shells_take_it_for(wildcard, word):
    assert bool(python_regex(wildcard).fullmatch(word)) == bool(re.match(translate(wildcard), word))


@given(st.text("ab@.*?", max_size=8), st.text("ab@.", max_size=8), st.sampled_from([ANY, NO_AT]))
def test_both_expressions_match_the_same(wildcard, word, character):
    plain = re.compile(tantivy_regex(wildcard, character), re.DOTALL)

    assert bool(python_regex(wildcard, character).fullmatch(word)) == bool(plain.fullmatch(word))


@pytest.mark.parametrize(
    "wildcard", ["a*" * 60 + "b", "*a" * 60 + "*b", "?*" * 60 + "b", "*".join("aaaaaaaaaaaaaaaaaaaaaaa") + "*b"]
)
def test_many_stars_take_no_time(wildcard):
    assert not python_regex(wildcard).fullmatch("a" * 128)
