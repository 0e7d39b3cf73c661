"""The beginning of a connection where proxies are listed: its PROXY header, before anybody is greeted.

A listed peer must send a whole one in time, or is hung up on; any other peer is let through as it is.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import cast

from journaling.smtp import replies
from journaling.smtp.connection import Connection
from journaling.smtp.proxy import BadHeader, Header, read_header

logger = logging.getLogger(__name__)


class Preamble(asyncio.Protocol):
    """Reads the header and hands the transport, with what came behind the header, to the connection itself."""

    __slots__ = ("_closed", "_connected", "_expected", "_lost", "_now", "_seconds", "_since", "_transport", "_unread")

    def __init__(
        self,
        *,
        seconds: float,
        now: Callable[[], float],
        expected: Callable[["Preamble", asyncio.Transport], bool],
        connected: Callable[["Preamble", Header | None], Connection],
        lost: Callable[["Preamble"], None],
    ) -> None:
        """`expected` says whether the peer is a listed proxy, `connected` makes the connection of whoever is known."""
        self._seconds = seconds
        self._now = now
        self._expected = expected
        self._connected = connected
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._unread = b""
        self._since = now()
        self._closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._expected(self, self._transport) and not self._closed:
            self._hand_over(None)

    def data_received(self, data: bytes) -> None:
        if self._closed:
            return
        self._unread += data
        try:
            header = read_header(self._unread)
        except BadHeader as refused:
            self._refuse(str(refused))
            return
        if header is not None:
            self._hand_over(header)

    def _hand_over(self, header: Header | None) -> None:
        transport, rest = self._transport, self._unread[header.size_bytes :] if header else b""
        if transport is None:
            return
        self._closed, self._unread = True, b""
        connection = self._connected(self, header)
        transport.set_protocol(connection)
        connection.connection_made(transport)
        if rest:
            connection.data_received(rest)

    def connection_lost(self, _exc: Exception | None) -> None:
        if self._unread and not self._closed:
            logger.warning("smtp.proxy_header_refused reason=cut-off bytes=%d", len(self._unread))
        self._closed = True
        self._lost(self)

    def _refuse(self, reason: str) -> None:
        logger.warning("smtp.proxy_header_refused reason=%s bytes=%d", reason, len(self._unread))
        self._closed = True
        self.abort()

    def close(self, answer: bytes) -> None:
        """Give the proxy's client an answer, whoever it is, and hang up."""
        self._closed = True
        if self._transport is not None:
            self._transport.write(answer)
            self._transport.close()

    def stop(self) -> None:
        """Take nobody any more."""
        if not self._closed:
            self.close(replies.SHUTTING_DOWN)

    def abort(self) -> None:
        """Hang up at once."""
        if self._transport is not None:
            self._transport.abort()

    def check_clocks(self, now: float) -> None:
        """Hang up on a proxy whose header is not whole in time."""
        if now - self._since > self._seconds:
            if self._closed:
                self.abort()
            else:
                self._refuse("too-slow")
