"""The end of data is CRLF.CRLF and nothing else; what other servers might take for it is refused (decision 0004)."""

import pytest

from journaling.smtp.options import BareLineEnds
from tests.flow.smtp.rig import running

BREAKS = [b"\n", b"\r", b"\r\n"]
LOOKALIKES = [before + b"." + after for before in BREAKS for after in BREAKS if (before, after) != (b"\r\n", b"\r\n")]
SMUGGLED = b"MAIL FROM:<evil@x.test>\r\nRCPT TO:<victim@y.test>\r\nDATA\r\nSmuggled: yes\r\n\r\nhello\r\n"


def parts(lookalike):
    return b"Subject: outer\r\n\r\ntext" + lookalike + SMUGGLED


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_a_lookalike_is_refused_and_nothing_behind_it_is_executed(lookalike):
    with running() as rig:
        client = rig.client()
        client.begin()
        assert client.data(parts(lookalike) + b".\r\n").startswith(b"550 5.5.2 ")
        assert client.ask(b"NOOP")[:3] == b"250"
        assert (rig.intake.kept, rig.settled()) == ([], True)


@pytest.mark.parametrize("lookalike", LOOKALIKES)
@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_lookalike_cut_in_two_packets_is_refused_too(lookalike, cut):
    with running() as rig:
        client = rig.client()
        client.begin()
        client.ask(b"DATA")
        client.send(b"text" + lookalike[:cut])
        client.send(lookalike[cut:] + SMUGGLED + b".\r\n")
        assert client.reply()[:3] == b"550"


@pytest.mark.parametrize("start", [b".\n", b".\r", b".\rx"])
def test_a_lookalike_at_the_very_start_is_refused(start):
    with running() as rig:
        client = rig.client()
        client.begin()
        assert client.data(start + SMUGGLED + b".\r\n")[:3] == b"550"


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_with_accept_a_lookalike_is_content_of_one_message(lookalike):
    with running(bare_line_ends=BareLineEnds.ACCEPT) as rig:
        client = rig.client()
        client.begin()
        assert client.data(parts(lookalike) + b".\r\n")[:3] == b"250"
        unstuffed = parts(lookalike).replace(b"\r\n.", b"\r\n")
        assert [captured.raw for captured in rig.intake.kept] == [unstuffed]


@pytest.mark.parametrize("raw", [b"a\nb\r\n", b"a\rb\r\n", b"a.\nb\r\n", b"\n..\n\r\n", b"\r\r\n"])
def test_bare_line_ends_that_end_nothing_are_kept(raw):
    with running() as rig:
        client = rig.client()
        client.begin()
        assert client.data(raw + b".\r\n")[:3] == b"250"
        assert rig.intake.kept[0].raw == raw


@pytest.mark.parametrize(("raw", "code"), [(b"a\nb\r\n", b"550"), (b"a\rb\r\n", b"550"), (b"a\r\nb\r\n", b"250")])
def test_strict_refuses_every_bare_line_end(raw, code):
    with running(bare_line_ends=BareLineEnds.STRICT) as rig:
        client = rig.client()
        client.begin()
        assert client.data(raw + b".\r\n")[:3] == code


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_bdat_is_counted_so_a_lookalike_in_it_ends_nothing(lookalike):
    raw = parts(lookalike)
    with running(bare_line_ends=BareLineEnds.STRICT) as rig:
        client = rig.client()
        client.begin()
        assert client.ask(b"BDAT %d LAST\r\n%b" % (len(raw) + 2, raw))[:3] == b"250"
        assert rig.intake.kept[0].raw == raw + b"\r\n"


def test_a_command_that_ends_with_a_bare_line_feed_closes_the_connection():
    with running() as rig:
        client = rig.client()
        client.send(b"EHLO c\nMAIL FROM:<a@b>\r\n")
        assert client.reply().startswith(b"521 5.5.2")
        assert client.reply() == b""
