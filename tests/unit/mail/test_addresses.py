"""Address lists as they are really written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.mail.addresses import normalize, parse_addresses
from muniment.mail.model import Address


def pairs(text):
    return [(one.name, one.address) for one in parse_addresses(text)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b.c", [("", "a@b.c")]),
        ("John <J@B.com>", [("John", "j@b.com")]),
        ('"Doe, John" <j@x.com>, b@c', [("Doe, John", "j@x.com"), ("", "b@c")]),
        ("<@a,@b:user@c.org>", [("", "user@c.org")]),
        ("j@x (John)", [("John", "j@x")]),
        (
            "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
            [("Pete (A nice ) chap)", "pete@silly.test")],
        ),
        ('"john doe"@x.y', [("", '"john doe"@x.y')]),
        ('"john"@x.y', [("", "john@x.y")]),
        ("'x@y.z' <x@y.z>", [("x@y.z", "x@y.z")]),
        ("a @ b.c", [("", "a@b.c")]),
        ("a@[IPv6:::1]", [("", "a@[ipv6:::1]")]),
        ("=?utf-8?q?J=C3=B6rg=2C_M?= <j@xn--mnchen-3ya.de>", [("Jörg, M", "j@münchen.de")]),
        ("</O=ACME/OU=NA/CN=JSMITH>", [("", "/o=acme/ou=na/cn=jsmith")]),
        ("/O=ACME/CN=X", [("", "/o=acme/cn=x")]),
        ("MAILER-DAEMON <>", [("MAILER-DAEMON", "")]),
        ("undisclosed-recipients:;", []),
        ("", []),
    ],
)
def test_well_formed_lists_are_read(text, expected):
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("j@x.com; k@y.com", [("", "j@x.com"), ("", "k@y.com")]),
        ("John Doe j@x.com", [("John Doe", "j@x.com")]),
        ("<a@b.c, Bar <d@e.f>", [("", "a@b.c"), ("Bar", "d@e.f")]),
        ("Foo (bar <a@b.c>, d@e.f", [("Foo (bar", "a@b.c"), ("", "d@e.f")]),
        ('"open <a@b.c>, d@e.f', [('"open', "a@b.c"), ("", "d@e.f")]),
        ("a@b c@d", [("", "a@b"), ("", "c@d")]),
        ("user at host.com (Name)", [("Name", "user@host.com")]),
        ("mailto:x@y.z", [("", "x@y.z")]),
        ("=?utf-8?q?foo_=3Cfoo=40bar.com=3E?=", [("foo", "foo@bar.com")]),
        ("Offer,(<a@b.c>)", [("Offer", ""), ("", "a@b.c")]),
        ("a@b@c.d", [("", "a@b@c.d")]),
        ("root", [("root", "")]),
        ("user@host <>", [("", "user@host")]),
    ],
)
def test_broken_lists_keep_every_address_and_are_called_broken(text, expected):
    found, whole = parse_addresses(text)

    assert ([(one.name, one.address) for one in found], whole) == (expected, False)


def test_group_members_know_their_group():
    found, whole = parse_addresses("Board: a@b, C <c@d>;, e@f")

    assert whole
    assert found == (
        Address(name="", address="a@b", group="Board"),
        Address(name="C", address="c@d", group="Board"),
        Address(name="", address="e@f", group=""),
    )


def test_a_comma_in_a_decoded_name_separates_nothing():
    assert pairs("=?utf-8?b?QSwgQg==?= <a@b>, c@d") == [("A, B", "a@b"), ("", "c@d")]


@pytest.mark.parametrize("label", ["xn--", "xn--a-0000000000", "xn--" + "9" * 59, "xn--\x00"])
def test_a_broken_idn_label_stays_as_written(label):
    assert normalize(f"a@{label}.com") == f"a@{label}.com"


TRAPS = {
    "addresses": ",".join(f"a{i}@b.c" for i in range(100_000)),
    "open parentheses": "(" * 200_000,
    "comments": "(" * 100_000 + ")" * 100_000,
    "open brackets": "<" * 200_000,
    "quoted brackets": '<""' * 100_000,
    "quotes": '"' * 200_001,
    "escapes": '"' + '\\"' * 100_000,
    "colons": "a:" * 100_000,
    "address colons": "a@b:" * 100_000,
    "groups": "g:;" * 100_000,
    "at": " @ " * 100_000,
    "spaces": "a" + " " * 400_000 + "x",
    "quoted at": '"a"@' * 80_000,
    "words": "a " * 200_000,
    "encoded words": "=?" * 250_000,
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_megabyte_made_to_be_slow_is_read_in_linear_time(trap):
    began = time.process_time()

    parse_addresses(TRAPS[trap])

    assert time.process_time() - began < 5


@given(st.text(alphabet='ab@.,;:<>()"\\[] =?/\té', max_size=200))
def test_no_text_makes_it_raise_and_addresses_are_clean(text):
    for one in parse_addresses(text)[0]:
        assert one.address == one.address.strip()
        assert one.name or one.address
