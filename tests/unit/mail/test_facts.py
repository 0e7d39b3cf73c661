"""Flags, lists, thread keys and hops."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.mail.flags import flags_of, list_ids
from muniment.mail.forensic import MAX_HOPS, hops
from muniment.mail.parse import parse
from muniment.mail.threads import MAX_IDS, ids_in, own_id, thread_keys
from muniment.query.vocabulary import IS_VALUES


def flags(*lines):
    return flags_of(parse("\n".join((*lines, "", "words")).encode()))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Subject: plain"], ()),
        (["Subject: Re: plan"], ("reply",)),
        (["Subject: AW: plan"], ("reply",)),
        (["Subject: plan", "In-Reply-To: <a@b>"], ("reply",)),
        (["Subject: TR : plan"], ("forward",)),
        (["Subject: Fwd: plan"], ("forward",)),
        (["Subject: Result: plan"], ()),
        (["Subject: [team] Re: plan", "List-Id: Team <team.example.org>"], ("list", "reply")),
        (["Auto-Submitted: auto-generated"], ("automatic",)),
        (["Auto-Submitted: no"], ()),
        (["Content-Type: multipart/encrypted; boundary=b"], ("defective", "encrypted")),
        (["Content-Type: application/pkcs7-mime; smime-type=signed-data"], ("signed",)),
        (["Content-Type: application/pkcs7-mime; smime-type=enveloped-data"], ("encrypted",)),
        (["Subject: a", "Subject: b"], ("defective",)),
    ],
)
def test_flags_say_what_a_message_is(lines, expected):
    assert flags(*lines) == expected


def test_inline_armour_is_seen():
    assert flags("Subject: x", "", "-----BEGIN PGP MESSAGE-----") == ("encrypted",)
    assert flags("Subject: x", "", "-----BEGIN PGP SIGNED MESSAGE-----") == ("signed",)


def test_a_bounce_is_automatic(corpus):
    assert flags_of(parse(corpus["bounce"])) == ("automatic", "bounce")


def test_an_attached_message_is_a_forward(corpus):
    assert "forward" in flags_of(parse(corpus["nested"]))


def test_flags_are_those_of_the_query_language(corpus):
    for raw in corpus.values():
        assert set(flags_of(parse(raw))) <= set(IS_VALUES)


def test_lists_are_named_by_their_id(corpus):
    assert list_ids(parse(corpus["html-only"])) == ("offers.example.org",)


def test_thread_keys_start_with_the_own_id_and_repeat_none():
    parsed = parse(b"Message-ID: <a@b>\nReferences: (x) <r@b> junk <p@b>\nIn-Reply-To: <p@b>\n\n")

    assert thread_keys(parsed) == ("a@b", "p@b", "r@b")


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@b> <c@d>", ("a@b", "c@d")),
        ("Message from X of Monday <a@b>", ("a@b",)),
        ("<a@\n b>", ("a@b",)),
        ("a@b, c@d", ("a@b", "c@d")),
        ("no id here", ()),
        ("<>", ()),
    ],
)
def test_ids_are_read_from_garbage(value, ids):
    assert ids_in(value) == ids


def test_a_list_of_references_without_end_keeps_its_ends():
    found = ids_in("".join(f"<{n}@x>" for n in range(10_000)))

    assert (len(found), found[0], found[-1]) == (MAX_IDS, "0@x", "9999@x")


@pytest.mark.parametrize(
    ("value", "own"), [("<a@b>", "a@b"), ("a@b", "a@b"), ("<A@b> x", "A@b"), ("", ""), ("<a b@c>", "ab@c")]
)
def test_the_own_id_is_bare(value, own):
    assert own_id(value) == own


RECEIVED = (
    b"Received: from b.example.org (b.example.org [192.0.2.2]) by c.example.org with ESMTPS id 2\n"
    b"\tfor <x@example.org>; Mon, 6 May 2024 09:00:05 +0200\n"
    b"Received: from a.example.org by b.example.org with SMTP id 1; Mon, 6 May 2024 07:00:00 +0000\n\nx"
)


def test_hops_come_in_the_order_of_travel_with_their_delay():
    first, second = hops(RECEIVED)

    assert (first.number, first.by, first.at) == (1, "b.example.org", datetime(2024, 5, 6, 7, tzinfo=UTC))
    assert (second.for_, second.with_, second.delay_seconds) == ("<x@example.org>", "ESMTPS", 5.0)


@pytest.mark.parametrize("clause", [b"from ", b"by ", b"(", b"a ", b";", b"<", b'"', b"1:", b"0", b" "])
def test_hops_made_to_hurt_are_bounded_in_number_and_time(clause):
    began = time.process_time()

    found = hops((b"Received: " + clause * (3_000 // len(clause)) + b"\n") * 300 + b"\nx")

    assert len(found) == MAX_HOPS
    assert time.process_time() - began < 5


@given(st.lists(st.binary(max_size=80), max_size=5))
def test_no_bytes_make_hops_raise(values):
    for hop in hops(b"".join(b"Received: " + value + b"\n" for value in values) + b"\nx"):
        hop.raw.encode()
