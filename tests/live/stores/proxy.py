"""A TCP proxy that cuts, slows, swallows and resets, as tests ask of it."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

CHUNK_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with a connection, counted from the moment it is set, for so many `times`."""

    answer_bytes: int | None = None  # of an answer that get through before the connection is reset
    request_bytes: int | None = None  # the same of a request
    rate: int = 0  # bytes a second, both ways; 0: as fast as they come
    is_silent: bool = False  # requests go through and no answer comes back
    times: int = 1_000_000


NONE = Fault()


class Proxy:
    """Listens on a port of loopback and passes on to another."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._fault, self._left = NONE, 0
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, fault: Fault) -> None:
        """Let all connections, old and new, suffer this from now on."""
        with self._lock:
            self._fault, self._left = fault, fault.times
            for connection in list(self._open):
                _reset(connection)

    def close(self) -> None:
        self._listener.close()
        self.set(NONE)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target), 5)
                except OSError:
                    _reset(client)
                    continue
                for connection in (client, server):
                    connection.settimeout(None)
                    self._open.add(connection)
                for one, other, is_answer in ((client, server, False), (server, client, True)):
                    threading.Thread(
                        target=self._pass, args=(one, other), kwargs={"is_answer": is_answer}, daemon=True
                    ).start()

    def _pass(self, one: socket.socket, other: socket.socket, *, is_answer: bool) -> None:
        passed = 0
        with suppress(OSError):
            while data := one.recv(CHUNK_BYTES):
                fault = self._fault if self._left else NONE
                limit = fault.answer_bytes if is_answer else fault.request_bytes
                if is_answer and fault.is_silent:
                    continue
                if limit is not None and passed + len(data) >= limit:
                    other.sendall(data[: limit - passed])
                    time.sleep(0.02)  # what was sent arrives before the reset
                    self._left -= 1
                    _reset(other)
                    break
                _send(other, data, fault.rate)
                passed += len(data)
        for connection in (one, other):
            self._open.discard(connection)
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


def _send(connection: socket.socket, data: bytes, rate: int) -> None:
    step = max(1, rate // 10) if rate else len(data)
    for start in range(0, len(data), step):
        connection.sendall(data[start : start + step])
        if rate:
            time.sleep(step / rate)


def _reset(connection: socket.socket) -> None:
    """End a connection with RST."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    """Give a proxy before a port."""
    made = Proxy(target)
    try:
        yield made
    finally:
        made.close()
