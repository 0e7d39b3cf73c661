"""One message, one fingerprint, whichever way its copies travelled."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.mail.fingerprint import FIELDS, VERSION, fingerprint
from muniment.mail.parse import parse

BASE = (
    b"Message-ID: <a@b>\nDate: Mon, 6 May 2024 09:00:00 +0200\nFrom: A <a@b>\nTo: b@c\nSubject: caf\xc3\xa9 plan\n"
    b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nHello\n--x\n"
    b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n--x--\n"
)


def of(raw):
    return fingerprint(parse(raw))


COPIES = {
    "transport fields": b"Received: from x by y; Mon, 6 May 2024 09:00:01 +0200\nReturn-Path: <a@b>\nX-Spam: no\n"
    + BASE,
    "blind recipients": b"Bcc: secret@c\n" + BASE,
    "line ends of the wire": BASE.replace(b"\n", b"\r\n"),
    "mbox line": b"From a@b Mon May  6 09:00:00 2024\n" + BASE,
    "folds": BASE.replace(b"caf\xc3\xa9 plan", b"caf\xc3\xa9\n\tplan"),
    "encoded words": BASE.replace(b"caf\xc3\xa9 plan", b"=?iso-8859-1?q?caf=E9?= plan"),
    "another boundary": BASE.replace(b"--x", b"--yy").replace(b"=x", b"=yy"),
    "another transfer encoding": BASE.replace(
        b"Content-Type: text/plain\n\nHello",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGVsbG8NCg==",
    ),
    "a usual preamble": BASE.replace(b"\n\n--x\n", b"\n\nThis is a multi-part message in MIME format.\n--x\n", 1),
    "a line end more": BASE + b"\n",
    "a field's case": BASE.replace(b"Subject:", b"SUBJECT:"),
}


@pytest.mark.parametrize("way", COPIES)
def test_copies_of_one_message_have_one_fingerprint(way):
    assert of(COPIES[way]) == of(BASE)


OTHERS = {
    "subject": BASE.replace(b"plan", b"plans"),
    "sender": BASE.replace(b"A <a@b>", b"A <a@x>"),
    "recipient": BASE.replace(b"To: b@c", b"To: b@c, d@e"),
    "recipient's role": BASE.replace(b"To: b@c", b"Cc: b@c"),
    "id": BASE.replace(b"<a@b>\nDate", b"<c@b>\nDate"),
    "date": BASE.replace(b"09:00:00", b"09:00:01"),
    "words": BASE.replace(b"Hello", b"Hallo"),
    "list footer": BASE.replace(b"Hello\n", b"Hello\n-- \nlist\n"),
    "attachment": BASE.replace(b"JVBERi0=", b"JVBERi4="),
    "file name": BASE.replace(b"a.pdf", b"b.pdf"),
    "type": BASE.replace(b"application/pdf", b"application/zip"),
    "a part less": BASE.replace(b"\n--x\nContent-Type: application", b"\n--x--\nContent-Type: application"),
    "words behind the end": BASE + b"more\n",
}


@pytest.mark.parametrize("difference", OTHERS)
def test_another_message_has_another_fingerprint(difference):
    assert of(OTHERS[difference]) != of(BASE)


def test_a_journalled_copy_has_the_fingerprint_of_the_message():
    report = (
        b"From: journal@x\nContent-Type: multipart/mixed; boundary=j\n\n--j\n\nSender: a@b\n--j\n"
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(BASE.replace(b"\n", b"\r\n"))
        + b"\n--j--\n"
    )
    inner = next(part for part in parse(report).parts if part.nested_message)

    assert of(inner.content) == of(BASE)


def test_raw_bytes_in_a_field_are_read_without_detection():
    raw = b"Subject: \xd0\xd2\xc9\xd7\xc5\xd4\n\nx"

    assert of(raw) == of(b"Subject: =?iso-8859-1?q?=D0=D2=C9=D7=C5=D4?=\n\nx")


def test_a_fingerprint_of_this_version_never_changes():
    assert VERSION == 1
    assert of(BASE).hex() == "d14de0812a0bb49b5f2e633c1e7ba2ca9de791925788beded79570b708adcdae"


@given(st.binary(max_size=300))
def test_every_heap_of_bytes_has_a_fingerprint(raw):
    assert len(of(raw)) == 32


def test_trace_fields_and_bcc_are_no_part_of_it():
    assert not {"bcc", "received", "return-path", "delivered-to"} & set(FIELDS)
