"""Offsets in any script, texts that are made to break a scanner, and the promise never to raise."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.pii.detect import detect
from muniment.pii.model import Kind, counts
from muniment.pii.recognisers import RECOGNISERS, TRIGGERS
from muniment.pii.view import view

SIZE = 1 << 18
SECONDS = 8  # measured: at most 1.1; what is quadratic takes minutes
SPACES = "\u00a0\u202f\u2009\u2007\u3000"
PIECES = (
    "NIR 2 55 08 14 168 025 38",
    "FR14 2004 1010 0505 0001 3M02 606",
    "4111 1111 1111 1111",
    "06 39 98 01 23",
    "jane@example.com",
    "192.0.2.146",
    "2001:db8::1:2",
    "commande n° ",
    "\n> ",
    "é",
    "😀",
    "\u200b",
    "@",
    "+",
    "0",
    ".",
    "/",
    "-",
)


@pytest.mark.parametrize("before", ["", "é", "😀 ", "ﬁ\u0301 中文 ", "e\u0301te\u0301 ", "\ud800 ", "\u200f\ufeff "])
def test_offsets_count_code_points_of_the_text(before):
    value = "4111 1111 1111 1111"
    text = f"{before}carte {value} 😀"

    (finding,) = detect(text)

    assert text[finding.start : finding.end] == value


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.NIR, "2 55 08 14 168 025 38"),
        (Kind.IBAN, "FR14 2004 1010 0505 0001 3M02 606"),
        (Kind.CARD, "4111 1111 1111 1111"),
        (Kind.PHONE, "06 39 98 01 23"),
        (Kind.SIRET, "732 829 320 00074"),
    ],
)
def test_every_width_of_space_may_stand_in_a_number(kind, value, space):
    assert counts(detect(value.replace(" ", space))) == {kind: 1}


def test_signs_without_width_and_fullwidth_digits_hide_nothing():
    hidden = "carte 4111\u200b1111\u200b1111\u200b1111"
    wide = "carte \uff14\uff11\uff11\uff11 1111 1111 1111"

    assert counts(detect(hidden)) == counts(detect(wide)) == {Kind.CARD: 1}


@given(st.text())
def test_the_view_has_a_byte_for_each_code_point(text):
    assert len(view(text)) == len(text)


@given(st.text(alphabet=st.characters(exclude_categories=())) | st.lists(st.sampled_from(PIECES)).map("".join))
def test_findings_are_ordered_apart_and_inside_and_nothing_raises(text):
    found = detect(text)

    edges = [edge for finding in found for edge in (finding.start, finding.end)]
    assert edges == sorted(edges)
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))
    assert all(finding.start < finding.end for finding in found)
    assert detect(text) == found


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_the_prefilter_passes_over_no_form(text):
    data = view(text)

    triggered = set(TRIGGERS.Match(data) or ())

    by_form = {at for at, one in enumerate(RECOGNISERS) if one.trigger == one.form.pattern and one.form.search(data)}
    assert by_form <= triggered


def hostile():
    draw = random.Random(7)
    yield "one digit", "1" * SIZE
    yield "digits", "".join(draw.choices("0123456789", k=SIZE))
    yield "grouped digits", "".join(draw.choices("0123456789 .-", k=SIZE))
    yield "at signs", "@" * SIZE
    yield "addresses without end", "a@" * (SIZE // 2)
    yield "half addresses", "a@b." * (SIZE // 4)
    yield "elisions", "l'" * (SIZE // 2) + "@example.com"
    yield "hexadecimal", "".join(draw.choices("0123456789abcdef", k=SIZE))
    yield "dotted numbers", "1.2.3." * (SIZE // 6)
    yield "cards", "4111 1111 1111 1111 " * (SIZE // 20)
    yield "accounts", "FR76 " * (SIZE // 5)
    yield "plus signs", "+1 2 3 4 " * (SIZE // 9)
    yield "scripts", "é\u200b😀中4" * (SIZE // 5)
    yield "a link", "http://" + "4111111111111111/" * (SIZE // 17)


@pytest.mark.parametrize(("name", "text"), list(hostile()), ids=lambda value: value if len(value) < 40 else "")
def test_hostile_text_takes_linear_time(name, text):
    started = time.process_time()

    detect(text)

    assert time.process_time() - started < SECONDS, name
