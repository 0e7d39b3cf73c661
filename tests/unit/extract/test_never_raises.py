"""Whatever the bytes and whatever is claimed of them, there is an answer, and its text is valid Unicode."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.extract.documents import extract_here
from muniment.extract.model import Extraction
from tests.unit.extract import made

TYPES = [
    "", "text/plain", "text/plain; charset=utf-16", "text/html", "text/calendar", "text/vcard", "text/rtf", "text/xml", "text/csv",
    "message/rfc822", "application/pdf", "application/zip", "application/x-tar", "application/pkcs7-mime", "application/pgp-encrypted",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "image/png", "application/octet-stream",
]  # fmt: skip
NAMES = ["", "a.eml", "a.ics", "a.vcf", "a.html", "a.rtf", "a.xml", "a.tgz", "a.mht", "a", ".", "\0", "x" * 2000]
STARTS = [
    b"", b"%PDF-1.4\n", b"PK\x03\x04", b"{\\rtf1 ", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00", b"<html>", b"<?xml version='1.0'?>",
    b"BEGIN:VCALENDAR\n", b"BEGIN:VCARD\n", b"From: a\nTo: b\nDate: c\n\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe",
]  # fmt: skip
WHOLE = [
    made.pdf("Déjà vu", "deux"),
    made.docx(made.paragraph("Déjà")),
    made.xlsx(
        '<row><c t="s"><v>0</v></c><c s="1"><v>45382</v></c></row>', strings=["<t>a</t>"], formats=["dd/mm/yyyy"]
    ),
    made.opendocument("text", "<text:p>a</text:p>"),
    b"{\\rtf1\\ansi\\ansicpg1252\\uc1 {\\fonttbl{\\f0\\fcharset0 A;}} \\'e9\\u233?\\f0 x}",
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Paris:20240331T100000\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
]


def is_sound(extraction):
    extraction.text.encode()
    return isinstance(extraction, Extraction) and "\0" not in extraction.text


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=600), st.sampled_from(TYPES), st.sampled_from(NAMES))
def test_random_bytes_have_an_answer_under_every_claim(start, content, content_type, filename):
    assert is_sound(extract_here(start + content, content_type=content_type, filename=filename))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WHOLE), st.integers(0, 3000), st.binary(min_size=1, max_size=8), st.booleans())
def test_damaged_documents_have_an_answer(whole, place, damage, cut):
    place %= len(whole)
    content = whole[:place] + damage + (b"" if cut else whole[place + len(damage) :])

    assert is_sound(extract_here(content, content_type="application/octet-stream", filename=""))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.sampled_from(TYPES), st.sampled_from(NAMES))
def test_any_text_has_an_answer_under_every_claim(text, content_type, filename):
    assert is_sound(extract_here(text.encode(), content_type=content_type, filename=filename))


@pytest.mark.parametrize(
    "content",
    [
        b"<?xml version='1.0'?>" + b"<a>" * 100_000,
        b"{\\rtf1" + b"{" * 100_000,
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 5_000,
        b"BEGIN:VCARD\n" + b"NOTE:x\n " * 50_000,
        b"%PDF-1.4\n1 0 obj" + b"[" * 100_000,
        b"From: a\nTo: b\nDate: c\n" + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 3_000,
    ],
    ids=["xml", "rtf", "calendar", "card", "pdf", "mail"],
)
def test_deep_nesting_has_an_answer(content):
    assert is_sound(extract_here(content, content_type="", filename=""))
