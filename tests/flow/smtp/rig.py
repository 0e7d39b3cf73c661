"""A listener on a free port with an intake in memory, and a client that speaks bytes over a real socket."""

import asyncio
import contextlib
import socket
import threading
from ipaddress import ip_network

import uvloop

from archive.intake.port import Captured, IntakeUnavailable
from archive.intake.pressure import Pressure
from journaling.smtp.options import Limits, Listener, Options
from journaling.smtp.server import Server

LOOPBACK = (ip_network("127.0.0.0/8"),)


def options(**changes):
    return Options(**{"hostname": "archive.test", "networks": LOOPBACK, **changes})


class MemoryIntake:
    """Keeps what it is given, as slowly as it is told, and counts."""

    def __init__(self, *, budget=1 << 30, error=None, held=False):
        self.kept: list[Captured] = []
        self.budget = self.left = budget
        self.open = 0
        self.error = error
        self.entered = threading.Event()
        self._gate = asyncio.Event()
        if not held:
            self._gate.set()

    @property
    def failing(self):
        return self.error is not None and self.entered.is_set()

    def begin(self):
        self.open += 1

    def abandon(self):
        self.open -= 1

    def reserve(self, size_bytes):
        if size_bytes > self.left:
            return False
        self.left -= size_bytes
        return True

    def release(self, size_bytes):
        self.left += size_bytes

    async def accept(self, captured):
        self.entered.set()
        try:
            await self._gate.wait()
            if self.error is not None:
                raise self.error
            self.kept.append(captured)
        finally:
            self.open -= 1

    def open_gate(self):
        self._gate.set()

    async def close(self):
        pass

    @property
    def balanced(self):
        return self.open == 0 and self.left == self.budget


def unavailable():
    return IntakeUnavailable("the store is away")


class Client:
    """Speaks SMTP by hand."""

    def __init__(self, port, *, greeted=True):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self.socket.makefile("rb")
        self.greeting = self.reply() if greeted else b""

    def send(self, data):
        self.socket.sendall(data)

    def reply(self):
        """Read one whole answer; b"" when the server has hung up."""
        lines = b""
        while True:
            try:
                line = self._file.readline()
            except ConnectionError:
                return lines
            lines += line
            if not line or line[3:4] != b"-":
                return lines

    def ask(self, command):
        self.send(command + b"\r\n")
        return self.reply()

    def asks(self, *commands):
        """Send each command and return the codes of the answers."""
        return [self.ask(command)[:3] for command in commands]

    def begin(self, *recipients, hello=b"EHLO client.test", sender=b"<a@x.test>"):
        to = [b"RCPT TO:<" + address + b">" for address in recipients or (b"b@y.test",)]
        return self.asks(hello, b"MAIL FROM:" + sender, *to)

    def data(self, wire):
        """Send DATA with its content as it goes over the wire, end included; return the last answer."""
        assert self.ask(b"DATA")[:3] == b"354"
        self.send(wire)
        return self.reply()

    def secure(self, context):
        self.socket = context.wrap_socket(self.socket, server_hostname="archive.test")
        self._file = self.socket.makefile("rb")

    def close(self):
        self._file.close()
        self.socket.close()


def stuffed(raw):
    """What a client sends for a message that ends with CRLF (RFC 5321 section 4.5.2)."""
    lines = raw.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b".\r\n"


class Rig:
    """A running server in a thread of its own."""

    def __init__(self, make_intake, server_options, listener, pressure):
        self._make_intake = make_intake
        self.pressure = pressure
        self._loop = uvloop.new_event_loop()
        self._ready = threading.Event()
        self._clients: list[Client] = []
        self._options = server_options
        self._listener = listener
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _work(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.close()

    async def _start(self):
        self.intake = self._make_intake()
        self.server = Server(options=self._options, intake=self.intake, pressure=lambda: self.pressure)
        _, self.port = await self.server.listen(self._listener)

    def client(self, **keywords):
        client = Client(self.port, **keywords)
        self._clients.append(client)
        return client

    def call(self, function, *arguments):
        """Run a function in the server's loop and return what it returns."""

        async def work():
            return function(*arguments)

        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(10)

    def stop(self, within_seconds):
        """Begin a graceful stop and return its future."""
        return asyncio.run_coroutine_threadsafe(self.server.stop(within_seconds=within_seconds), self._loop)

    def settled(self):
        """Wait until the server has noticed that its clients are gone; say whether the intake's books balance."""
        for client in self._clients:
            client.close()
        self.stop(5).result(10)
        return self.intake.balanced

    def end(self):
        for client in self._clients:
            client.close()
        self.stop(0).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


@contextlib.contextmanager
def running(*, intake=None, make_intake=None, lmtp=False, limits=None, pressure=Pressure.NONE, **changes):
    """`make_intake` is called in the server's loop; `intake` is one in memory."""
    listener = Listener(host="127.0.0.1", port=0, lmtp=lmtp, source="test")
    rig = Rig(
        make_intake or (lambda: intake or MemoryIntake()),
        options(limits=limits or Limits(), **changes),
        listener,
        pressure,
    )
    try:
        yield rig
    finally:
        rig.end()
