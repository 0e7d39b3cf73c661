from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.engines.analysis import analyse, places_of, written_words
from muniment.engines.highlight import FIRST_LOOK, Highlighter, Texts
from muniment.engines.matching import find
from muniment.engines.patterns import pattern_of
from muniment.engines.spotting import Spotter, may_hold, needles
from muniment.query.parser import parse

WORDS = [
    *"public publication publications dying die skies sky happily happy organisation organize ability able".split(),
    *"cheval chevaux signé signés signataire constamment constant précisément œuvre oeuvres ils il news".split(),
    *"O'Brien d'accord aujourd'hui John's notes not note the les 125 CAFÉ Straße naïve généreuse généreux".split(),
]
SHAPES = ["{}", "={}", "{}~", "{}*", "*{}", '"{} the"']


def leaf(query):
    return parse(query, today=date(2024, 1, 1))


def shown(query, body):
    (body_highlight, *_) = Highlighter(leaf(query)).highlights(Texts(subject="", body=body, attachment=""))
    return [text for text, is_marked in body_highlight.fragments if is_marked]


@given(st.lists(st.sampled_from(WORDS), max_size=30), st.sampled_from(WORDS), st.sampled_from(SHAPES))
@settings(max_examples=500, deadline=None)
def test_the_words_spotted_are_those_that_a_search_finds(row, word, shape):
    text, query = " ".join(row), leaf(shape.format(word.replace("'", "")))
    pattern = pattern_of(query)
    pieces = [piece for one in pattern for _, piece in one]

    spotted = Spotter(pieces).spot(text)

    analysed = analyse(text)
    for piece in pieces:
        expected = {first for first, _ in find((((0, piece),),), analysed)}
        assert spotted.positions(piece) == expected
        assert not expected or may_hold(text, needles((((0, piece),),)))


@given(st.lists(st.sampled_from(WORDS), max_size=200))
@settings(max_examples=100, deadline=None)
def test_a_word_is_spotted_by_the_language_of_its_lines(row):
    text = " ".join(row)
    (((_, piece),),) = pattern_of(leaf("notes"))

    found = Spotter([piece]).spot(text).positions(piece)

    assert found == {first for first, _ in find((((0, piece),),), analyse(text))}


@pytest.mark.parametrize("filler", ["word ", "mots été "])
def test_marks_beyond_the_first_pages_are_shown_where_these_have_none(filler):
    body = filler * (FIRST_LOOK // len(filler) + 10)

    assert shown("merger", body + "the merger ends") == ["merger"]
    assert shown("merger", "the merger, " + body + "merger of merger") == ["merger"]


def test_a_word_is_not_cut_where_the_first_pages_end():
    body = "x " * (FIRST_LOOK // 2 - 2) + " mergers and so on"

    assert shown("=mer", body) == []
    assert shown("mergers", body) == ["mergers"]


def test_the_places_of_words_are_read_up_to_the_last_one_wanted():
    text = "un deux trois"

    assert places_of(text, [len(written_words(text)) - 1]) == {2: (8, 13)}


@pytest.mark.parametrize("body", ["merger " * 14_000, "a b " * 25_000, "fusion é " * 11_000, "m" * 100_000])
@pytest.mark.parametrize("query", ["merger", "a w/50 b", "fusion~2", "m*r", '"a b a b"'])
def test_a_body_full_of_marks_takes_linear_time(body, query):
    shown(query, body)
