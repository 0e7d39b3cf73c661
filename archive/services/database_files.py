"""Make what was deleted leave the files of the database: docs/decisions/0020-postgresql.md has what was measured.

A deleted row cannot be found; its bytes stay. SQLite overwrites what it deletes (`secure_delete`), but leaves copies in
pages that it has rearranged. PostgreSQL keeps dead rows until they are vacuumed, their bytes after that, and values in
its statistics. Both write the files anew.
"""

import logging
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

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
    StaleDocument,
)
from muniment.errors import Transient

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

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
        StaleDocument,
    }
)
# While it waits for a table, those who come later wait as well: in short turns, between which they go on.
_WAIT_SECONDS: Final = 2
_TURNS: Final = 15
_STATISTICS: Final = "pg_statistic"  # of ANALYZE: the commonest values of each column
_NUMBER: Final = re.compile(r"\d+")

log = logging.getLogger(__name__)


class DatabaseBusy(Transient):
    """The database could not be written anew: others use it for too long, or the disk lacks the space. Try again."""


def purge_database() -> None:
    """Write the files of the database anew without what was deleted; raise `DatabaseBusy`. Not in a transaction.

    PostgreSQL: table by table, each of which nobody reads or writes meanwhile. Its write-ahead log is left to its
    checkpoints (docs/erasure.md).
    """
    try:
        if connection.vendor == "postgresql":
            for table in _tables_with_content():
                _write_table_anew(table, "FULL, ANALYZE, VERBOSE")
            _write_table_anew(_STATISTICS, "FULL, VERBOSE")
        elif not connection.is_in_memory_db():
            _write_sqlite_anew()
    except OperationalError as error:
        raise DatabaseBusy(f"the files of the database could not be written anew ({error}): try again") from error


def _tables_with_content() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model not in _WITHOUT_CONTENT})  # noqa: SLF001 - Django documents _meta


def _write_table_anew(table: str, options: str) -> None:
    started, notes = time.monotonic(), list[tuple[str, str]]()

    def note(said: "Diagnostic") -> None:  # it can be read only now
        notes.append((said.message_primary or "", said.message_detail or ""))

    connection.ensure_connection()
    spoken_to = connection.connection
    spoken_to.add_notice_handler(note)
    try:
        _vacuum(table, options)
    finally:
        spoken_to.remove_notice_handler(note)
    _check_complete(table, notes)
    log.info("table written anew", extra={"table": table, "seconds": round(time.monotonic() - started, 1)})


def _vacuum(table: str, options: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{_WAIT_SECONDS}s'")
        try:
            for turn in range(1, _TURNS + 1):
                try:
                    cursor.execute(f"VACUUM ({options}) {connection.ops.quote_name(table)}")
                except OperationalError as error:
                    if getattr(error.__cause__, "sqlstate", None) != "55P03" or turn == _TURNS:  # lock_not_available
                        raise
                    time.sleep(_WAIT_SECONDS)
                else:
                    return
        finally:
            cursor.execute("RESET lock_timeout")


def _check_complete(table: str, notes: Sequence[tuple[str, str]]) -> None:
    """Raise `DatabaseBusy` where rows are still there, because an old transaction may read them, or it was skipped.

    The detail of the note that counts the rows begins with how many dead ones were kept, in whatever language.
    """
    counted = [found for _, detail in notes if (found := _NUMBER.match(detail))]
    if not counted:
        said = "; ".join(primary for primary, _ in notes)
        raise DatabaseBusy(f"{table} was not written anew ({said}): the role must own the database and its tables")
    if any(int(found.group()) for found in counted):
        raise DatabaseBusy(
            f"deleted rows of {table} are still visible to an old transaction, a prepared one or a replication slot: "
            "end it, then try again"
        )


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
