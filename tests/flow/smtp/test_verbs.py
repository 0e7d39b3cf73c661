"""The commands in and out of order, their parameters, and their refusals (RFC 5321, 1870, 2033, 3030)."""

import smtplib

import pytest

from tests.flow.smtp.rig import running


@pytest.fixture(scope="module")
def rig():
    with running() as rig:
        yield rig


def test_ehlo_announces_what_is_offered(rig):
    lines = rig.client().ask(b"EHLO c").decode().splitlines()
    assert [line[4:] for line in lines] == [
        "archive.test", "PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "CHUNKING", "BINARYMIME", "HELP",
        "SIZE 157286400",
    ]  # fmt: skip


def test_helo_announces_nothing(rig):
    assert rig.client().ask(b"HELO c") == b"250 archive.test\r\n"


@pytest.mark.parametrize(
    ("commands", "answer"),
    [
        ([b"MAIL FROM:<a@b>"], b"503 5.5.1"),
        ([b"EHLO"], b"501 5.5.4"),
        ([b"HELO"], b"501 5.5.4"),
        ([b"LHLO c"], b"500 5.5.1"),
        ([b"EHLO c", b"RCPT TO:<a@b>"], b"503 5.5.1"),
        ([b"EHLO c", b"DATA"], b"503 5.5.1"),
        ([b"EHLO c", b"MAIL FROM:<a@b>", b"DATA"], b"503 5.5.1"),
        ([b"EHLO c", b"MAIL FROM:<a@b>", b"MAIL FROM:<a@b>"], b"503 5.5.1"),
        ([b"EHLO c", b"MAIL FROM:<a@b>", b"RCPT TO:<>"], b"501 5.1.3"),
        ([b"EHLO c", b"MAIL FROM:<a@b>", b"RCPT TO:<c<d>>"], b"501 5.5.4"),
        ([b"EHLO c", b"MAIL FROM:<a@b>", b"RCPT FROM:<c@d>"], b"501 5.5.4"),
        ([b"EHLO c", b"MAIL FROM:<a@b>", b"RCPT TO:<c@d> FOO=bar"], b"555 5.5.4"),
        ([b"EHLO c", b"MAIL FROM:<a@b>", b"RCPT TO:<c@d> NOTIFY="], b"501 5.5.4"),
        ([b"EHLO c", b"MAIL FROM:<a@b> BODY=BINARYMIME", b"RCPT TO:<c@d>", b"DATA"], b"503 5.5.1"),
        ([b"EHLO c", b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"BDAT 3\r\nx", b"DATA"], b"503 5.5.1"),
        ([b"EHLO c", b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"BDAT 3\r\nx", b"RCPT TO:<c@d>"], b"503 5.5.1"),
        ([b"EHLO c", b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA now"], b"501 5.5.4"),
        ([b"EHLO c", b"MAIL FROM:<a@b> FOO"], b"555 5.5.4"),
        ([b"EHLO c", b"MAIL FROM:<a@b> SIZE=many"], b"501 5.5.4"),
        ([b"EHLO c", b"MAIL FROM:<a@b> SIZE=1 SIZE=1"], b"501 5.5.4"),
        ([b"EHLO c", b"MAIL FROM:<a@b> BODY=9BIT"], b"501 5.5.4"),
        ([b"EHLO c", b"MAIL FROM:<a\0@b>"], b"500 5.5.1"),
        ([b"EHLO c", b"MAIL"], b"501 5.5.4"),
        ([b"EHLO c", b"STARTTLS"], b"502 5.5.1"),
        ([b"EHLO c", b"AUTH PLAIN AGEAYg=="], b"502 5.5.1"),
        ([b"RSET now"], b"501 5.5.4"),
        ([b"noop whatever"], b"250 2.0.0"),
        ([b"VRFY postmaster"], b"252 2.5.0"),
        ([b"EXPN staff"], b"502 5.5.1"),
        ([b"HELP"], b"214 2.0.0"),
        ([b"TURN"], b"500 5.5.1"),
        ([b""], b"500 5.5.1"),
        ([b"QUIT"], b"221 2.0.0"),
    ],
)
def test_a_command_is_answered_as_the_rfc_says(rig, commands, answer):
    client = rig.client()
    replies = [client.ask(command) for command in commands]
    assert replies[-1][:9] == answer


def test_a_chunk_without_a_transaction_is_read_away(rig):
    client = rig.client()
    client.send(b"EHLO c\r\nBDAT 12 LAST\r\nQUIT\r\nQUIT\r\nMAIL FROM:<a@b>\r\nBDAT 6\r\nQUIT\r\nNOOP\r\n")
    assert [client.reply()[:3] for _ in range(5)] == [b"250", b"503", b"250", b"503", b"250"]


@pytest.mark.parametrize("argument", [b"", b"x", b"-1", b"12 LAS", b"9" * 21])
def test_a_chunk_whose_size_cannot_be_read_closes_the_connection(rig, argument):
    client = rig.client()
    client.begin()
    client.send(b"BDAT " + argument + b"\r\nMAIL FROM:<evil@x>\r\n")
    assert [client.reply()[:9], client.reply()] == [b"501 5.5.4", b""]


def test_smtplib_delivers_with_smtputf8(rig):
    with smtplib.SMTP("127.0.0.1", rig.port, timeout=10) as client:
        client.ehlo()
        client.sendmail("é@x.test", ["b@y.test"], b".x\r\n\xc3\xa9\r\n", mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    assert rig.intake.kept[-1].raw == b".x\r\n\xc3\xa9\r\n"
    assert rig.intake.kept[-1].envelope.mail_from == "é@x.test".encode()


def test_lmtp_answers_once_for_each_recipient():
    with running(lmtp=True) as rig:
        client = rig.client()
        assert client.greeting.split()[2] == b"LMTP"
        assert client.ask(b"EHLO c")[:3] == b"500"
        assert client.begin(b"b@y", b"c@y", b"b@y", hello=b"LHLO c") == [b"250"] * 5
        assert [client.data(b"x\r\n.\r\n"), client.reply(), client.reply()] == [
            b"250 2.6.0 Message is in the archive\r\n"
        ] * 3
        client.begin(b"b@y", b"c@y", hello=b"LHLO c")
        client.send(b"BDAT 1\r\nxBDAT 0 LAST\r\nNOOP\r\n")
        assert [client.reply()[:9] for _ in range(4)] == [b"250 2.0.0", b"250 2.6.0", b"250 2.6.0", b"250 2.0.0"]
        client.begin(b"b@y", b"c@y", hello=b"LHLO c")
        assert [client.data(b"x\n.\n\r\n.\r\n")[:3], client.reply()[:3]] == [b"550", b"550"]
        assert [captured.envelope.protocol for captured in rig.intake.kept] == ["LMTP", "LMTP"]
