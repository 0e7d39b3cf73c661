"""The listeners of one process: sockets, connections, clocks, and an end that loses nothing."""

import asyncio
import contextlib
import logging
from functools import partial

from archive.intake.port import Intake
from journaling.smtp.access import Connections, plain_address
from journaling.smtp.connection import Connection
from journaling.smtp.options import Listener, Options
from journaling.smtp.session import Peer, Session

logger = logging.getLogger(__name__)

_BACKLOG = 1024
_CLOCK_SECONDS = 1.0  # how exactly time-outs are kept


class Server:
    """Takes mail for an intake. Make it inside the running event loop."""

    def __init__(self, *, options: Options, intake: Intake) -> None:
        self._options = options
        self._intake = intake
        self._loop = asyncio.get_running_loop()
        self._count = Connections(options.limits)
        self._open: dict[Connection, str] = {}  # the address that is counted, "" if none is
        self._emptied = asyncio.Event()
        self._servers: list[asyncio.Server] = []
        limits = options.limits
        self._clock_seconds = min(_CLOCK_SECONDS, min(limits.idle_seconds, limits.data_seconds) / 4)
        self._clock = self._loop.call_later(self._clock_seconds, self._check_clocks)

    async def listen(self, listener: Listener, *, share_port: bool = False) -> tuple[str, int]:
        """Begin to listen and return the address and port; port 0 means any free one. `OSError` if it is taken."""
        server = await self._loop.create_server(
            partial(
                Connection,
                options=self._options,
                loop=self._loop,
                opened=partial(self._opened, listener),
                lost=self._lost,
            ),
            listener.host,
            listener.port,
            backlog=_BACKLOG,
            reuse_port=share_port,
        )
        self._servers.append(server)
        host, port, *_ = server.sockets[0].getsockname()
        logger.info("smtp.listening port=%d lmtp=%s source=%s", port, listener.lmtp, listener.source)
        return host, port

    def _opened(self, listener: Listener, connection: Connection, transport: asyncio.Transport) -> Session | None:
        name = transport.get_extra_info("peername")
        address = plain_address(name[0]) if name else "0.0.0.0"  # noqa: S104 - gone already; no network has it
        if not self._count.enter(address):
            self._open[connection] = ""
            logger.warning("smtp.too_many_connections open=%d", self._count.total)
            return None
        self._open[connection] = address
        peer = Peer(address=address, port=name[1] if name else 0)
        return Session(options=self._options, listener=listener, intake=self._intake, peer=peer)

    def _lost(self, connection: Connection) -> None:
        address = self._open.pop(connection, "")
        if address:
            self._count.leave(address)
        if not self._open:
            self._emptied.set()

    def _check_clocks(self) -> None:
        now = self._loop.time()
        for connection in tuple(self._open):
            connection.check_clocks(now)
        self._clock = self._loop.call_later(self._clock_seconds, self._check_clocks)

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
