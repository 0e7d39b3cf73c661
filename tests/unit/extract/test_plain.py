"""Formats that are text already, by content, declared type and name."""

import pytest

from muniment.extract.documents import extract_here
from muniment.extract.model import Extraction, Outcome
from muniment.extract.reading import Limits


def extract(content, content_type="application/octet-stream", filename="", **more):
    return extract_here(content, content_type=content_type, filename=filename, **more)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_is_read_in_its_charset(codec):
    text = "L'été, à Noël : déjà vu."

    assert extract(text.encode(codec), "text/plain") == Extraction(outcome=Outcome.TEXT, text=text)


def test_declared_charset_is_used():
    assert extract("Привет, мир".encode("koi8-r"), "text/plain; charset=koi8-r").text == "Привет, мир"


def test_table_of_values_is_read_as_text():
    assert extract("nom;âge\nZoé;40\n".encode(), "text/csv", "a.csv").text == "nom;âge\nZoé;40\n"


def test_text_never_holds_nul():
    assert "\0" not in extract(b"a\0b words enough to be text", "text/plain").text


@pytest.mark.parametrize("content", [b"", b"\r\n \t", b"\0\0"])
def test_nothing_is_empty(content):
    assert extract(content, "text/plain") == Extraction(outcome=Outcome.EMPTY)


def test_text_past_the_limit_is_kept_up_to_it():
    extraction = extract(b"abcdef" * 10, "text/plain", limits=Limits(text_chars=7))

    assert extraction == Extraction(
        outcome=Outcome.TOO_LARGE,
        text="abcdefa",
        detail="The text is longer than 7 characters; the rest is not searched.",
    )


def test_input_past_the_limit_is_not_read():
    extraction = extract(b"a" * 10, "text/plain", limits=Limits(input_bytes=9))

    assert (extraction.outcome, extraction.text) == (Outcome.TOO_LARGE, "")


def test_time_past_the_limit_keeps_the_text_before():
    ticks = iter([0.0, 1.0, 99.0])

    extraction = extract(b"BEGIN:VCARD\nFN:un\nNOTE:deux\nEND:VCARD", clock=lambda: next(ticks))

    assert (extraction.outcome, extraction.text) == (Outcome.TIMEOUT, "un\n")


def test_rich_text_is_read_without_its_pictures():
    content = rb"{\rtf1\ansi\ansicpg1252 caf\'e9 \u8364? {\pict\bin4 }}{{}d\'e9j\'e0 vu}"

    assert extract(content).text == "café €\u0020déjà vu"


def test_page_is_read_without_scripts_in_its_charset():
    page = '<html><meta charset="iso-8859-1"><script>var hidden</script><p>Déjà</p><p>vu</p>'.encode("latin-1")

    assert extract(page).text.split() == ["Déjà", "vu"]


def test_xml_of_any_vocabulary_separates_its_values():
    assert extract("<?xml version='1.0'?><a><b>été</b><c>12</c></a>".encode()).text.split() == ["été", "12"]


def test_xml_declared_only_by_name_is_read():
    assert extract(b"<a>un</a>", filename="facture.XML").text.split() == ["un"]


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x
BEGIN:VEVENT
UID:1
SUMMARY:Réunion\\, salle Zola
DTSTART:20240331T100000Z
ATTENDEE;CN=Zoé:mailto:zoe@exemple.fr
DESCRIPTION:long
  texte
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def test_calendar_is_read_with_people_and_times():
    lines = extract(CALENDAR.encode()).text.splitlines()

    assert lines == ["Réunion, salle Zola", "2024-03-31 10:00:00+00:00", "Zoé", "mailto:zoe@exemple.fr", "long texte"]


def test_calendar_that_is_broken_is_read_line_by_line():
    extraction = extract(CALENDAR.replace("END:VEVENT", "END:NOTHING\r\nnonsense").encode())

    assert "Réunion, salle Zola" in extraction.text


@pytest.mark.parametrize("damage", [("\r\n", "\r"), ("END:VCALENDAR\r\n", ""), ("END:VEVENT\r\n", "")])
def test_calendar_with_odd_line_ends_or_not_closed_is_read(damage):
    assert "Réunion, salle Zola" in extract(CALENDAR.replace(*damage).encode(), "text/calendar").text


def test_card_is_read_without_its_photograph():
    card = "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Lef=C3=A8vre;Zo=C3=\n=A9\nTEL;WORK:+33 1 23\nPHOTO;ENCODING=BASE64:AAAA\nEND:VCARD\n"

    assert extract(card.encode()).text == "Lefèvre Zoé\n+33 1 23\n"


@pytest.mark.parametrize(
    ("content", "content_type", "outcome"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0", "text/plain", Outcome.UNSUPPORTED),
        (b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff", "text/plain", Outcome.UNSUPPORTED),
        (b"ID3\4\0\0\0\0\0\0\xff\xfb", "audio/mpeg", Outcome.UNSUPPORTED),
        (b"\x78\x9f\x3e\x22\0\0", "application/ms-tnef", Outcome.UNSUPPORTED),
        (b"7z\xbc\xaf\x27\x1c\0", "application/zip", Outcome.UNSUPPORTED),
        (b"%!PS-Adobe-3.0\n", "application/postscript", Outcome.UNSUPPORTED),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc", "text/plain", Outcome.ENCRYPTED),
        (b"Version: 1\n", "application/pgp-encrypted", Outcome.ENCRYPTED),
        (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80", "application/pkcs7-mime", Outcome.ENCRYPTED),
    ],
)
def test_types_without_text_are_told_whatever_is_declared(content, content_type, outcome):
    extraction = extract(content, content_type)

    assert (extraction.outcome, extraction.text) == (outcome, "")
    assert extraction.detail
