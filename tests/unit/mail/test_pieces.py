"""Charsets, encoded words, header blocks, parameters, transfer encodings, boundaries and real types."""

import base64
import threading
from binascii import b2a_qp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.mail import transfer
from muniment.mail.boundaries import cut, guess_boundary
from muniment.mail.charsets import codec_of, decode_text
from muniment.mail.defects import MAX_DEFECTS, DefectLog
from muniment.mail.fields import MAX_FIELDS, split_message
from muniment.mail.model import DefectKind
from muniment.mail.params import parse_disposition, parse_type
from muniment.mail.realtype import real_type
from muniment.mail.words import decode_words, text_of_bytes


@pytest.mark.parametrize(
    ("data", "declared", "text", "defects"),
    [
        (b"abc", "", "abc", ()),
        ("déjà".encode(), "iso-8859-1", "déjà", (DefectKind.CHARSET_GUESSED,)),
        ("déjà vu, garçon".encode("latin-1"), "", "déjà vu, garçon", (DefectKind.CHARSET_GUESSED,)),
        ("“x”".encode("cp1252"), "iso-8859-1", "“x”", ()),
        ("日本".encode("iso2022_jp"), "iso-2022-jp", "日本", ()),
        ("中文".encode("gb18030"), "GB2312", "中文", ()),
        (b"abc", "no-such", "abc", (DefectKind.CHARSET_UNKNOWN,)),
        (b"a\0b", "", "a\ufffdb", ()),
    ],
)
def test_text_is_decoded_by_utf8_the_declared_and_the_detected_charset(data, declared, text, defects):
    found, _, kinds = decode_text(data, declared)

    assert (found, kinds) == (text, defects)


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "utf-8", "utf-7", "utf-16", "hz", "idna", "x-unknown", "big5", "cp037"]),
)
def test_no_bytes_in_any_charset_make_decoding_raise(data, declared):
    text, _, _ = decode_text(data, declared)

    assert "\0" not in text
    text.encode()


@given(st.text(max_size=60))
def test_no_charset_name_makes_the_lookup_raise(name):
    assert isinstance(codec_of(name), str)


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("=?iso-8859-1?q?caf=E9?=", "café"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"),
        ("=?utf-8*fr?q?=C3=A9t=C3=A9?=", "été"),
        ("x=?utf-8?q?y?=z", "xyz"),
        ("=?iso-8859-1?Q?Frösche?=", "Frösche"),
        ("=?utf-8?b?w6k?=", "é"),
    ],
)
def test_encoded_words_are_decoded(text, decoded):
    assert decode_words(text) == (decoded, True)


@pytest.mark.parametrize("text", ["=?utf-8?b?w6*k?=", "=?no-such?q?=FF?=", "=?utf-8?q?=C3?= x", "=?utf-8?q?open"])
def test_encoded_words_that_do_not_decode_whole_say_so(text):
    assert decode_words(text)[1] is False


@given(st.text(alphabet="=?utf8-bq_AZ é*\t", max_size=200))
def test_no_text_makes_the_words_raise(text):
    decode_words(text)[0].encode()


def test_raw_bytes_in_a_field_follow_the_hint_after_utf8():
    assert text_of_bytes("день".encode("koi8-r"), hint="koi8-r") == "день"
    assert text_of_bytes("день".encode(), hint="koi8-r") == "день"


def split(data):
    log = DefectLog()
    block = split_message(data, 0, len(data), log)
    return [(field.name, field.raw) for field in block.fields], data[block.body_at :], log.freeze()


def test_a_header_is_split_with_its_folds():
    assert split(b"A: b\r\n\tc\r\nD : e\r\n\r\nbody\r\n") == ([("A", b" b\r\n\tc"), ("D", b" e")], b"body\r\n", ())


@pytest.mark.parametrize(
    ("data", "fields", "body"),
    [
        (b"From x Mon\nA: b\n\nc", [("A", b" b")], b"c"),
        (b"\n\nA: b\n\nc", [("A", b" b")], b"c"),
        (b"A: b\nno field here\nC: d\n\ne", [("A", b" b"), ("C", b" d")], b"e"),
        (b"A: b,\nc\n\ne", [("A", b" b,\n c")], b"e"),
        (b"A: b\nwords that start the body\nmore", [("A", b" b")], b"words that start the body\nmore"),
        (b"A: b\n\r\r\nc", [("A", b" b")], b"c"),
        (b"A: b", [("A", b" b")], b""),
    ],
)
def test_a_broken_header_is_split_and_called_broken(data, fields, body):
    assert split(data)[:2] == (fields, body)


def test_fields_past_the_limit_are_left_out_and_reported():
    fields, _, defects = split(b"A: b\n" * (MAX_FIELDS + 5) + b"\nc")

    assert len(fields) == MAX_FIELDS
    assert [defect.kind for defect in defects] == [DefectKind.HEADERS_TOO_MANY]


def test_the_list_of_defects_ends():
    log = DefectLog()
    for number in range(MAX_DEFECTS + 10):
        log.add(DefectKind.HEADER_MALFORMED, detail=str(number))

    assert len(log.freeze()) == MAX_DEFECTS


@pytest.mark.parametrize(
    ("raw", "token", "params"),
    [
        (b" text/plain; charset=utf-8", "text/plain", {"charset": "utf-8"}),
        (b' TEXT/HTML ; Charset="ISO-8859-1" (x)', "text/html", {"charset": "iso-8859-1"}),
        (b" text/plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
        (b' multipart/mixed; boundary="a;b=c"', "multipart/mixed", {"boundary": "a;b=c"}),
        (b" text/plain;; charset=a; charset=b", "text/plain", {"charset": "a"}),
        (b" text", "", {}),
        (b" (x) text/plain", "text/plain", {}),
        (b"", "", {}),
    ],
)  # fmt: skip
def test_content_types_are_read_leniently(raw, token, params):
    value = parse_type(raw)

    assert (value.token, {name: value.plain(name) for name in value.params}) == (token, params)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"attachment; filename*=UTF-8''%e2%82%ac%20rates", "€ rates"),
        (b"attachment; filename*1=b; filename*0=a", "ab"),
        (b"attachment; filename=plain; filename*=utf-8''%C3%A9", "é"),
        (b'attachment; filename="C:\\dir\\x.txt"', "C:\\dir\\x.txt"),
        (b'attachment; filename="a\\"b"', 'a"b'),
        (b"attachment; filename==?utf-8?q?=C3=A9?=", "é"),
        (b'attachment; filename="open', "open"),
        (b"filename=x", "x"),
        (b"attachment; filename*=''%zz", "%zz"),
    ],
)
def test_file_names_are_read_leniently(raw, name):
    assert parse_disposition(raw).text("filename") == name


@given(st.binary(max_size=200))
def test_no_bytes_make_the_parameters_raise(raw):
    for value in (parse_type(raw), parse_disposition(b"x;" + raw)):
        for name in value.params:
            value.text(name).encode()


@given(st.binary(max_size=500))
def test_what_is_encoded_is_decoded(data):
    assert transfer.decode(base64.encodebytes(data), "base64") == (data, True)
    assert transfer.decode(b2a_qp(data, istext=False), "quoted-printable") == (data, True)


@given(st.binary(max_size=300), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "strange", ""]))
def test_no_bytes_make_a_transfer_encoding_raise(data, encoding):
    transfer.decode(data, encoding)


@pytest.mark.parametrize(
    ("data", "decoded", "whole"),
    [
        (b"QUJD RA", b"ABCD", True),
        (b"QQ==\nQg==", b"AB", True),
        (b"QUJ-D", b"ABC", False),
        (b"QUJDR", b"ABC", False),
        (b"QUJD\n-- \nlist footer, added\n", b"ABC", False),
    ],
)
def test_base64_is_read_leniently(data, decoded, whole):
    assert transfer.decode_base64(data) == (decoded, whole)


@pytest.mark.parametrize(
    ("name", "known"), [("Base64", "base64"), ("7-bit", "7bit"), (" QUOTED-PRINTABLE ; x", "quoted-printable")]
)
def test_encodings_are_known_under_their_slips(name, known):
    assert transfer.name_of(name) == known


def test_an_unknown_encoding_leaves_the_bytes_and_says_so():
    assert transfer.decode(b"x=41", "rot13") == (b"x=41", False)


def test_a_boundary_counts_only_as_a_line_of_its_own():
    data = b"--b\none --b\n--bc\n--b \ntwo\n--b--\n"

    found = cut(data, 0, len(data), b"b", limit=10)

    assert [data[start:end] for start, end in found.parts] == [b"one --b\n--bc", b"two"]
    assert found.closed


def test_parts_past_the_limit_stay_together():
    data = b"--b\n1\n--b\n2\n--b\n3\n--b--\n"

    found = cut(data, 0, len(data), b"b", limit=2)

    assert [data[start:end] for start, end in found.parts] == [b"1", b"2\n--b\n3\n--b--\n"]
    assert found.full


def test_a_signature_mark_is_no_boundary():
    data = b"-- \nJohn\n"

    assert guess_boundary(data, 0, len(data)) == b""


def test_real_types_are_seen_in_every_thread():
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(real_type(b"%PDF-1.7\n"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == ["application/pdf"] * 4
    assert real_type(b"") == ""
