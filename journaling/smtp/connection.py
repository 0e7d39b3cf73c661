"""One client's connection: bytes in and out, flow control, TLS, and the clocks. The session says what to answer.

States: reading (commands or data); waiting (an answer is being made: nothing more is processed, little is read);
closing. A message that waits for its answer is never cancelled by the client's leaving: it may be durable already.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from typing import cast

from journaling.smtp import replies
from journaling.smtp.options import Options
from journaling.smtp.proxy import looks_proxied
from journaling.smtp.session import Session

logger = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """Feeds a session with what arrives, in order, and writes its answers."""

    __slots__ = (
        "_begun",
        "_body_since",
        "_closed",
        "_ended",
        "_loop",
        "_lost",
        "_open",
        "_options",
        "_paused",
        "_session",
        "_since",
        "_skipping",
        "_stopping",
        "_transport",
        "_unread",
        "_waiting",
        "_writable",
    )

    def __init__(
        self,
        *,
        options: Options,
        loop: asyncio.AbstractEventLoop,
        opened: Callable[["Connection", asyncio.Transport], Session | bytes],
        lost: Callable[["Connection"], None],
    ) -> None:
        """`opened` gives the session of a new connection, or why there is none; `lost` may be told twice."""
        self._options = options
        self._loop = loop
        self._open = opened
        self._lost = lost
        self._session: Session | None = None
        self._transport: asyncio.Transport | None = None
        self._unread = b""
        self._begun = False  # something has been read
        self._waiting: asyncio.Future[None] | None = None
        self._since = loop.time()  # of the last progress: a whole command, some data, an answer
        self._body_since = 0.0  # when the data of this message began; 0: none are coming
        self._writable = True
        self._paused = False  # reading is
        self._skipping = False  # the rest of a line that is too long
        self._closed = False  # after the last answer
        self._ended = False  # the client has sent all it will
        self._stopping = False  # the server is: no new message

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        opened = self._open(self, self._transport)
        if isinstance(opened, bytes):
            self._close(opened)
            return
        self._session = opened
        greeting = self._session.greeting()
        if self._session.closing:
            self._close(greeting)
        else:
            self._write(greeting)

    def data_received(self, data: bytes) -> None:
        if self._closed:
            return
        self._unread = self._unread + data if self._unread else data
        if not self._begun and looks_proxied(self._unread):
            logger.warning("smtp.proxy_not_listed bytes=%d", len(self._unread))
            self._close(replies.NOT_A_PROXY)
            return
        self._begun = True
        self._process()

    def eof_received(self) -> bool:
        self._ended = True
        return self._waiting is not None  # keep the other direction open for the answer

    def connection_lost(self, _exc: Exception | None) -> None:
        self._closed = True
        self._unread = b""
        self._lost(self)
        if self._session is not None:
            self._session.reset()

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        self._since = self._loop.time()
        self._process()

    # Reading

    def _process(self) -> None:
        """Work through what is unread, until it is used up or an answer must be awaited."""
        session = self._session
        if session is None or self._closed:
            return
        data, position = self._unread, 0
        answers: list[bytes] = []
        while position < len(data) and not self._must_stop(session):
            if session.receiving:
                position, reply = session.receive(data, position)
            else:
                end = data.find(b"\n", position) + 1
                if not end:
                    break
                reply = self._line(session, data[position:end])
                position = end
            if isinstance(reply, bytes):
                answers.append(reply)
            elif reply is not None:
                self._wait(reply)
            if session.upgrading and self._transport is not None:
                position = len(data)  # what came in clear behind STARTTLS is thrown away (RFC 3207 section 6)
                self._transport.pause_reading()  # and what comes now belongs to the handshake
                self._wait(self._secure(session))
        if position:
            self._since = self._loop.time()
        self._unread = data[position:]
        self._conclude_round(session, b"".join(answers))

    def _must_stop(self, session: Session) -> bool:
        return (
            self._waiting is not None
            or not self._writable
            or session.closing
            or (self._stopping and not session.delivering)
        )

    def _conclude_round(self, session: Session, answer: bytes) -> None:
        if session.closing and self._waiting is None:
            self._close(answer)
            return
        self._write(answer)
        if not session.delivering:
            self._body_since = 0.0
        elif not self._body_since:
            self._body_since = self._since
        if self._waiting is None and not session.receiving:
            self._drop_long_line(session.line_limit)
        if self._stopping and not self.delivering:
            self._close(replies.SHUTTING_DOWN)
        elif self._ended and self._waiting is None:
            self._close(b"")
        else:
            self._regulate()

    def _line(self, session: Session, line: bytes) -> bytes | Awaitable[bytes] | None:
        if self._skipping or len(line) > session.line_limit:
            self._skipping = False
            return session.line_too_long()
        return session.line(line)

    def _drop_long_line(self, limit: int) -> None:
        """Keep no line that is too long to be one; the rest of it will be skipped. This is no progress."""
        if (self._skipping or len(self._unread) > limit) and b"\n" not in self._unread:
            self._skipping = True
            self._unread = b""

    def _regulate(self) -> None:
        """Read on only while there is somewhere to put it: the client waits, not our memory."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        busy = self._waiting is not None or not self._writable
        if busy and not self._paused and len(self._unread) > self._options.limits.unread_bytes:
            self._paused = True
            transport.pause_reading()
        elif self._paused and not busy:
            self._paused = False
            transport.resume_reading()

    # Waiting

    def _wait(self, reply: Awaitable[bytes]) -> None:
        self._waiting = asyncio.ensure_future(self._answer_later(reply))

    async def _answer_later(self, reply: Awaitable[bytes]) -> None:
        try:
            answer = await reply
        except Exception:
            logger.exception("smtp.answer_failed")
            self._waiting = None
            self._close(replies.FAULT)
            return
        self._waiting = None
        if self._closed:
            return
        self._since = self._loop.time()
        self._write(answer)
        self._process()

    async def _secure(self, session: Session) -> bytes:
        """Shake hands. The answer is empty: in TLS the client speaks first."""
        transport, context = self._transport, self._options.tls
        if transport is None or context is None:
            return b""
        try:
            secured = await self._loop.start_tls(
                transport,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=self._options.limits.handshake_seconds,
            )
        except (OSError, ssl.SSLError, ConnectionError) as error:
            logger.warning("smtp.handshake_failed reason=%s", type(error).__name__)
            self._closed = True
            transport.abort()
            self._lost(self)  # a transport that failed its handshake does not always say so
            return b""
        if secured is None:
            return b""
        self._transport = secured
        version, (cipher, _, _) = secured.get_extra_info("ssl_object").version(), secured.get_extra_info("cipher")
        session.secured(f"{version} {cipher}")
        return b""

    # Writing and closing

    def _write(self, answer: bytes) -> None:
        if answer and self._transport is not None:
            self._transport.write(answer)

    def _close(self, answer: bytes) -> None:
        """Give the last answer and hang up."""
        self._closed = True
        self._unread = b""
        self._since = self._loop.time()
        if self._session is not None:
            self._session.reset()
        self._write(answer)
        if self._transport is not None:
            self._transport.close()

    @property
    def delivering(self) -> bool:
        """Whether a message is between DATA and its answer."""
        return self._waiting is not None or (self._session is not None and self._session.delivering)

    def stop(self) -> None:
        """Take no new message: hang up now, or after the answer to the one under way."""
        self._stopping = True
        if not self._closed and not self.delivering:
            self._close(replies.SHUTTING_DOWN)

    def abort(self) -> None:
        """Hang up at once."""
        if self._transport is not None:
            self._transport.abort()

    def check_clocks(self, now: float) -> None:
        """Hang up on a client that is too slow. A line counts when it is whole, so single bytes do not help."""
        limits = self._options.limits
        if self._closed:
            if now - self._since > limits.linger_seconds:
                self.abort()
        elif self._waiting is not None:
            return
        elif now - self._since > limits.idle_seconds:
            self._time_out(replies.IDLE_TOO_LONG)
        elif self._body_since and now - self._body_since > limits.data_seconds:
            self._time_out(replies.DATA_TOO_SLOW)

    def _time_out(self, answer: bytes) -> None:
        logger.warning("smtp.timed_out code=%s", answer[:9].decode())
        self._close(answer)
