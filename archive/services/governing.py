"""The one lock under which holds and destruction decide: whoever has it sees what the other has committed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

_LOCK: Final = 0x6D756E69  # of pg_advisory_xact_lock: any fixed number


def beside_governing() -> None:
    """Let no destruction be decided until the present transaction ends: what it reads of tombstones stays true.

    For whoever writes rows of mail. Many may at the same time; SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


@contextmanager
def governing() -> Iterator[None]:
    """Run one transaction alone among those that place or release holds, or decide what is destroyed.

    SQLite: its transactions are IMMEDIATE, so there is one writer in all. PostgreSQL: an advisory lock until the end
    of the transaction. Open it outside of any other transaction: the lock must be taken before anything is read.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield
