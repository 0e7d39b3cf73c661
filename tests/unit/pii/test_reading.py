"""Texts are looked through in windows, within a budget: the same is found, and what is left unread is said."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.pii.detect import detect
from muniment.pii.model import Kind
from muniment.pii.names import NAMES, name_of
from muniment.pii.reading import MARGIN_CHARS, WINDOW_CHARS, Reader

IBAN = "FR76 3000 6000 0112 3456 7890 189"
_PIECES = st.sampled_from(
    [f"IBAN {IBAN} ", "mel : jean.dupont@corp.example, ", "tél. 01 42 68 53 00\n", "2 55 08 14 168 025 38 ", "mots "]
)


def read(text, **limits):
    reader = Reader(clock=time.thread_time, **limits)
    return tuple(reader.read(text)), reader.in_part


@given(st.lists(_PIECES, min_size=1, max_size=12), st.integers(-MARGIN_CHARS, MARGIN_CHARS))
@settings(max_examples=40, deadline=None)
def test_windows_find_what_the_whole_text_would(pieces, shift):
    text = "mot " * ((WINDOW_CHARS + shift) // 4) + "".join(pieces) + "mot " * 100

    assert read(text) == (detect(text), False)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_a_short_one_as_a_whole(text):
    assert read(text) == (detect(text), False)


@pytest.mark.parametrize("end", range(WINDOW_CHARS - 40, WINDOW_CHARS + 40, 3))
def test_what_lies_across_two_windows_is_found_once(end):
    text = "m " * ((end - len(IBAN)) // 2) + IBAN + " fin"

    assert [finding.kind for finding in read(text)[0]] == [Kind.IBAN]


def test_what_is_beyond_the_characters_of_a_message_is_left_and_said():
    reader = Reader(clock=time.thread_time, max_chars=50)
    first, second, third = ([finding.kind for finding in reader.read(text)] for text in (IBAN, IBAN, IBAN))

    # The second begins within the budget; of the third nothing is left.
    assert (first, second, third, reader.in_part) == ([Kind.IBAN], [Kind.IBAN], [], True)


def test_what_takes_too_long_is_left_and_said():
    ticks = iter(range(1000))
    reader = Reader(clock=lambda: next(ticks), max_seconds=2.5)
    found = list(reader.read((IBAN + " mots " * WINDOW_CHARS)[: WINDOW_CHARS * 4] + IBAN))

    assert ([finding.kind for finding in found], reader.in_part) == ([Kind.IBAN], True)


@pytest.mark.parametrize("text", ["1.2.3." * 60_000, "a@" * 150_000, "0" * 400_000, "\ud800 \0" * 50_000])
def test_hostile_text_takes_little_longer_than_its_budget(text):
    started = time.thread_time()
    read(text, max_seconds=0.2)

    assert time.thread_time() - started < 2.0


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_has_a_name_of_its_own(language):
    names = [name_of(kind, language=language) for kind in Kind]

    assert (list(NAMES), len(set(names))) == (list(Kind), len(Kind))
