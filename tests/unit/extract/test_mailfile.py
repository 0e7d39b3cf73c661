"""Messages that are files: their words, their people, and what they carry."""

from muniment.extract.documents import extract_here
from muniment.extract.model import Outcome
from tests.unit.extract import made

LETTER = """From: =?utf-8?q?Zo=C3=A9?= <zoe@exemple.fr>
To: paul@exemple.fr
Subject: =?utf-8?q?L=27=C3=A9t=C3=A9?=
Date: Fri, 1 Mar 2024 10:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

D=E9j=E0 vu
--b
Content-Type: application/octet-stream; name="note.csv"
Content-Disposition: attachment; filename="note.csv"

un;deux
--b
Content-Type: message/rfc822

From: anna@exemple.fr
To: zoe@exemple.fr
Subject: transmis
Date: Thu, 29 Feb 2024 10:00:00 +0100

corps transmis
--b--
"""


def extract(content, filename="a.eml"):
    return extract_here(content, content_type="application/octet-stream", filename=filename)


def test_message_is_read_with_its_fields_words_and_attachments():
    extraction = extract(LETTER.encode())

    assert extraction.outcome is Outcome.TEXT
    for word in ("Zoé", "zoe@exemple.fr", "L'été", "Déjà vu", "note.csv", "un;deux", "transmis", "corps transmis"):
        assert word in extraction.text


def test_no_words_of_a_nested_message_are_said_twice():
    assert extract(LETTER.encode()).text.count("corps transmis") == 1


def test_message_in_an_archive_is_read():
    assert "Déjà vu" in extract(made.zipped({"a.eml": LETTER}), "a.zip").text


def test_message_nested_past_the_limit_is_told():
    archive = LETTER.encode()
    for _ in range(10):
        archive = made.zipped({"a.zip": archive})

    assert extract(archive, "a.zip").outcome is Outcome.TOO_DEEP


def test_message_with_an_encrypted_attachment_is_searched_and_told():
    letter = LETTER.replace("un;deux", "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----")

    extraction = extract(letter.encode())

    assert extraction.outcome is Outcome.TEXT
    assert extraction.detail == "Files inside that are not searched: 1 encrypted."
