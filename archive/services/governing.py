"""The locks of the database: one under which holds and destruction decide, one of whoever writes the rows of mail.

SQLite has one writer at a time, because its transactions are IMMEDIATE. On PostgreSQL these are advisory locks until
the end of the transaction. It reads what is committed when a statement begins (READ COMMITTED, set by
`config.database`), so whoever has the lock sees what those before have committed. A lock is therefore taken before
anything is read.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar
from zlib import crc32

from django.db import IntegrityError, OperationalError, connection, transaction

_GOVERNING: Final = 0x6D756E69  # of pg_advisory_xact_lock: any fixed numbers
_CATALOGUING: Final = 0x6D756E6A
_TURNS: Final = 0x6D756E6B
_POLL_SECONDS: Final = 0.1
_TRIES: Final = 5
_MET_ANOTHER: Final = frozenset({"40P01", "40001"})  # deadlock_detected, serialization_failure: nothing was written
Result = TypeVar("Result")


def beside_governing() -> None:
    """Let no destruction be decided until the present transaction ends: what it reads of tombstones stays true.

    For whoever writes rows of mail, or what rules read. Many may at the same time.
    """
    _take("pg_advisory_xact_lock_shared", _GOVERNING)


def alone_cataloguing() -> None:
    """Let nobody else join messages and threads until the present transaction ends. Call it after `beside_governing`.

    Two who write mail of one thread at once would each make a thread of its own, and leave the mail in two.
    """
    _take("pg_advisory_xact_lock", _CATALOGUING)


@contextmanager
def governing() -> Iterator[None]:
    """Run one transaction alone among those that place or release holds, or decide what is destroyed.

    Open it outside of any other transaction.
    """
    with transaction.atomic():
        _take("pg_advisory_xact_lock", _GOVERNING)
        yield


@contextmanager
def turn_of_all(work: str, *, wait: bool) -> Iterator[bool]:
    """Hold the right to do `work` alone among all who share the database; without `wait`, yield whether it is free.

    The lock lives as long as a connection of its own. It is asked for again and again, rather than waited for in a
    statement, because a statement that runs keeps erased rows in sight (`archive.services.postgresql_files`).
    """
    if connection.vendor != "postgresql":
        yield True
        return
    with connection.Database.connect(**(connection.get_connection_params() | {"autocommit": True})) as own:
        lock = [_TURNS, crc32(work.encode()) - 2**31]
        while not (mine := own.execute("SELECT pg_try_advisory_lock(%s, %s)", lock).fetchone()[0]) and wait:
            time.sleep(_POLL_SECONDS)
        yield mine


def tried_again(act: Callable[[], Result]) -> Result:
    """Run a transaction again when another one's rows came between: each try reads them anew."""
    for _ in range(_TRIES - 1):
        try:
            return act()
        except IntegrityError:
            continue
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _MET_ANOTHER:
                raise
    return act()


def _take(function: str, lock: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [lock])
