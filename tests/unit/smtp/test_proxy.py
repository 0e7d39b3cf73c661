"""PROXY headers: what a balancer builds is read, whatever is cut off waits, and anything else is refused, never worse."""

import contextlib
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journaling.smtp.proxy import BadHeader, Client, Header, read_header
from tests.unit.smtp.headers import LOCAL, SIGNATURE, UNKNOWN, framed, v1, v2

ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
PORTS = st.integers(0, 65_535)
TLVS = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=60)), max_size=5)
FAMILY_4, FAMILY_6, UNIX = 0x11, 0x21, 0x31


def plain(address):
    mapped = IPv6Address(address).ipv4_mapped if ":" in address else None
    return str(mapped or address)


@given(address=ADDRESSES, port=PORTS, rest=st.binary(max_size=40))
def test_a_line_of_version_1_is_read_back_and_what_follows_is_left(address, port, rest):
    header = v1(address, port)
    assert read_header(header + rest) == Header(
        size_bytes=len(header), client=Client(address=plain(address), port=port)
    )


@given(address=ADDRESSES, port=PORTS, tlvs=TLVS, rest=st.binary(max_size=40))
def test_a_header_of_version_2_is_read_back_its_tlvs_are_skipped_and_what_follows_is_left(address, port, tlvs, rest):
    header = v2(address, port, tlvs=tlvs)
    assert read_header(header + rest) == Header(
        size_bytes=len(header), client=Client(address=plain(address), port=port)
    )


@given(address=ADDRESSES, port=PORTS, tlvs=TLVS, data=st.data())
def test_a_header_that_is_not_whole_yet_waits(address, port, tlvs, data):
    header = data.draw(st.sampled_from([v1(address, port), v2(address, port, tlvs=tlvs), LOCAL, UNKNOWN]))
    cut = data.draw(st.integers(0, len(header) - 1))
    assert read_header(header[:cut]) is None


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=120).map(lambda tail: b"PROXY " + tail),
        st.binary(max_size=300).map(lambda tail: SIGNATURE + tail),
        st.tuples(st.sampled_from([b"TCP4", b"TCP6", b"UNKNOWN"]), st.text("0123456789.:af \r\n-%", max_size=90)).map(
            lambda found: b"PROXY " + found[0] + b" " + found[1].encode() + b"\r\n"
        ),
        st.builds(lambda body, family: framed(body, family=family), st.binary(max_size=260), st.integers(0, 255)),
    )
)
def test_nothing_raises_but_the_refusal(data):
    with contextlib.suppress(BadHeader):
        header = read_header(data)
        assert header is None or header.size_bytes <= len(data)


@given(address=ADDRESSES, port=PORTS, tlvs=TLVS, place=st.integers(0, 400), bit=st.integers(0, 7))
def test_a_flipped_bit_never_gives_more_than_the_packet(address, port, tlvs, place, bit):
    header = bytearray(v2(address, port, tlvs=tlvs))
    header[place % len(header)] ^= 1 << bit
    with contextlib.suppress(BadHeader):
        found = read_header(bytes(header))
        assert found is None or found.size_bytes <= len(header)


@pytest.mark.parametrize(
    "header",
    [
        LOCAL,
        framed(b"whatever it says", family=0xFF, command=0x20),
        framed(b"", family=0x00),
        framed(b"skipped", family=0x00),
        framed(bytes(216), family=UNIX),
        UNKNOWN,
        b"PROXY UNKNOWN ffff::1 ::1 70000 x\r\n",
    ],
)
def test_a_proxy_may_speak_for_itself_or_not_know(header):
    assert read_header(header + b"EHLO c\r\n") == Header(size_bytes=len(header), client=None)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"EHLO client\r\n", "no-header"),
        (b"PROXX", "no-header"),
        (b"proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "no-header"),
        (b"\r\n\r\n\r\n", "no-header"),
        (b"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", "v1-form"),
        (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n", "v1-form"),
        (b"PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n", "v1-form"),
        (b"PROXY TCP4\r\n", "v1-form"),
        (b"PROXY \r\n", "v1-form"),
        (b"PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", "v1-family"),
        (b"PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n", "v1-address"),
        (b"PROXY TCP4 ::1 192.0.2.2 1 2\r\n", "v1-address"),
        (b"PROXY TCP6 192.0.2.1 ::1 1 2\r\n", "v1-address"),
        (b"PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", "v1-address"),
        (b"PROXY TCP4 192.0.2.1 nowhere 1 2\r\n", "v1-address"),
        (b"PROXY TCP4 192.0.2.\xb9 192.0.2.2 1 2\r\n", "v1-address"),
        (b"PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", "v1-port"),
        (b"PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n", "v1-port"),
        (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 -2\r\n", "v1-port"),
        (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 \r\n", "v1-port"),
        (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n" + b"x" * 100, "v1-too-long"),
        (b"PROXY UNKNOWN " + b"x" * 100, "v1-too-long"),
        (SIGNATURE + b"\x11\x11\x00\x00", "v2-command"),
        (SIGNATURE + b"\x22\x11\x00\x00", "v2-command"),
        (SIGNATURE + b"\x21\x11\xff\xff", "v2-too-long"),
        (framed(bytes(11), family=FAMILY_4), "v2-address"),
        (framed(bytes(12), family=FAMILY_6), "v2-address"),
        (framed(bytes(100), family=UNIX), "v2-address"),
        (framed(bytes(12), family=0x12), "v2-transport"),
        (framed(bytes(12), family=0x10), "v2-transport"),
        (framed(bytes(12), family=0x01), "v2-transport"),
        (framed(bytes(12), family=0x41), "v2-family"),
        (framed(bytes(12) + b"\x04", family=FAMILY_4), "v2-tlv"),
        (framed(bytes(12) + b"\x04\x00\x02x", family=FAMILY_4), "v2-tlv"),
    ],
)
def test_what_is_no_header_is_refused_for_its_reason(header, reason):
    with pytest.raises(BadHeader, match=f"^{reason}$"):
        read_header(header)


def test_an_address_that_was_mapped_into_version_6_is_one_of_version_4():
    mapped = "::ffff:198.51.100.7"
    found = [read_header(build(mapped, 5)).client.address for build in (v1, v2)]
    assert found == [str(IPv4Address("198.51.100.7"))] * 2
