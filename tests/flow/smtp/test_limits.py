"""Whom the listener takes mail from, how much, and how long it waits."""

import time
from ipaddress import ip_network

import pytest

from journaling.smtp.options import Limits
from tests.flow.smtp.rig import running


def test_a_stranger_is_refused_at_the_greeting():
    with running(networks=(ip_network("192.0.2.0/24"),)) as rig:
        client = rig.client()
        assert client.greeting.startswith(b"554 5.7.1 ")
        assert client.reply() == b""


def test_connections_of_one_client_are_limited_and_come_free_again():
    with running(limits=Limits(connections_per_client=2)) as rig:
        first, second = rig.client(), rig.client()
        assert rig.client().greeting.startswith(b"421 4.7.0 ")
        first.ask(b"QUIT")
        first.reply()
        time.sleep(0.1)
        assert rig.client().greeting[:3] == b"220"
        assert second.ask(b"NOOP")[:3] == b"250"


def test_connections_are_limited_in_all():
    with running(limits=Limits(connections=1)) as rig:
        rig.client()
        assert rig.client().greeting[:3] == b"421"


def test_recipients_beyond_the_limit_are_put_off():
    with running(limits=Limits(recipients=1_000)) as rig:
        client = rig.client()
        client.begin()
        client.send(b"".join(b"RCPT TO:<%d@y.test>\r\n" % number for number in range(1_001)))
        codes = [client.reply() for _ in range(1_001)]
        assert {code[:3] for code in codes[:999]} == {b"250"}
        assert {code[:9] for code in codes[999:]} == {b"452 4.5.3"}
        assert client.data(b"x\r\n.\r\n")[:3] == b"250"
        assert len(rig.intake.kept[0].envelope.recipients) == 1_000


def test_a_line_that_is_too_long_is_refused_and_the_next_is_read():
    with running() as rig:
        client = rig.client()
        assert client.ask(b"NOOP " + b"x" * 3_000).startswith(b"500 5.5.2 ")
        assert client.ask(b"NOOP " + b"x" * 300_000).startswith(b"500 5.5.2 ")
        assert client.ask(b"NOOP")[:3] == b"250"


def test_too_many_errors_end_the_session():
    with running(limits=Limits(errors=3)) as rig:
        client = rig.client()
        client.send(b"FOO\r\n" * 5)
        assert [client.reply()[:9] for _ in range(5)] == [b"500 5.5.1"] * 3 + [b"421 4.7.0", b""]


def test_an_idle_client_is_hung_up_on():
    with running(limits=Limits(idle_seconds=0.3)) as rig:
        client = rig.client()
        assert client.reply().startswith(b"421 4.4.2 ")
        assert client.reply() == b""


@pytest.mark.parametrize("drip", [b"N", b"x" * 3_000])
def test_a_line_that_never_ends_is_no_progress(drip):
    with running(limits=Limits(idle_seconds=0.4)) as rig:
        client = rig.client()
        began = time.monotonic()
        while time.monotonic() - began < 12:
            try:
                client.send(drip)
            except ConnectionError:
                break
            time.sleep(0.05)
        assert time.monotonic() - began < 10  # far below what the drip would take


@pytest.mark.parametrize("start", [b"DATA", b"BDAT 100000 LAST"])
def test_data_that_trickle_in_have_a_limit_in_all(start):
    with running(limits=Limits(data_seconds=0.5, idle_seconds=10)) as rig:
        client = rig.client()
        client.begin()
        client.send(start + b"\r\n")
        began = time.monotonic()
        while time.monotonic() - began < 12:
            try:
                client.send(b"x")
            except ConnectionError:
                break
            time.sleep(0.05)
        assert time.monotonic() - began < 10  # far below what the drip would take
        assert rig.settled()


def test_a_client_that_reads_no_answers_is_not_read_from_and_then_hung_up_on():
    with running(limits=Limits(idle_seconds=1, linger_seconds=0.5)) as rig:
        client = rig.client()
        client.socket.settimeout(10)
        with pytest.raises(ConnectionError):
            client.send(b"HELP\r\n" * 10_000_000)
        assert rig.settled()
