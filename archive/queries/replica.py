"""Reads that may be some seconds old, on a PostgreSQL that follows the primary by streaming.

What may be read there is a closed list (docs/decisions/0027-postgresql-at-scale.md): figures over a scope, and rows of
a list of which the primary said, in the same request, that the reader may see them and that they did not change since.
Scopes, holds, tombstones, restrictions and whatever decides about them are read from the primary alone.

How far the replica is behind is measured, not believed: it follows when it has replayed what the primary had written
some seconds ago, by this process's own clock. It needs no right beyond those of the archive's role.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections

ALIAS: Final = "replica"
CHECK_SECONDS: Final = 1.0  # for which an answer holds
REST_SECONDS: Final = 15.0  # for which a replica that did not answer is not asked again: each try may take its time-out
_WRITTEN: Final = "SELECT pg_current_wal_lsn() - '0/0'"
_REPLAYED: Final = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() - '0/0' END"
Result = TypeVar("Result")
Position = Callable[[], int | None]

log = logging.getLogger(__name__)


class Following:
    """Whether a replica follows closely. `written` and `replayed` give positions in the write-ahead log.

    `replayed` gives None where the server follows nobody: it was promoted, or never was a replica.
    """

    def __init__(
        self, *, written: Position, replayed: Position, most_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._written, self._replayed, self._clock = written, replayed, clock
        self._most_seconds = most_seconds
        self._seen: deque[tuple[float, int]] = deque()  # what the primary had written when
        self._until, self._follows = float("-inf"), False
        self._lock = threading.Lock()

    def closely(self) -> bool:
        """Return whether it has replayed what the primary had written `most_seconds` ago."""
        with self._lock:
            if self._clock() >= self._until:
                self._ask()
            return self._follows

    def fails(self) -> None:
        """Note that it did not answer: leave it alone for a while."""
        with self._lock:
            self._rest()

    def _ask(self) -> None:
        try:
            written, replayed = self._written(), self._replayed()
        except Error:
            self._rest()
            return
        now = self._clock()
        self._until = now + CHECK_SECONDS
        if written is None or replayed is None:
            self._note(follows=False)
            return
        self._seen.append((now, written))
        while self._seen[0][0] < now - self._most_seconds + CHECK_SECONDS:  # too long ago when the answer ends
            self._seen.popleft()
        self._note(follows=replayed >= self._seen[0][1])

    def _rest(self) -> None:
        self._until = self._clock() + REST_SECONDS
        self._seen.clear()
        self._note(follows=False)

    def _note(self, *, follows: bool) -> None:
        if self._follows and not follows:
            log.warning("the replica does not follow: everything is read from the primary")
        self._follows = follows


def follows_closely() -> bool:
    """Return whether there is a replica, and it follows closely."""
    return ALIAS in connections.settings and _following.closely()


def on_primary(act: Callable[[str], Result]) -> Result:
    """Run a read that may not be old, in the same way as `read`."""
    return act(DEFAULT_DB_ALIAS)


def read(act: Callable[[str], Result]) -> Result:
    """Run a read with the name of the database to use: the replica where it follows closely, else the primary.

    A replica that fails meanwhile is done without. `act` may therefore run twice, and must only read.
    """
    if not follows_closely():
        return on_primary(act)
    try:
        return act(ALIAS)
    except Error:  # it is gone, or had to end a query to go on replaying
        log.warning("the replica did not answer: read from the primary", exc_info=True)
        _following.fails()
        connections[ALIAS].close()
        return on_primary(act)


def _position(alias: str, statement: str) -> Position:
    def ask() -> int | None:
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute(statement)
                (found,) = cursor.fetchone()
        except Error:
            if alias == ALIAS:  # the next try needs another connection
                connections[alias].close()
            raise
        return None if found is None else int(found)

    return ask


_following = Following(
    written=_position(DEFAULT_DB_ALIAS, _WRITTEN),
    replayed=_position(ALIAS, _REPLAYED),
    most_seconds=settings.MUNIMENT_DATABASE_LAG_SECONDS,
)
