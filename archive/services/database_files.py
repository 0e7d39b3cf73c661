"""Make what was deleted leave the files of the database: docs/decisions/0020-postgresql.md has what was measured.

A deleted row cannot be found; its bytes stay. SQLite overwrites what it deletes (`secure_delete`), but leaves copies in
pages that it has rearranged. PostgreSQL keeps dead rows until they are vacuumed, their bytes after that, and values in
its statistics. Both write the files anew.
"""

from typing import Final

from django.apps import apps
from django.db import OperationalError, connection
from django.db.models import Model

from accounts.models import AuditEntry, AuditHead
from archive.models import (
    DestroyedSighting,
    DisposalItem,
    HeldSighting,
    HoldIntent,
    MessageStanding,
    Segment,
    SegmentStage,
    ServedDatabase,
    StaleDocument,
)
from archive.services.postgresql_files import DatabaseBusy, write_anew

# Rows of ids, dates and digests, or rows that are never deleted: nothing of a message is in what they leave.
_WITHOUT_CONTENT: Final[frozenset[type[Model]]] = frozenset(
    {
        AuditEntry,
        AuditHead,
        DestroyedSighting,
        DisposalItem,
        HeldSighting,
        HoldIntent,
        MessageStanding,
        Segment,
        SegmentStage,
        ServedDatabase,
        StaleDocument,
    }
)


def purge_database() -> None:
    """Write the files of the database anew without what was deleted; raise `DatabaseBusy`. Not in a transaction.

    PostgreSQL: table by table, each of which nobody reads or writes meanwhile. Its write-ahead log is left to its
    checkpoints (docs/erasure.md).
    """
    try:
        if connection.vendor == "postgresql":
            write_anew(_tables_with_content())
        elif not connection.is_in_memory_db():
            _write_sqlite_anew()
    except OperationalError as error:
        raise DatabaseBusy(f"the files of the database could not be written anew ({error}): try again") from error


def _tables_with_content() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model not in _WITHOUT_CONTENT})  # noqa: SLF001 - Django documents _meta


def _write_sqlite_anew() -> None:
    with connection.cursor() as cursor:
        ((kept,),) = cursor.execute("PRAGMA temp_store").fetchall()
        cursor.execute("PRAGMA temp_store=FILE")  # in memory, the copy would take as much as the database has
        try:
            cursor.execute("VACUUM")
        finally:
            cursor.execute(f"PRAGMA temp_store={int(kept)}")
        ((busy, _, _),) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if busy:
        raise DatabaseBusy("another process keeps reading an old state of the database: try again")
