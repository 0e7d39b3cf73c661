"""Clients that send mail through the balancer, as mail systems do: what was not answered 250 is sent again.

Each attempt has a number of its own in MAIL FROM, which is sealed with the message: so a message that is there twice
because its client sent it twice (no answer came) is told from one that the archive doubled.
"""

import itertools
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.stack.mail import Mail

CLIENTS = 8
FIRST_ADDRESS = 10  # 127.0.0.10 and on
PER_CONNECTION = 25
ANSWER_SECONDS = 600  # RFC 5321 section 4.5.3.2.6: ten minutes for the answer to a message
AGAIN_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An attempt that was answered 250."""

    attempt: str
    mail: Mail
    began: float  # both by time.monotonic
    ended: float


class _NotTaken(Exception):
    """The attempt was refused, or its connection ended."""


@dataclass(slots=True)
class Senders:
    """All clients together, and what became of each attempt."""

    port: int
    messages: Iterator[Mail]
    wanted: int
    clients: int = CLIENTS
    answered: list[Answered] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)  # sent to the end, and no answer came
    refusals: Counter[str] = field(default_factory=Counter)  # "451 4.3.0" and so on
    cut: int = 0  # connections that ended early
    _taken: int = 0
    _attempts: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Let every client begin."""
        for number in range(self.clients):
            address = f"127.0.0.{FIRST_ADDRESS + number}"
            self._threads.append(threading.Thread(target=self._work, args=(address,), daemon=True))
        for thread in self._threads:
            thread.start()

    def is_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Give up what is not answered yet."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(ANSWER_SECONDS)

    def _next(self) -> Mail | None:
        with self._lock:
            if self._taken >= self.wanted or self._stopped.is_set():
                return None
            self._taken += 1
            return next(self.messages)

    def _work(self, address: str) -> None:
        waiting = self._next()
        while waiting is not None and not self._stopped.is_set():
            try:
                with (
                    socket.create_connection(("127.0.0.1", self.port), ANSWER_SECONDS, (address, 0)) as client,
                    client.makefile("rb") as answers,
                ):
                    self._expect(answers, b"220")
                    self._say(client, answers, b"EHLO client.test", b"250")
                    for _ in range(PER_CONNECTION):
                        self._send(client, answers, waiting)
                        waiting = self._next()
                        if waiting is None:
                            return
            except (OSError, _NotTaken):
                self._stopped.wait(AGAIN_SECONDS)

    def _send(self, client: socket.socket, answers, mail: Mail) -> None:
        attempt, began = f"a{next(self._attempts)}", time.monotonic()
        self._say(client, answers, b"MAIL FROM:<%s@sender.test> BODY=8BITMIME" % attempt.encode(), b"250")
        self._say(client, answers, b"RCPT TO:<archive@archive.test>", b"250")
        self._say(client, answers, b"DATA", b"354")
        raw = mail.raw.replace(b"\r\n.", b"\r\n..")
        client.sendall((b"." if raw.startswith(b".") else b"") + raw + b".\r\n")
        self.unanswered.add(attempt)
        try:
            self._expect(answers, b"250")
        except _NotTaken as answer:
            if answer.args[0]:  # an answer, and not the end of the connection
                self.unanswered.discard(attempt)
            raise
        self.unanswered.discard(attempt)
        self.answered.append(Answered(attempt=attempt, mail=mail, began=began, ended=time.monotonic()))

    def _say(self, client: socket.socket, answers, command: bytes, wanted: bytes) -> None:
        client.sendall(command + b"\r\n")
        self._expect(answers, wanted)

    def _expect(self, answers, wanted: bytes) -> None:
        line = answers.readline()
        while line[3:4] == b"-":
            line = answers.readline()
        if line.endswith(b"\r\n") and line[:3] == wanted:
            return
        if line.endswith(b"\r\n"):
            with self._lock:
                self.refusals[line[:9].decode("ascii", "replace")] += 1
            raise _NotTaken(line.decode("ascii", "replace"))
        with self._lock:
            self.cut += 1
        raise _NotTaken("")
