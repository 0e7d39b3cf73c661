"""The messages inside a message: found at any depth, and taken out of it what must not be shown."""

from base64 import encodebytes
from binascii import b2a_uu

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.mail.embedded import CannotCut, embedded, without_fields
from muniment.mail.parse import parse

INNER = (
    b"From: ann@a.example\nTo: bob@a.example\nBcc: carol@a.example,\n dora@a.example\nSubject: inner\n\nInner words.\n"
)
OPEN = INNER.replace(b"Bcc: carol@a.example,\n dora@a.example\n", b"")
OUTER = b"""\
From: bob@a.example
To: eve@a.example
Subject: outer
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=%(boundary)s

--%(boundary)s
Content-Type: text/plain

Bcc: these are words
--%(boundary)s
%(header)s

%(content)s
--%(boundary)s--
"""
AS_MESSAGE = b"Content-Type: message/rfc822"
AS_FILE = b'Content-Type: application/octet-stream; name="note.EML"\nContent-Disposition: attachment'
AS_BASE64 = AS_FILE + b"\nContent-Transfer-Encoding: base64"
AS_QUOTED = AS_FILE + b"\nContent-Transfer-Encoding: quoted-printable"
AS_HEADERS = b"Content-Type: text/rfc822-headers"


def carrying(content, header=AS_MESSAGE, boundary=b"b"):
    return OUTER % {b"boundary": boundary, b"header": header, b"content": content}


def bcc(_message):
    return lambda header: header.name.lower() == "bcc"


@pytest.mark.parametrize("header", [AS_MESSAGE, AS_FILE, AS_QUOTED])
def test_a_field_of_a_message_inside_is_left_out_and_the_rest_stays_byte_for_byte(header):
    assert without_fields(carrying(INNER, header), bcc) == (carrying(OPEN, header), 1)


def test_line_ends_of_two_bytes_stay():
    whole, cut = (carrying(one).replace(b"\n", b"\r\n") for one in (INNER, OPEN))

    assert without_fields(whole, bcc) == (cut, 1)


def test_a_file_in_base64_is_encoded_anew_without_the_field():
    cut, count = without_fields(carrying(encodebytes(INNER), AS_BASE64), bcc)

    assert parse(cut).parts[2].content == OPEN
    assert (count, parse(cut).parts[:2]) == (1, parse(carrying(encodebytes(INNER), AS_BASE64)).parts[:2])


def test_messages_in_messages_in_files_are_found_and_cut_at_every_depth():
    deep = carrying(carrying(carrying(INNER), AS_MESSAGE, b"c"), AS_FILE, b"d")
    deep = b"Bcc: zoe@a.example\n" + deep

    cut, count = without_fields(deep, bcc)

    assert [one.path for one in embedded(parse(deep))] == ["1.2", "1.2", "1.2"]
    assert count == 2
    assert b"carol" not in cut
    assert cut.count(b"Bcc: these are words") == 3
    assert cut == deep.replace(b"Bcc: zoe@a.example\n", b"").replace(INNER, OPEN)


def test_a_header_alone_is_cut_too():
    header = b"From: ann@a.example\nBcc: carol@a.example\nSubject: gone"

    cut, count = without_fields(carrying(header, AS_HEADERS), bcc)

    assert (b"carol" in cut, count) == (False, 1)


def test_nothing_left_out_gives_the_very_bytes():
    whole = carrying(OPEN)

    assert without_fields(whole, bcc) == (whole, 0)


def test_what_stands_in_an_encoding_that_is_not_written_is_refused():
    lines = b"".join(b2a_uu(INNER[at : at + 45]) for at in range(0, len(INNER), 45))
    uuencoded = b"begin 644 a.eml\n" + lines + b"`\nend\n"
    header = AS_FILE + b"\nContent-Transfer-Encoding: x-uuencode"

    with pytest.raises(CannotCut):
        without_fields(carrying(uuencoded, header), bcc)


def test_a_chain_of_files_is_followed_to_its_end():
    content = INNER
    for depth in range(40):
        content = carrying(content, AS_FILE, b"b%d" % depth)

    found = embedded(parse(content))

    assert len(found) == 40
    assert all(one.is_read for one in found)
    assert found[-1].headers[2].value == "carol@a.example, dora@a.example"


def test_a_chain_of_large_files_ends_and_what_was_not_looked_into_is_told():
    content = INNER + b"x" * 1_000_000
    for depth in range(40):
        content = carrying(content, AS_FILE, b"b%d" % depth)

    found = embedded(parse(content))

    assert len(found) < 40
    assert [one.is_read for one in found] == [True] * (len(found) - 1) + [False]
    with pytest.raises(CannotCut):
        without_fields(content, bcc)


@given(st.binary(max_size=400), st.sampled_from([AS_MESSAGE, AS_FILE, AS_BASE64, AS_QUOTED, AS_HEADERS]))
def test_whatever_the_bytes_are_it_answers(content, header):
    whole = carrying(content, header)
    embedded(parse(whole))
    try:
        cut, count = without_fields(whole, bcc)
    except CannotCut:
        return
    assert count or cut == whole
