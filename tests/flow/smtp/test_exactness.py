"""What is archived is what was sent, byte for byte, however it arrives."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.seal.sighting import Envelope, Recipient
from tests.flow.smtp.rig import running, stuffed

PIECES = st.sampled_from(
    [
        b".", b"..", b"\r\n", b"\r\n.", b"\r\n..", b"\r\n\r\n", b"a", b"\x00", b"\xff\xfe", b"caf\xc3\xa9", b"\t ",
        b"x" * 998, b"y" * 70_000, b"From ", b"QUIT\r\n", b"\r\n..\r\n", b"\r\n. \r\n",
    ]
)  # fmt: skip
RAW = st.lists(PIECES, max_size=12).map(lambda pieces: b"".join(pieces) + b"\r\n" if pieces else b"")
CUTS = st.lists(st.integers(1, 70_000), max_size=8)


@pytest.fixture(scope="module")
def rig():
    with running() as rig:
        yield rig


def sent_in_chunks(client, data, cuts):
    start = 0
    for cut in cuts:
        client.send(data[start : start + cut])
        start += cut
    client.send(data[start:])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=RAW, cuts=CUTS)
def test_data_in_any_chunks_is_kept_exactly(rig, raw, cuts):
    client = rig.client()
    client.begin()
    client.ask(b"DATA")
    sent_in_chunks(client, stuffed(raw), cuts)
    assert client.reply()[:3] == b"250"
    assert rig.intake.kept[-1].raw == raw
    client.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=RAW, cuts=CUTS, sizes=st.lists(st.integers(0, 50_000), max_size=5))
def test_bdat_in_any_chunks_is_kept_exactly(rig, raw, cuts, sizes):
    client = rig.client()
    client.begin()
    wire, start = b"", 0
    for size in sizes:
        chunk = raw[start : start + size]
        wire += b"BDAT %d\r\n%b" % (len(chunk), chunk)
        start += size
    wire += b"BDAT %d LAST\r\n%b" % (len(raw[start:]), raw[start:])
    sent_in_chunks(client, wire, cuts)
    assert {client.reply()[:3] for _ in range(len(sizes) + 1)} == {b"250"}
    assert rig.intake.kept[-1].raw == raw
    client.close()


@pytest.mark.parametrize("step", [1, 2, 3, 5, 7])
def test_a_session_in_tiny_pieces_is_understood(rig, step):
    raw = b".first\r\n..\r\n.\x00\r\n\r\n.\r\n...\r\nlast\r\n"
    client = rig.client()
    wire = b"EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + stuffed(raw) + b"QUIT\r\n"
    for start in range(0, len(wire), step):
        client.send(wire[start : start + step])
    assert [client.reply()[:3] for _ in range(6)] == [b"250", b"250", b"250", b"354", b"250", b"221"]
    assert rig.intake.kept[-1].raw == raw


def test_a_whole_session_of_many_messages_in_one_packet_is_answered_in_order(rig):
    before = len(rig.intake.kept)
    one = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n..%d\r\n.\r\n"
    client = rig.client()
    client.send(b"EHLO c\r\n" + b"".join(one % number for number in range(50)) + b"QUIT\r\n")
    codes = [client.reply()[:3] for _ in range(202)]
    assert codes == [b"250", *([b"250", b"250", b"354", b"250"] * 50), b"221"]
    assert [captured.raw for captured in rig.intake.kept[before:]] == [b".%d\r\n" % n for n in range(50)]


def test_data_and_bdat_alternate_in_one_session(rig):
    before = len(rig.intake.kept)
    envelope = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"
    client = rig.client()
    client.send(
        b"EHLO c\r\n" + envelope + b"BDAT 3\r\n\n.\nBDAT 0\r\nBDAT 2 last\r\n\r\0" + envelope + b"BDAT 0 LAST\r\n"
    )
    client.send(envelope + b"DATA\r\n.\r\n" + envelope + b"BDAT 5 LAST\r\n.\r\n\xff\xff")
    codes = b" ".join(client.reply()[:3] for _ in range(16))
    assert codes.count(b"250") == 15
    assert [captured.raw for captured in rig.intake.kept[before:]] == [b"\n.\n\r\0", b"", b"", b".\r\n\xff\xff"]


def test_a_message_of_five_million_bytes_in_one_line_is_kept(rig):
    raw = b"x" * 5_000_000 + b"\r\n"
    client = rig.client()
    client.begin()
    assert client.data(raw + b".\r\n")[:3] == b"250"
    assert rig.intake.kept[-1].raw == raw


def test_the_envelope_is_kept_as_it_was_sent(rig):
    client = rig.client()
    client.asks(
        b"ehlo [127.0.0.1] Caf\xc3\xa9",
        b'mail from:<"a > b"@x.test> SIZE=5 Body=8bitmime ret=HDRS ENVID=x+20y SMTPUTF8 AUTH=<>',
        b"rcpt TO:<B@Y.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b@y",
        "RCPT TO:<zoé@exämple.test>".encode(),
        b"RCPT TO:<B@Y.test>",
        b"RCPT TO: c@y.test",
        b"RCPT TO:<@relay.test:d@y.test>",
    )
    assert client.data(b"x\r\n.\r\n")[:3] == b"250"
    address, port = client.socket.getsockname()
    assert rig.intake.kept[-1].source == "test"
    assert rig.intake.kept[-1].envelope == Envelope(
        mail_from=b'"a > b"@x.test',
        mail_parameters=(b"SIZE=5", b"Body=8bitmime", b"ret=HDRS", b"ENVID=x+20y", b"SMTPUTF8", b"AUTH=<>"),
        recipients=(
            Recipient(address=b"B@Y.test", parameters=(b"NOTIFY=SUCCESS,FAILURE", b"ORCPT=rfc822;b@y")),
            Recipient(address="zoé@exämple.test".encode()),
            Recipient(address=b"B@Y.test"),
            Recipient(address=b"c@y.test"),
            Recipient(address=b"@relay.test:d@y.test"),
        ),
        protocol="UTF8SMTP",
        helo=b"[127.0.0.1] Caf\xc3\xa9",
        client_address=address,
        client_port=port,
    )


@pytest.mark.parametrize(("hello", "protocol"), [(b"HELO c", "SMTP"), (b"EHLO c", "ESMTP")])
def test_the_protocol_keyword_tells_how_the_client_greeted(rig, hello, protocol):
    client = rig.client()
    client.begin(hello=hello, sender=b"<>")
    client.data(b".\r\n")
    assert rig.intake.kept[-1].envelope.protocol == protocol
    assert rig.intake.kept[-1].envelope.mail_from == b""
