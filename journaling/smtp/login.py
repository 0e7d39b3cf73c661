"""AUTH in one session (RFC 4954): PLAIN and LOGIN, after STARTTLS only."""

import logging
from collections.abc import Awaitable, Callable

from journaling.smtp import replies
from journaling.smtp.accounts import read_base64, read_plain
from journaling.smtp.options import Options

logger = logging.getLogger(__name__)

Reply = bytes | Awaitable[bytes]


class Login:
    """Who the client is, and the exchange that says so."""

    __slots__ = ("_accounts", "_failed", "_limit", "_next", "exhausted", "name")

    def __init__(self, options: Options) -> None:
        self._accounts = options.accounts
        self._limit = options.limits.failed_logins
        self._failed = 0
        self._next: Callable[[bytes], Reply] | None = None
        self.name = b""  # b"" until authenticated
        self.exhausted = False  # too many failures: the session ends

    @property
    def pending(self) -> bool:
        """Whether the next line belongs to the exchange."""
        return self._next is not None

    def possible(self, tls: str) -> bool:
        """Whether AUTH is offered."""
        return self._accounts is not None and bool(tls)

    def start(self, argument: bytes, tls: str) -> Reply:
        """Answer AUTH."""
        if self._accounts is None:
            return replies.NOT_OFFERED
        if not tls:
            return replies.TLS_NEEDED
        if self.name:
            return replies.LOGGED_IN
        mechanism, _, initial = argument.partition(b" ")
        match mechanism.upper():
            case b"PLAIN":
                return self._ask(replies.ASK_RESPONSE, self._plain, initial)
            case b"LOGIN":
                return self._ask(replies.ASK_NAME, self._login_name, initial)
        return replies.UNKNOWN_MECHANISM

    def _ask(self, challenge: bytes, answered: Callable[[bytes], Reply], initial: bytes = b"") -> Reply:
        """Put a challenge, unless the client has answered it already."""
        self._next = answered
        return self.response(initial.strip()) if initial else challenge

    def cancel(self) -> None:
        """Give up the exchange."""
        self._next = None

    def response(self, line: bytes) -> Reply:
        """Answer a line of the exchange."""
        answered, self._next = self._next, None
        if line == b"*":
            return replies.LOGIN_CANCELLED
        decoded = read_base64(b"" if line == b"=" else line)
        if decoded is None or answered is None:
            return replies.BAD_BASE64
        return answered(decoded)

    def _plain(self, response: bytes) -> Reply:
        pair = read_plain(response)
        return self._check(*pair) if pair else replies.BAD_BASE64

    def _login_name(self, name: bytes) -> Reply:
        return self._ask(replies.ASK_PASSWORD, lambda password: self._check(name, password))

    async def _check(self, name: bytes, password: bytes) -> bytes:
        if self._accounts is not None and await self._accounts.check(name, password):
            self.name = name
            return replies.LOGIN_OK
        self._failed += 1
        logger.warning("smtp.login_failed attempt=%d", self._failed)
        if self._failed < self._limit:
            return replies.LOGIN_FAILED
        self.exhausted = True
        return replies.LOGIN_FAILED + replies.TOO_MANY_LOGINS
