"""A real process told to stop, or killed, while slow clients send: what was answered is sealed, and no answer is half.

Each client sends one message after the other, byte for byte slowly, and notes what it was answered for which.
"""

import contextlib
import re
import signal
import threading
import time
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest

from muniment.seal.vault import Vault
from muniment.stores.filesystem import FilesystemStore
from muniment.stores.key_file import FileKeyProvider, read_key_file
from tests.flow.smtp.rig import Client, running
from tests.flow.smtp.test_serve_smtp import serving
from tests.flow.smtp.test_stop import free_port
from tests.unit.smtp.headers import LOCAL, v2

SENDERS = 8
BOUND_SECONDS = 15  # half of the longest drain; the machine may be busy
NUMBER = re.compile(rb"Message-ID: <(\S+)@slow\.test>")


def sealed_in(data):
    """Return the numbers of all messages that are sealed below a data folder, each as often as it is."""
    stores = [FilesystemStore(data / name) for name in ("vault", "keyrings")]
    keys = FileKeyProvider(read_key_file(data / "keys" / "master-key"), stores[1])
    vault = Vault(segments=stores[0], keyrings=stores[1], keys=keys)
    opened = [vault.open(segment_id) for segment_id in vault.segment_ids()]
    raws = [one.open(entry).raw for one in opened for entry in one.footer.frames]
    return [NUMBER.search(raw)[1].decode() for raw in raws]


@dataclass
class Slow:
    """One client: what it was answered for each message, and the last thing that it heard."""

    port: int
    name: int
    answered: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)  # data were on their way, and no answer came
    half: list[bytes] = field(default_factory=list)  # lines without their end
    last: bytes = b""

    def work(self):
        with contextlib.suppress(OSError), contextlib.closing(Client(self.port)) as client:
            for count in range(10_000):
                if not self._send(client, f"{self.name}.{count}"):
                    return

    def _send(self, client, number):
        for command in (b"EHLO c", b"MAIL FROM:<a@x.test>", b"RCPT TO:<b@y.test>", b"DATA"):
            if self._heard(client.ask(command))[:1] not in (b"2", b"3"):
                return False
        try:
            for line in (b"Message-ID: <%s@slow.test>" % number.encode(), b"Subject: x", b"", *[b"slowly"] * 10):
                client.send(line + b"\r\n")
                time.sleep(0.02)
            answer = self._heard(client.ask(b"."))
        except OSError:
            answer = b""
        (self.answered if answer[:3] == b"250" else self.cut).append(number)
        return answer[:3] == b"250"

    def _heard(self, answer):
        if answer and not answer.endswith(b"\r\n"):
            self.half.append(answer)
        self.last = answer or self.last
        return answer


@contextlib.contextmanager
def slow_clients(port):
    clients = [Slow(port, name) for name in range(SENDERS)]
    threads = [threading.Thread(target=client.work, daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    yield clients
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def told(process, *signals):
    """Let mail flow for a while, send the signals, and return the exit code and after how long it came."""
    time.sleep(1.0)
    began = time.monotonic()
    for number in signals:
        process.send_signal(number)
        time.sleep(0.05)
    return process.wait(30), time.monotonic() - began


def answered_by(clients):
    return sorted(number for client in clients for number in client.answered)


@pytest.mark.parametrize("signals", [(signal.SIGTERM,), (signal.SIGINT, signal.SIGTERM)])
def test_every_message_under_way_gets_its_answer_and_then_the_clients_are_told(tmp_path, signals):
    with serving(tmp_path, "--port", "0") as (process, (smtp,)), slow_clients(smtp["port"]) as clients:
        code, seconds = told(process, *signals)
    assert (code, seconds < BOUND_SECONDS) == (0, True)
    assert [(client.cut, client.half, client.last[:3]) for client in clients] == [([], [], b"421")] * SENDERS
    assert answered_by(clients) == sorted(sealed_in(tmp_path)) != []


def test_the_longest_wait_is_kept_and_what_is_cut_off_was_not_answered(tmp_path):
    arguments = ["--port", "0", "--drain-seconds", "0.5"]
    with serving(tmp_path, *arguments) as (process, (smtp,)), contextlib.closing(Client(smtp["port"])) as stuck:
        stuck.begin()
        stuck.ask(b"DATA")
        stuck.send(b"Message-ID: <stuck@slow.test>\r\n")
        code, seconds = told(process, signal.SIGTERM)
        assert (code, seconds < BOUND_SECONDS, stuck.reply()) == (0, True, b"")
    assert list((tmp_path / "vault" / "objects").rglob("*")) == []


@pytest.mark.parametrize("signals", [(signal.SIGKILL,), (signal.SIGTERM, signal.SIGKILL)])
def test_what_was_answered_is_sealed_once_though_the_process_was_killed(tmp_path, signals):
    with serving(tmp_path, "--port", "0") as (process, (smtp,)), slow_clients(smtp["port"]) as clients:
        told(process, *signals)
    sealed = sealed_in(tmp_path)
    assert len(sealed) == len(set(sealed))
    assert [client.half for client in clients] == [[]] * SENDERS
    assert set(answered_by(clients)) <= set(sealed)
    assert answered_by(clients) != []


@pytest.mark.parametrize("processes", [1, 2])
def test_in_its_grace_a_process_turns_checks_away_and_takes_mail_until_told_again(tmp_path, processes):
    port = free_port() if processes > 1 else 0
    settings = {"MUNIMENT_SMTP_GRACE_SECONDS": "60", "MUNIMENT_SMTP_PROXIES": "127.0.0.1/32"}

    def through(header):
        client = Client(smtp["port"], greeted=False)
        client.send(header)
        return client

    arguments = ["--port", str(port), "--processes", str(processes)]
    with serving(tmp_path, *arguments, **settings) as (process, (smtp,)):
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)  # an echo, as of a service manager that tells every process
        time.sleep(1.5)
        assert through(LOCAL).reply()[:9] == b"421 4.3.2"
        client = through(v2("127.0.0.9", 1))
        assert client.reply()[:3] == b"220"
        client.begin()
        assert client.data(b"Message-ID: <late@slow.test>\r\n\r\n.\r\n")[:3] == b"250"
        process.send_signal(signal.SIGTERM)
        assert (client.reply()[:9], process.wait(10)) == (b"421 4.3.2", 0)
    assert sealed_in(tmp_path) == ["late"]


def test_a_message_whose_client_talks_to_the_end_is_finished_behind_a_proxy_too():
    with running(proxies=(ip_network("127.0.0.1/32"),), networks=(ip_network("198.51.100.0/24"),)) as rig:
        client = rig.client(greeted=False)
        client.send(v2("198.51.100.7", 1))
        client.reply()
        client.begin()
        client.ask(b"DATA")
        stopping = rig.stop(5)
        time.sleep(0.1)
        client.send(b"x\r\n.\r\n")
        assert [client.reply()[:3], client.reply()[:3], client.reply()] == [b"250", b"421", b""]
        assert stopping.result(5) is True
