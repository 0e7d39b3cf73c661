"""Whether the database is the one that was last put in order, or another in its place that may be older.

A server that was promoted, or put back from a base backup, begins a new timeline; one made anew has another identity.
The row that names the last one known is copied with the rest. So where server and row differ, the database may be
of before: mail that was destroyed may have rows again, holds may be missing. Until `archive.services.promotion` has
put that right nothing is destroyed, nothing goes into the evidence log (which would hide what is missing), and no page
is served. Capture goes on: it needs no database. SQLite has no such identity; each start puts it in order.
"""

from typing import Final

from django.db import connection
from django.utils import timezone

from archive.models import ServedDatabase
from muniment.errors import Transient

_ASKED: Final = """
    SELECT (SELECT system_identifier FROM pg_control_system())::text || '/'
           || left(pg_walfile_name(pg_current_wal_lsn()), 8),
           (SELECT identity FROM archive_serveddatabase WHERE id = 1)"""


class DatabaseReturned(Transient):
    """Another database is in the place of the one that was in order; it is being put in order. Try again."""

    def __init__(self) -> None:
        super().__init__(
            "the database was replaced by one that may be older: what it does not know is being put in order, which "
            "takes seconds. Try again"
        )


def settled() -> bool:
    """Return whether the database is the one that was last put in order. One that never was is new."""
    found, known = _identities()
    return known in {None, found}


def refuse_unless_settled() -> None:
    """Raise `DatabaseReturned` unless `settled`. What decides about destruction calls it, under its lock."""
    if not settled():
        raise DatabaseReturned


def note() -> None:
    """Note that the database is in order, after the ledger was replayed and lost holds were looked for."""
    found, _ = _identities()
    if found:
        ServedDatabase.objects.update_or_create(id=1, defaults={"identity": found, "since": timezone.now()})


def _identities() -> tuple[str, str | None]:
    """Return what names the server and its timeline, "" where it has none, and what was last noted."""
    if connection.vendor != "postgresql":
        return "", None
    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        return cursor.fetchone()
