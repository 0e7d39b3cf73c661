"""One cluster of OpenSearch: its addresses, a client for each process, waits with jitter, errors in our words."""

import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConnectionError,  # noqa: A004 - the name that the library gives it
    ConnectionTimeout,
    NotFoundError,
    OpenSearchException,
    RequestError,
    TransportError,
)

from muniment.engines.port import IndexUnavailable

REBUILD: Final = "Run `manage.py rebuild index` to make it again from the archive; no message is lost."
READING_SECONDS: Final = 3.0  # how long a search tries again what failed at once: another node may answer
WRITING_SECONDS: Final = 60.0  # the same for what changes the index: long enough to elect a manager (30 s by default)
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0  # seconds
_LATER: Final = frozenset({429, 502, 503, 504})  # too many requests, a bad gateway, unavailable, a gateway's time-out
_CONNECTIONS: Final = 16  # kept open for each node and process

_TOO_MANY: Final = ("too many terms", "maxClauseCount")  # in what a 500 says of a wildcard that stands for too much

T = TypeVar("T")


class TooBroad(Exception):
    """A wildcard stands for more words than a question may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where the cluster is and who we are there."""

    urls: tuple[str, ...]  # http(s)://host:port, of one node or several
    user: str = ""
    password: str = field(default="", repr=False)
    certificates: str = ""  # a PEM file of authorities; "" for those that the system trusts
    seconds: float = 60.0  # for one answer


class Server:
    """The cluster, for one engine. Threads may share it; a process that was forked gets a client of its own."""

    def __init__(
        self,
        connection: Connection,
        *,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._sleep, self._chance, self._clock = sleep, chance, clock
        self._lock = threading.Lock()
        self._client: tuple[int, OpenSearch] | None = None

    def __str__(self) -> str:
        return f"OpenSearch at {', '.join(self._connection.urls)}"

    def read(self, ask: Callable[[OpenSearch], T]) -> T:
        """Ask something; raise `IndexUnavailable` without an answer, `RequestError` where it is not understood.

        Raises `TooBroad` for a wildcard that stands for too much.
        """
        return self._asked(ask, READING_SECONDS)

    def write(self, ask: Callable[[OpenSearch], T]) -> T:
        """Ask for a change that may be asked for twice, or for what it needs to know; raise `IndexUnavailable`."""
        try:
            return self._asked(ask, WRITING_SECONDS)
        except RequestError as error:
            raise self.unavailable(error) from error

    def waits(self, seconds: float = WRITING_SECONDS) -> "Waits":
        """Begin to wait for a change, between tries, for so long in all."""
        return Waits(seconds, sleep=self._sleep, chance=self._chance, clock=self._clock)

    def unavailable(self, error: OpenSearchException) -> IndexUnavailable:
        """Say why there was no answer; never with what was asked or sent."""
        match error:
            case AuthenticationException() | AuthorizationException():
                return IndexUnavailable(
                    f"{self} does not let the archive in ({error.status_code}): check MUNIMENT_SEARCH_USER and "
                    "MUNIMENT_SEARCH_PASSWORD, and what this user may do."
                )
            case NotFoundError():
                return IndexUnavailable(f"There is no search index in {self}. {REBUILD}")
            case ConnectionTimeout():
                return IndexUnavailable(
                    f"{self} did not answer within {self._connection.seconds:g} s: try again later."
                )
            case ConnectionError():
                return IndexUnavailable(f"{self} does not answer: is it running? Try again later.")
            case TransportError():
                return IndexUnavailable(f"{self} refused ({error.status_code}, {error.error}): try again later.")
            case _:
                return IndexUnavailable(f"{self} does not answer: {type(error).__name__}.")

    def _asked(self, ask: Callable[[OpenSearch], T], seconds: float) -> T:
        waits = self.waits(seconds)
        while True:
            try:
                return ask(self._of_this_process())
            except OpenSearchException as error:
                if isinstance(error, RequestError):
                    raise
                if isinstance(error, TransportError) and any(sign in str(error.info) for sign in _TOO_MANY):
                    raise TooBroad from error
                if _is_final(error) or not waits.again():
                    raise self.unavailable(error) from error

    def _of_this_process(self) -> OpenSearch:
        client = self._client
        if client is None or client[0] != os.getpid():
            with self._lock:
                self._client = client = (os.getpid(), _client(self._connection))
        return client[1]


class Waits:
    """Waits between tries: exponential, with full jitter, for so many seconds in all."""

    def __init__(
        self,
        seconds: float,
        *,
        sleep: Callable[[float], None],
        chance: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        self._sleep, self._chance, self._clock = sleep, chance, clock
        self._until = clock() + seconds
        self._wait = _FIRST_WAIT

    def again(self) -> bool:
        """Wait; return whether there is time for another try."""
        left = self._until - self._clock()
        if left <= 0:
            return False
        self._sleep(min(left, self._wait * self._chance()))
        self._wait = min(_LONGEST_WAIT, self._wait * 2)
        return True


def is_later(status: int) -> bool:
    """Tell whether what was refused with this status may be taken later."""
    return status in _LATER


def _is_final(error: OpenSearchException) -> bool:
    """Tell whether the answer would be the same again: the caller says what it means."""
    if isinstance(error, ConnectionError):
        return False
    return isinstance(error, TransportError) and not is_later(int(error.status_code))


def _client(connection: Connection) -> OpenSearch:
    secure: dict[str, Any] = {"ca_certs": connection.certificates or None, "verify_certs": True}
    return OpenSearch(
        hosts=list(connection.urls),
        http_auth=(connection.user, connection.password) if connection.user else None,
        timeout=connection.seconds,
        max_retries=0,  # `Server` tries again
        pool_maxsize=_CONNECTIONS,
        **(secure if any(url.startswith("https:") for url in connection.urls) else {}),
    )
