"""Write tables of PostgreSQL anew, so that deleted rows leave its files, and be sure of it.

VACUUM FULL copies what is alive, and also what is dead but may still be read by somebody who looked before it died. So
all who began before are waited for first. Whoever begins later sees none of it.
"""

import logging
import re
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from django.db import OperationalError, connection

from muniment.errors import Transient

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

# While VACUUM waits for a table, those who come later wait as well: in short turns, between which they go on.
_LOCK_SECONDS: Final = 2
_LOCK_TURNS: Final = 15
_OLD_SECONDS: Final = 60  # for which transactions that began before are waited for
_POLL_SECONDS: Final = 0.2
_LOCK_NOT_AVAILABLE: Final = "55P03"
_STATISTICS: Final = "pg_statistic"  # of ANALYZE: the commonest values of each column
_NUMBER: Final = re.compile(r"\d+")
# Each transaction has a lock of its own on its number. VACUUM itself keeps nobody's rows.
_RUNNING: Final = """
    SELECT held.virtualtransaction, held.pid FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)
    WHERE held.locktype = 'virtualxid' AND held.granted AND activity.datname = current_database()
      AND held.pid <> pg_backend_pid() AND held.pid NOT IN (SELECT pid FROM pg_stat_progress_vacuum)"""
_OLDER: Final = """
    SELECT 'replication slot ' || slot_name FROM pg_replication_slots
    WHERE age(xmin) > age(%(now)s::xid) OR age(catalog_xmin) > age(%(now)s::xid)
    UNION ALL
    SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts
    WHERE database = current_database() AND age(transaction) > age(%(now)s::xid)"""

log = logging.getLogger(__name__)


class DatabaseBusy(Transient):
    """The database could not be written anew: others use it for too long, or the disk lacks the space. Try again."""


def write_anew(tables: Iterable[str], *, seconds: float = _OLD_SECONDS) -> None:
    """Write tables anew without what was deleted, and the statistics without its values; raise `DatabaseBusy`.

    One table after the other; nobody reads or writes the one that is being written. Whoever may still see what was
    deleted is waited for, up to `seconds`. Not in a transaction.
    """
    _wait_for_older(seconds)
    for table in tables:
        _write_one(table, "FULL, ANALYZE, VERBOSE")
    _wait_for_older(seconds)
    _write_one(_STATISTICS, "FULL, VERBOSE")


def _wait_for_older(seconds: float) -> None:
    """Wait until nobody can see what was deleted before; raise `DatabaseBusy` with who still can."""
    now = _rows("SELECT pg_current_xact_id()::text")[0][0]
    began_before = dict(_rows(_RUNNING))
    until = time.monotonic() + seconds
    while True:
        running = dict(_rows(_RUNNING))
        left = [f"process {pid}" for transaction, pid in began_before.items() if transaction in running]
        left += [name for (name,) in _rows(_OLDER, {"now": now})]
        if not left:
            return
        if time.monotonic() > until:
            raise DatabaseBusy(
                f"deleted rows are still visible to what began before they were deleted ({', '.join(sorted(left))}): "
                "end it, then try again"
            )
        time.sleep(_POLL_SECONDS)


def _write_one(table: str, options: str) -> None:
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
        cursor.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
        try:
            for turn in range(1, _LOCK_TURNS + 1):
                try:
                    cursor.execute(f"VACUUM ({options}) {connection.ops.quote_name(table)}")
                except OperationalError as error:
                    if getattr(error.__cause__, "sqlstate", None) != _LOCK_NOT_AVAILABLE or turn == _LOCK_TURNS:
                        raise
                    time.sleep(_LOCK_SECONDS)
                else:
                    return
        finally:
            cursor.execute("RESET lock_timeout")


def _check_complete(table: str, notes: Sequence[tuple[str, str]]) -> None:
    """Raise `DatabaseBusy` where the table was skipped, or a standby that reads may have kept deleted rows.

    The detail of the note that counts the rows begins with how many dead ones were kept, in whatever language. Without
    a standby these died while we were at it: they are of somebody else.
    """
    counted = [found for _, detail in notes if (found := _NUMBER.match(detail))]
    if not counted:
        said = "; ".join(primary for primary, _ in notes)
        raise DatabaseBusy(f"{table} was not written anew ({said}): the role must own the database and its tables")
    if any(int(found.group()) for found in counted) and _rows("SELECT 1 FROM pg_stat_replication LIMIT 1"):
        raise DatabaseBusy(f"deleted rows of {table} may still be visible to a query on a standby: try again")


def _rows(statement: str, values: dict[str, str] | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
