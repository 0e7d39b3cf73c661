"""The end of data and the dots, against a naive reading of RFC 5321 section 4.5.2 line by line."""

import re

from hypothesis import given
from hypothesis import strategies as st

from journaling.smtp.content import ChunkContent, DotContent, has_bare_line_end, looks_ended

WIRE = st.lists(st.sampled_from([b".", b"\r\n", b"\r", b"\n", b"a", b"\0"]), max_size=30).map(b"".join)


def naive(wire):
    """Read lines until a lone dot; return the message and the rest, or None if it does not end."""
    lines, rest = [], wire
    while True:
        line, end, rest = rest.partition(b"\r\n")
        if not end:
            return None
        if line == b".":
            return b"".join(lines), rest
        lines.append((line.removeprefix(b".")) + end)


def fed(wire, cuts, *, discard_after=None):
    content, start, rest = DotContent(), 0, b""
    pieces = []
    for cut in [*cuts, len(wire)]:
        pieces.append(wire[start : start + cut])
        start += cut
    for number, piece in enumerate(pieces):
        if content.complete:
            rest += piece
            continue
        position = content.feed(piece, 0)
        rest += piece[position:]
        if number == discard_after and not content.complete:
            content.discard()
    return content, rest


@given(wire=WIRE, tail=WIRE, cuts=st.lists(st.integers(0, 6), max_size=12))
def test_any_cuts_give_what_a_reading_by_lines_gives(wire, tail, cuts):
    whole = wire + b"\r\n.\r\n" + tail
    content, rest = fed(whole, cuts)
    assert (content.raw(), rest) == naive(whole)


@given(wire=WIRE, tail=WIRE, cuts=st.lists(st.integers(0, 6), max_size=12), after=st.integers(0, 5))
def test_discarded_data_end_at_the_same_place(wire, tail, cuts, after):
    whole = wire + b"\r\n.\r\n" + tail
    content, rest = fed(whole, cuts, discard_after=after)
    assert content.complete
    assert rest == naive(whole)[1]


@given(before=st.binary(max_size=5), wire=WIRE)
def test_data_may_begin_in_the_middle_of_a_packet(before, wire):
    whole = wire + b"\r\n.\r\n"
    content = DotContent()
    position = content.feed(before + whole, len(before))
    raw, rest = naive(whole)
    assert (content.raw(), (before + whole)[position:]) == (raw, rest)


@given(raw=st.binary(max_size=50), sizes=st.lists(st.integers(0, 20), max_size=6))
def test_chunks_are_counted_and_never_looked_at(raw, sizes):
    content, position = ChunkContent(), 0
    for size in [*sizes, len(raw)]:
        content.expect(min(size, len(raw) - position))
        position = content.feed(raw, position)
        assert content.complete
    assert content.raw() == raw


@given(WIRE.filter(lambda wire: b"\r\n.\r\n" not in b"\r\n" + wire))
def test_a_lookalike_is_a_lone_dot_for_a_server_that_takes_any_line_end(wire):
    lines = re.split(rb"\r\n|\r|\n", wire)[:-1]
    assert looks_ended(wire) == (b"." in lines)


@given(WIRE)
def test_a_bare_line_end_is_what_is_left_without_crlf(wire):
    assert has_bare_line_end(wire) == bool(set(b"\r\n") & set(wire.replace(b"\r\n", b"")))
