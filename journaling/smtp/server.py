"""The listeners of one process: sockets, connections, clocks, and an end that loses nothing."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from archive.intake.port import Intake
from archive.intake.pressure import Pressure
from journaling.smtp import replies
from journaling.smtp.access import Connections, is_within, plain_address
from journaling.smtp.connection import Connection
from journaling.smtp.options import Listener, Options
from journaling.smtp.preamble import Preamble
from journaling.smtp.proxy import Header
from journaling.smtp.session import Peer, Session

logger = logging.getLogger(__name__)

_BACKLOG = 1024
_CLOCK_SECONDS = 1.0  # how exactly time-outs are kept


class Server:
    """Takes mail for an intake. Make it inside the running event loop."""

    def __init__(
        self, *, options: Options, intake: Intake, pressure: Callable[[], Pressure] = lambda: Pressure.NONE
    ) -> None:
        self._options = options
        self._intake = intake
        self._pressure = pressure
        self._loop = asyncio.get_running_loop()
        self._count = Connections(options.limits)
        self._open: dict[Connection | Preamble, str | None] = {}  # the address that is counted, None if none is
        self._leaving = False  # checks are told so
        self._emptied = asyncio.Event()
        self._servers: list[asyncio.Server] = []
        limits = options.limits
        self._clock_seconds = min(
            _CLOCK_SECONDS, min(limits.idle_seconds, limits.data_seconds, limits.header_seconds) / 4
        )
        self._clock = self._loop.call_later(self._clock_seconds, self._check_clocks)

    async def listen(self, listener: Listener, *, share_port: bool = False) -> tuple[str, int]:
        """Begin to listen and return the address and port; port 0 means any free one. `OSError` if it is taken."""
        server = await self._loop.create_server(
            partial(self._protocol, listener),
            listener.host,
            listener.port,
            backlog=_BACKLOG,
            reuse_port=share_port,
        )
        self._servers.append(server)
        host, port, *_ = server.sockets[0].getsockname()
        logger.info("smtp.listening port=%d lmtp=%s source=%s", port, listener.lmtp, listener.source)
        return host, port

    def _protocol(self, listener: Listener) -> asyncio.Protocol:
        if not self._options.proxies:
            return self._connection(listener, None)
        return Preamble(
            seconds=self._options.limits.header_seconds,
            now=self._loop.time,
            expected=self._comes_from_proxy,
            connected=partial(self._named, listener),
            lost=self._lost,
        )

    def _connection(self, listener: Listener, header: Header | None) -> Connection:
        return Connection(
            options=self._options, loop=self._loop, opened=partial(self._opened, listener, header), lost=self._lost
        )

    def _comes_from_proxy(self, preamble: Preamble, transport: asyncio.Transport) -> bool:
        if not is_within(_peer_of(transport).address, self._options.proxies):
            return False
        if not self._enter(preamble, ""):
            preamble.close(replies.TOO_MANY_CONNECTIONS)
        return True

    def _named(self, listener: Listener, preamble: Preamble, header: Header | None) -> Connection:
        """Count the client in the place of its proxy, once the connection asks."""
        self._lost(preamble)
        return self._connection(listener, header)

    def _opened(
        self, listener: Listener, header: Header | None, connection: Connection, transport: asyncio.Transport
    ) -> Session | bytes:
        peer = _peer_of(transport)
        if header is not None:
            client = header.client
            peer = Peer(address=client.address, port=client.port) if client else replace(peer, known=False)
        if not self._enter(connection, peer.address if peer.known else ""):
            return replies.TOO_MANY_CONNECTIONS
        if not peer.known and self._leaving:
            return replies.SHUTTING_DOWN
        if not peer.known and self._intake.failing:
            return replies.STORE_AWAY
        return Session(
            options=self._options, listener=listener, intake=self._intake, peer=peer, pressure=self._pressure
        )

    def _enter(self, one: Connection | Preamble, address: str) -> bool:
        entered = self._count.enter(address)
        self._open[one] = address if entered else None
        if not entered:
            logger.warning("smtp.too_many_connections open=%d", self._count.total)
        return entered

    def _lost(self, one: Connection | Preamble) -> None:
        address = self._open.pop(one, None)
        if address is not None:
            self._count.leave(address)
        if not self._open:
            self._emptied.set()

    def _check_clocks(self) -> None:
        now = self._loop.time()
        for connection in tuple(self._open):
            connection.check_clocks(now)
        self._clock = self._loop.call_later(self._clock_seconds, self._check_clocks)

    def leave(self) -> None:
        """Answer 421 to the checks of listed proxies, so that they send nobody any more; go on with everybody else."""
        self._leaving = True
        logger.info("smtp.leaving open=%d", len(self._open))

    async def stop(self, *, within_seconds: float) -> bool:
        """Stop listening, let messages under way finish, hang up; False if some had to be cut off.

        Idle clients are answered 421 at once. What is cut off was not acknowledged, so its client has it still.
        """
        for server in self._servers:
            server.close()
        for connection in tuple(self._open):
            connection.stop()
        await self._until_empty(within_seconds)
        left = tuple(self._open)
        for connection in left:
            connection.abort()
        await self._until_empty(1.0)
        self._clock.cancel()
        logger.info("smtp.stopped cut_off=%d", len(left))
        return not left

    async def _until_empty(self, seconds: float) -> None:
        if self._open:
            self._emptied = asyncio.Event()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), seconds)


def _peer_of(transport: asyncio.Transport) -> Peer:
    name = transport.get_extra_info("peername")
    if not name:
        return Peer(address="0.0.0.0", port=0)  # noqa: S104 - gone already; no network has it
    return Peer(address=plain_address(name[0]), port=name[1])
