"""The words of a message and of its HTML."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.mail.html import html_to_text
from muniment.mail.parse import parse
from muniment.mail.text import body_text, preview


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>two</p>", "One\ntwo"),
        ("Hel<b>lo</b> wor<i>ld</i>", "Hello world"),
        ("a<br>b", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<script>x()</script><style>p{}</style>seen", "seen"),
        ("<html><head><title>t</title></head><body>seen</body></html>", "seen"),
        ('<img alt="Logo &amp; name">', "Logo & name"),
        ("&eacute;t&#233;&nbsp;x", "été x"),
        ("a<!-- no -->b", "ab"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_html_reads_as_a_reader_sees_it(html, text):
    assert html_to_text(html) == text
    # What is large goes another way, and must read alike.
    assert html_to_text(html + "<i></i>" * 5_000) == text
    assert html_to_text("<u>" * 30_000 + html) == text


TRAPS = {
    "nested blocks": "<div>" * 200_000 + "x",
    "nested tables": "<table>" * 100_000,
    "formatting": "".join(f"<font a={n}>" for n in range(1_000)) + "<p>x" * 100_000,
    "attributes": "<a " + " ".join(f"x{n}=1" for n in range(100_000)) + ">x",
    "attributes behind a quote": '<a x=">" ' + " ".join(f"x{n}=1" for n in range(100_000)) + ">x",
    "open quotes": '<a x="' * 100_000,
    "comments": "<!--" * 200_000,
    "scripts": "<script>" * 100_000,
    "entities": "&a" * 500_000,
    "brackets": "<" * 1_000_000,
    "blanks": "<p>" + " \n" * 1_000_000 + "x",
    "mixed": "<b><div></b>" * 50_000,
}


@pytest.mark.parametrize("trap", TRAPS)
def test_html_made_to_hurt_is_read_in_linear_time(trap):
    began = time.process_time()

    html_to_text(TRAPS[trap])

    assert time.process_time() - began < 5


@given(st.text(alphabet="<>/!-=\"' abpdivscript&;é\n", max_size=300))
def test_no_html_makes_it_raise(html):
    html_to_text(html).encode()
    html_to_text(html + "<i>" * 6_000).encode()


def test_the_body_of_html_only_mail_is_its_text(corpus):
    assert body_text(parse(corpus["html-only"])) == "Soldes d’été\nOne two\nthree Logo"


def test_the_body_leaves_nested_messages_to_themselves(corpus):
    assert body_text(parse(corpus["nested"])) == "See below."


def test_of_alternatives_the_plain_one_is_taken(corpus):
    assert body_text(parse(corpus["unclosed"])) == "plain"


def test_html_that_says_much_more_than_the_plain_text_is_taken_too():
    raw = b"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nUse another reader.\n--b\nContent-Type: text/html\n\n"

    text = body_text(parse(raw + b"<p>" + b"secret words " * 100 + b"</p>\n--b--\n"))

    assert text.startswith("Use another reader.")
    assert text.count("secret words") == 100


def test_words_behind_the_last_boundary_are_found(corpus):
    assert body_text(parse(corpus["epilogue"])) == "shown\n\nhidden after the end"


def test_a_preview_is_one_short_line_cut_at_a_word():
    assert preview("  one\n\n two  ") == "one two"
    assert preview("word " * 100) == ("word " * 39).strip() + "…"
