"""The parser as a whole: what it reads, and what it never does."""

import random
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.mail.model import DefectKind, Disposition
from muniment.mail.parse import parse


def kinds(parsed):
    return {defect.kind for defect in parsed.defects}


def outline(parsed):
    return [(part.path, part.content_type, part.disposition.value) for part in parsed.parts]


def test_a_character_split_over_two_encoded_words_is_whole(corpus):
    parsed = parse(corpus["split-character"])

    assert (parsed.from_[0].name, parsed.subject) == ("Renée Dupré", "✓ la réunion d’été")
    assert parsed.defects == ()


def test_repeated_recipients_are_united_and_the_first_subject_wins(corpus):
    parsed = parse(corpus["duplicates"])

    assert [one.address for one in parsed.to] == ["b@example.org", "c@example.org"]
    assert parsed.subject == "first"
    assert sorted(defect.detail for defect in parsed.defects) == ["subject", "to"]


def test_a_nested_message_is_a_node_with_its_root_as_child(corpus):
    parsed = parse(corpus["nested"])

    assert outline(parsed) == [
        ("1", "multipart/mixed", "container"),
        ("1.1", "text/plain", "body"),
        ("1.2", "message/rfc822", "container"),
        ("1.2.1", "multipart/mixed", "container"),
        ("1.2.1.1", "text/plain", "body"),
        ("1.2.1.2", "application/pdf", "attachment"),
    ]
    assert parsed.parts[2].nested_message
    assert parse(parsed.parts[2].content).subject == "the contract"
    assert (parsed.parts[5].filename, parsed.parts[5].real_type) == ("contract.pdf", "application/pdf")


def test_a_nested_message_in_base64_is_opened(corpus):
    parsed = parse(corpus["nested-base64"])

    assert outline(parsed) == [("1", "message/rfc822", "container"), ("1.1", "text/plain", "body")]
    assert parsed.parts[1].text == "Coded words.\n"


def test_a_message_of_bare_returns_is_read_and_called_so(corpus):
    parsed = parse(corpus["bare-cr"])

    assert (parsed.subject, parsed.parts[0].text) == ("old Mac", "First line\nSecond line\n")
    assert DefectKind.BARE_CR in kinds(parsed)


def test_a_bare_return_in_a_header_starts_no_field(corpus):
    parsed = parse(corpus["bare-cr-in-header"])

    assert [header.name for header in parsed.headers] == ["From", "To", "Subject"]
    assert parsed.parts[0].text == "Body\n"
    assert DefectKind.BARE_CR in kinds(parsed)


def test_one_bad_base64_character_costs_only_itself(corpus):
    parsed = parse(corpus["bad-base64"])

    assert parsed.parts[0].text == "Hello world"
    assert DefectKind.TRANSFER_ENCODING in kinds(parsed)


@pytest.mark.parametrize(
    ("name", "kind", "texts"),
    [
        ("no-boundary", DefectKind.BOUNDARY_MISSING, ["one", "two"]),
        ("unclosed", DefectKind.BOUNDARY_UNCLOSED, ["plain", "<p>plain</p>\n"]),
        ("epilogue", DefectKind.TEXT_OUTSIDE_PARTS, ["shown", "hidden after the end"]),
    ],
)
def test_a_broken_multipart_loses_no_words(corpus, name, kind, texts):
    parsed = parse(corpus[name])

    assert [part.text for part in parsed.parts if part.disposition is Disposition.BODY] == texts
    assert kind in kinds(parsed)


def test_a_digest_holds_messages(corpus):
    parsed = parse(corpus["digest"])

    assert [part.content_type for part in parsed.parts] == [
        "multipart/digest", "message/rfc822", "text/plain", "message/rfc822", "text/plain",
    ]  # fmt: skip


def test_file_names_are_decoded_in_all_their_codings(corpus):
    parsed = parse(corpus["parameters"])

    assert [part.filename for part in parsed.parts[1:]] == ["résumé du projet.txt", "café.bin", "my file"]


def test_a_uuencoded_file_is_drawn_out_of_the_text(corpus):
    parsed = parse(corpus["uuencode"])

    text, file = parsed.parts
    assert (file.path, file.filename, file.content, file.drawn) == ("1.1", "cat.txt", b"Cat", True)
    assert "begin 644" not in text.text
    assert b"begin 644" in text.content


def test_raw_eight_bit_headers_are_read_in_the_charset_of_the_body(corpus):
    parsed = parse(corpus["latin1-header"])

    assert (parsed.subject, parsed.from_[0].name, parsed.parts[0].text) == ("réunion", "René", "déjà vu\n")
    assert DefectKind.HEADER_8BIT in kinds(parsed)


def test_legacy_charsets_are_decoded(corpus):
    parsed = parse(corpus["koi8"])

    assert (parsed.subject, parsed.parts[0].text) == ("Привет", "Добрый день\n")


def test_a_picture_that_the_html_shows_is_inline_whatever_it_says(corpus):
    parsed = parse(corpus["html-only"])

    assert (parsed.parts[2].disposition, parsed.parts[2].real_type) == (Disposition.INLINE, "image/png")


def test_words_without_a_header_are_a_body(corpus):
    parsed = parse(corpus["headless"])

    assert (parsed.headers, parsed.parts[0].text) == ((), corpus["headless"].decode())


def test_nothing_is_a_message_too():
    parsed = parse(b"")

    assert len(parsed.parts) == 1
    assert DefectKind.EMPTY in kinds(parsed)


def test_ids_and_date_are_read():
    parsed = parse(
        b"Message-ID: <a@b>\nIn-Reply-To: Your message of Monday <c@d>\nReferences: <e@f>\n\t<c@d>\n"
        b"Date: Mon, 6 May 2024 09:00:00 +0200\n\n"
    )

    assert (parsed.message_id, parsed.in_reply_to, parsed.references) == ("a@b", ("c@d",), ("e@f", "c@d"))
    assert parsed.date == datetime(2024, 5, 6, 7, tzinfo=UTC)


def nest(levels):
    out = [b"Subject: deep\nContent-Type: multipart/mixed; boundary=b0\n\n"]
    out += [b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(levels)]
    return b"".join(out) + b"--b%d\n\nthe bottom\n" % levels


HOSTILE = {
    "2,000 nested multiparts": nest(2_000),
    "2,000 nested messages": b"Content-Type: message/rfc822\n\n" * 2_000 + b"x",
    "nested messages with weight": b"Content-Type: message/rfc822\n\n" * 2_000 + b"x" * 3_000_000,
    "100,000 parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "many boundaries in a line": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b" * 500_000,
    "boundary of dashes": b"Content-Type: multipart/mixed; boundary=" + b"-" * 900 + b"\n\n" + b"-" * 2_000_000,
    "blank boundary tails": b"Content-Type: multipart/mixed; boundary=b\n\n" + (b"--b" + b" " * 1000 + b"x\n") * 2_000,
    "a megabyte of =?": b"Subject: " + b"=?" * 500_000 + b"\n\nx",
    "a megabyte of encoded words": b"Subject: " + b"=?utf-8?q?x?= " * 80_000 + b"\n\nx",
    "question marks": b"Subject: =?utf-8?q?" + b"?" * 1_000_000 + b"\n\nx",
    "100,000 recipients": b"To: " + b",\n ".join(b"a%d@b.c" % n for n in range(100_000)) + b"\n\nx",
    "lost folds": b"To: a@b,\n" + b"c@d,\n" * 300_000 + b"\nx",
    "100,000 fields": b"X: y\n" * 100_000 + b"\nx",
    "no fields": b"x\n" * 500_000,
    "returns": b"\r" * 2_000_000,
    "blank headers": b"A: b\n" + b"\r" * 1_000_000 + b"x\n\n",
    "parameters": b"Content-Type: text/plain; " + b"a*1=b;" * 100_000 + b"\n\nx",
    "quotes": b'Content-Type: text/plain; a="' + b'\\"' * 30_000 + b"\n\nx",
    "uuencode": b"\n\n" + b"begin 644 x\n" * 100_000,
    "uuencode ends": b"\n\n" + b"begin 644 x\nend\n" * 100_000,
    "base64 pieces": b"Content-Transfer-Encoding: base64\n\n" + b"QQ==" * 300_000,
    "qp": b"Content-Transfer-Encoding: quoted-printable\n\n" + b"= " * 1_000_000,
    "ids": b"References: " + b"<a" * 500_000 + b"\n\nx",
    "brackets": b"References: " + b"<a@b>" * 300_000 + b"\n\nx",
    "cids": b"Content-Type: text/html\nContent-ID: <x>\nContent-Disposition: attachment\n\n" + b"cid:" * 500_000,
    "meta": b"Content-Type: text/html\n\n" + b"<meta " * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_message_made_to_hurt_is_parsed_in_linear_time(name):
    began = time.process_time()

    parsed = parse(HOSTILE[name])

    assert time.process_time() - began < 5
    assert len(parsed.parts) <= 10_001
    assert max(part.depth for part in parsed.parts) <= 101
    assert sum(len(part.content) for part in parsed.parts) <= 13 * len(HOSTILE[name]) + 2_000_000


def test_nesting_past_the_limit_is_kept_whole_as_a_leaf():
    parsed = parse(nest(2_000))

    assert parsed.parts[-1].depth == 100
    assert b"the bottom" in parsed.parts[-1].content
    assert DefectKind.TOO_DEEP in kinds(parsed)


def check(parsed, raw):
    texts = [parsed.subject, parsed.message_id, *parsed.in_reply_to, *parsed.references]
    texts += [value for header in parsed.headers for value in (header.name, header.value)]
    texts += [value for part in parsed.parts for value in (part.filename, part.content_id, part.text or "")]
    texts += [one.name + one.address + one.group for one in (*parsed.from_, *parsed.to, *parsed.cc, *parsed.bcc)]
    assert "\0" not in "".join(texts).encode().decode()
    assert parsed.parts[0].path == "1"
    assert len({part.path for part in parsed.parts}) == len(parsed.parts)
    assert parsed.size_bytes == len(raw)


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(raw):
    check(parse(raw), raw)


FRAGMENTS = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: message/rfc822\n", b"--b\n", b"--b--\n", b"\n",
        b"\r\n", b"\r", b"Subject: =?utf-8?B?4p?=\n", b"Content-Transfer-Encoding: base64\n", b"Content-Type: text/html\n",
        b"Content-Transfer-Encoding: quoted-printable\n", b"Content-Disposition: attachment; filename*0*=x''%ff\n",
        b'From: "a\n', b"To: <a@b\n", b"begin 644 a\n", b"#0V%T\n", b"end\n", b"\xff\xfe", b"=3D=\n", b"QUJD\n", b"\0", b" ",
        b"Content-Type: text/plain; charset=utf-7\n", b'Content-Type: multipart/digest; boundary="b"\n', b"<p>x</p>\n",
    ]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(FRAGMENTS, max_size=40))
def test_no_heap_of_mail_fragments_makes_it_raise(fragments):
    raw = b"".join(fragments)

    check(parse(raw), raw)


@settings(max_examples=150)
@given(st.data())
def test_no_mutation_of_a_message_makes_it_raise(corpus, data):
    raw = bytearray(corpus[data.draw(st.sampled_from(sorted(corpus)))])
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    for _ in range(rng.randrange(1, 12)):
        at = rng.randrange(len(raw))
        raw[at : at + rng.randrange(4)] = rng.randbytes(rng.randrange(3))

    check(parse(bytes(raw)), bytes(raw))
