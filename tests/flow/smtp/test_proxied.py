"""Behind a load balancer: the client is whom a listed proxy names, in the envelope, the access rules and the limits."""

import asyncio
import logging
import ssl
import time
from ipaddress import ip_network

import pytest

from journaling.smtp.options import Limits
from tests.flow.smtp.rig import MemoryIntake, running, unavailable
from tests.flow.smtp.test_tls import contexts  # noqa: F401 - a fixture
from tests.unit.smtp.headers import LOCAL, UNKNOWN, v1, v2

LISTED = (ip_network("127.0.0.1/32"),)
OUTSIDE = (ip_network("198.51.100.0/24"), ip_network("2001:db8::/32"))
CLIENT = "198.51.100.7"


def behind(**changes):
    return running(**{"proxies": LISTED, "networks": OUTSIDE, **changes})


def through(rig, header):
    client = rig.client(greeted=False)
    client.send(header)
    return client


def refusals(caplog):
    return [record.getMessage() for record in caplog.records if "proxy" in record.getMessage()]


@pytest.mark.parametrize(
    ("header", "peer"),
    [
        (v1(CLIENT, 4711), (CLIENT, 4711)),
        (v2(CLIENT, 4711, tlvs=[(4, b""), (0x20, b"\0" * 300)]), (CLIENT, 4711)),
        (v2("2001:db8::7", 4711), ("2001:db8::7", 4711)),
        (v1("::ffff:198.51.100.7", 4711), (CLIENT, 4711)),
    ],
)
def test_the_envelope_names_the_client_and_not_the_proxy(header, peer):
    with behind() as rig:
        client = through(rig, header)
        assert client.reply()[:3] == b"220"
        client.begin()
        assert client.data(b"x\r\n.\r\n")[:3] == b"250"
        envelope = rig.intake.kept[0].envelope
        assert (envelope.client_address, envelope.client_port) == peer


@pytest.mark.parametrize("header", [v1(CLIENT, 1), v2(CLIENT, 1, tlvs=[(4, b"pad")])])
def test_a_header_may_come_in_any_pieces_and_what_is_behind_it_is_the_clients(header):
    with behind() as rig:
        client = rig.client(greeted=False)
        for byte in header:
            client.send(bytes([byte]))
            time.sleep(0.001)
        assert client.reply()[:3] == b"220"
        together = through(rig, header + b"EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n")
        assert [together.reply()[:3] for _ in range(5)] == [b"220", b"250", b"250", b"250", b"354"]
        together.send(b"x\r\n.\r\n")
        assert together.reply()[:3] == b"250"
        assert [kept.raw for kept in rig.intake.kept] == [b"x\r\n"]


def test_nobody_is_greeted_before_the_header(caplog):
    with behind() as rig:
        client = rig.client(greeted=False)
        client.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)


@pytest.mark.parametrize(
    "sent",
    [
        b"EHLO c\r\n",
        b"PROXY TCP4 a b 1 2\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x31",
        b"\x16\x03\x01\x02\x00",
        b"PROXY " + b"x" * 200,
    ],
)
def test_a_listed_peer_that_sends_no_header_is_hung_up_on_and_logged(sent, caplog):
    with behind() as rig, caplog.at_level(logging.WARNING):
        client = through(rig, sent + b"\0" * 20)
        assert client.reply() == b""
        assert rig.settled()
    assert [line.startswith("smtp.proxy_header_refused reason=") for line in refusals(caplog)] == [True]


def test_a_listed_peer_that_is_slow_with_its_header_is_hung_up_on(caplog):
    with behind(limits=Limits(header_seconds=0.2)) as rig, caplog.at_level(logging.WARNING):
        silent, slow = rig.client(greeted=False), through(rig, b"PROXY TCP4")
        assert [silent.reply(), slow.reply()] == [b"", b""]
    assert sorted(refusals(caplog)) == [f"smtp.proxy_header_refused reason=too-slow bytes={n}" for n in (0, 10)]


@pytest.mark.parametrize("header", [v1(CLIENT, 1), v2(CLIENT, 1), LOCAL, UNKNOWN])
@pytest.mark.parametrize("proxies", [(), (ip_network("203.0.113.0/24"),)])
def test_a_peer_that_is_not_listed_names_nobody(header, proxies, caplog):
    with running(proxies=proxies) as rig, caplog.at_level(logging.WARNING):
        client = rig.client()
        client.send(header + b"EHLO c\r\nMAIL FROM:<a@b>\r\n")
        assert [client.reply()[:9], client.reply()] == [b"421 4.7.1", b""]
        assert rig.settled()
    assert refusals(caplog) == [f"smtp.proxy_not_listed bytes={len(header) + 25}"]


def test_a_peer_that_is_not_listed_is_a_client_as_ever():
    with running(proxies=(ip_network("203.0.113.0/24"),)) as rig:
        client = rig.client()
        client.begin()
        assert client.data(b"x\r\n.\r\n")[:3] == b"250"
        assert rig.intake.kept[0].envelope.client_address == "127.0.0.1"


def test_a_client_cannot_name_another_behind_its_proxy():
    with behind() as rig:
        client = through(rig, v2(CLIENT, 1) + v1("198.51.100.99", 2))
        assert [client.reply()[:3], client.reply()[:3], client.reply()] == [b"220", b"421", b""]


def test_a_stranger_behind_the_proxy_is_a_stranger_and_a_networks_own_proxy_helps_nobody():
    with behind(networks=(*OUTSIDE, ip_network("127.0.0.0/8"))) as rig:
        assert through(rig, v2("203.0.113.9", 1)).reply()[:3] == b"554"


@pytest.mark.parametrize("header", [LOCAL, UNKNOWN])
@pytest.mark.parametrize("networks", [OUTSIDE, (ip_network("127.0.0.0/8"),)])
def test_a_check_is_answered_leaves_no_trace_and_sends_no_mail(header, networks, caplog):
    with behind(networks=networks) as rig, caplog.at_level(logging.INFO):
        before = len(caplog.records)
        check = through(rig, header)
        assert check.reply()[:3] == b"220"
        assert check.asks(b"EHLO balancer", b"NOOP", b"QUIT") == [b"250", b"250", b"221"]
        assert check.reply() == b""
        assert caplog.records[before:] == []
        mail = through(rig, header)
        mail.reply()
        assert mail.asks(b"EHLO balancer", b"MAIL FROM:<a@b>") == [b"250", b"450"]


def test_a_connection_that_says_nothing_leaves_no_trace(caplog):
    with behind() as rig, caplog.at_level(logging.INFO):
        before = len(caplog.records)
        rig.client(greeted=False).close()
        time.sleep(0.1)
        assert caplog.records[before:] == []


def test_each_client_behind_the_proxy_has_its_own_limit_of_connections():
    with behind(limits=Limits(connections=20, connections_per_client=2)) as rig:
        one = [through(rig, v2(CLIENT, port)).reply()[:3] for port in range(3)]
        other = through(rig, v2("198.51.100.8", 1)).reply()[:3]
        checks = [through(rig, LOCAL).reply()[:3] for _ in range(3)]
    assert (one, other, checks) == ([b"220", b"220", b"421"], b"220", [b"220"] * 3)


def test_connections_without_a_header_count_in_all():
    with behind(limits=Limits(connections=2)) as rig:
        for _ in range(2):
            rig.client(greeted=False)
        assert rig.client(greeted=False).reply()[:9] == b"421 4.7.0"
        assert rig.settled()


def test_tls_begins_behind_the_header(contexts):  # noqa: F811 - a fixture
    with behind(tls=contexts[0]) as rig:
        client = through(rig, v2(CLIENT, 4711, tlvs=[(1, b"smtp")]))
        assert client.reply()[:3] == b"220"
        assert client.asks(b"EHLO c", b"STARTTLS") == [b"250", b"220"]
        client.secure(contexts[1])
        client.begin()
        assert client.data(b"x\r\n.\r\n")[:3] == b"250"
        envelope = rig.intake.kept[0].envelope
        assert (envelope.client_address, envelope.tls[:4], envelope.protocol) == (CLIENT, "TLSv", "ESMTPS")


def test_a_header_inside_tls_is_bad_smtp(contexts):  # noqa: F811 - a fixture
    with behind(tls=contexts[0]) as rig:
        client = through(rig, v2(CLIENT, 4711))
        client.reply()
        client.asks(b"EHLO c", b"STARTTLS")
        client.secure(contexts[1])
        assert client.asks(b"PROXY TCP4 203.0.113.9 192.0.2.1 1 2") == [b"500"]
        assert isinstance(client.socket, ssl.SSLSocket)


def test_lmtp_behind_a_proxy_names_the_client_as_well():
    with behind(lmtp=True) as rig:
        client = through(rig, v1(CLIENT, 4711))
        assert client.reply()[:3] == b"220"
        client.begin(hello=b"LHLO c")
        assert client.data(b"x\r\n.\r\n")[:3] == b"250"
        assert rig.intake.kept[0].envelope.client_address == CLIENT


def test_who_leaves_tells_the_checks_and_serves_the_clients():
    with behind() as rig:
        rig.call(rig.server.leave)
        check, client = through(rig, LOCAL), through(rig, v2(CLIENT, 1))
        assert [check.reply()[:9], check.reply(), client.reply()[:3]] == [b"421 4.3.2", b"", b"220"]
        client.begin()
        assert client.data(b"x\r\n.\r\n")[:3] == b"250"


def test_a_check_is_told_when_the_store_does_not_take_mail_and_clients_are_told_at_the_message():
    with behind(intake=MemoryIntake(error=unavailable())) as rig:
        client = through(rig, v2(CLIENT, 1))
        assert (client.reply()[:3], through(rig, LOCAL).reply()[:3]) == (b"220", b"220")
        client.begin()
        assert client.data(b"x\r\n.\r\n")[:3] == b"451"
        assert [through(rig, LOCAL).reply()[:9], through(rig, v2(CLIENT, 2)).reply()[:3]] == [b"421 4.3.0", b"220"]


def test_stopping_hangs_up_on_proxies_that_have_not_said_for_whom():
    with behind(intake=MemoryIntake()) as rig:
        client = rig.client(greeted=False)
        time.sleep(0.1)
        assert rig.stop(5).result(5) is True
        assert [client.reply()[:9], client.reply()] == [b"421 4.3.2", b""]


def test_many_headers_at_once_leave_the_books_balanced():
    async def storm(port):
        async def one(number):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(v2(CLIENT, number) + b"QUIT\r\n" if number % 3 else b"nonsense of a proxy\r\n" * 2)
            read = await reader.read()
            writer.close()
            return read[:3]

        return await asyncio.gather(*map(one, range(150)))

    with behind() as rig:
        answers = asyncio.run(storm(rig.port))
        assert (answers.count(b"220"), answers.count(b"")) == (100, 50)
        assert rig.settled()
        assert rig.server._count.total == 0
