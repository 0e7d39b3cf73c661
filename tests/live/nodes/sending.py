"""Clients at addresses of their own that send mail until enough was answered, and note what became of each attempt.

An attempt has a number that stands in its message; one that was not answered 250 is tried again under another, as a
mail system would that does not know what became of it.
"""

import itertools
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

BODY_LINES = 60  # some 4 KiB
PER_CONNECTION = 7  # so that clients come again and again
SECONDS = 20
HELLO = (b"EHLO client.test", b"MAIL FROM:<a@x.test>", b"RCPT TO:<b@y.test>", b"DATA")


@dataclass(slots=True)
class Mill:
    """All clients together: what was answered, by the client's address, and what went wrong, by its kind and time."""

    port: int
    wanted: int
    addresses: Sequence[str]
    answered: dict[str, str] = field(default_factory=dict)
    cut: list[tuple[float, str]] = field(default_factory=list)  # data were on their way, and no answer came
    refused: list[float] = field(default_factory=list)  # nobody greeted: the connection was for nothing
    half: list[bytes] = field(default_factory=list)  # an answer without its end
    codes: Counter[str] = field(default_factory=Counter)  # of answers that ended a connection
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Let every client begin."""
        self._threads = [threading.Thread(target=self._work, args=(one,), daemon=True) for one in self.addresses]
        for thread in self._threads:
            thread.start()

    def wait_until(self, answered: int, *, seconds: float = 120) -> None:
        """Wait until so many attempts were answered 250."""
        until = time.monotonic() + seconds
        while len(self.answered) < answered:
            assert time.monotonic() < until, f"{len(self.answered)} of {answered} answered; {self.codes}"
            time.sleep(0.02)

    def join(self) -> None:
        """Wait for the end of all clients."""
        for thread in self._threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self._threads)

    def _work(self, address: str) -> None:
        while len(self.answered) < self.wanted:
            if not self._connect(address):
                time.sleep(0.05)

    def _connect(self, address: str) -> bool:
        """Send some messages over one connection; return whether all were answered."""
        began = time.monotonic()
        try:
            with (
                socket.create_connection(("127.0.0.1", self.port), SECONDS, source_address=(address, 0)) as client,
                client.makefile("rb") as answers,
            ):
                if not self._expect(answers, b"220"):
                    self.refused.append(began)
                    return False
                return all(
                    len(self.answered) >= self.wanted or self._send(client, answers, address)
                    for _ in range(PER_CONNECTION)
                )
        except OSError:
            return False

    def _send(self, client: socket.socket, answers, address: str) -> bool:
        for command, wanted in zip(HELLO, (b"250", b"250", b"250", b"354"), strict=True):
            client.sendall(command + b"\r\n")
            if not self._expect(answers, wanted):
                return False
        attempt = f"{next(self._numbers)}"
        head = f"Message-ID: <{attempt}@nodes.test>\r\nFrom: a@x.test\r\nTo: b@y.test\r\nSubject: {attempt}\r\n\r\n"
        try:
            client.sendall(
                head.encode() + b"sixty-four letters make a line of mail that means nothing at all\r\n" * BODY_LINES
            )
            client.sendall(b".\r\n")
            kept = self._expect(answers, b"250")
        except OSError:
            kept = False
        if kept:
            self.answered[attempt] = address
        else:
            self.cut.append((time.monotonic(), attempt))
        return kept

    def _expect(self, answers, wanted: bytes) -> bool:
        line = b"-"
        while line[3:4] == b"-" or line == b"-":
            line = answers.readline()
        if line and not line.endswith(b"\r\n"):
            self.half.append(line)
        if line[:3] != wanted:
            self.codes[line[:3].decode("ascii", "replace")] += 1
        return line[:3] == wanted
