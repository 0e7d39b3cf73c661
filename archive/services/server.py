"""Whether the database server is one that can keep an archive; asked at each start, before anything is written."""

import logging
from collections.abc import Mapping
from typing import Final

from django.db import connection, connections

from muniment.errors import Refused

OLDEST: Final = 15  # the oldest that is tested; PostgreSQL keeps each for five years
_ASKED: Final = """
    SELECT current_setting('server_version_num'), current_setting('server_encoding'),
           current_setting('synchronous_commit'), current_setting('fsync'),
           pg_has_role(datdba, 'USAGE')::text, pg_get_userbyid(datdba)
    FROM pg_database WHERE datname = current_database()"""
_NAMES: Final = ("version", "encoding", "synchronous_commit", "fsync", "owns", "owner")

log = logging.getLogger(__name__)


class DatabaseUnfit(Refused):
    """The database server cannot keep an archive as it is; the message says what to change."""


def check_server() -> None:
    """Raise `DatabaseUnfit` where PostgreSQL does not answer or is not set up for an archive. SQLite always is."""
    if connection.vendor != "postgresql":
        return
    try:  # beside the pool, which would keep trying and then not say why
        with connection.Database.connect(**connection.get_connection_params()) as asked:
            found = dict(zip(_NAMES, asked.execute(_ASKED).fetchone(), strict=True))
    except connection.Database.OperationalError as error:
        raise DatabaseUnfit(f"The PostgreSQL that DATABASE_URL names does not answer: {error}".rstrip()) from error
    if why := unfit(found):
        raise DatabaseUnfit(why)
    if found["fsync"] == "off":
        log.warning("PostgreSQL has fsync off: a power failure can destroy the database")


def unfit(found: Mapping[str, str]) -> str:
    """Return why a server cannot keep an archive, "" where it can."""
    if int(found["version"]) // 10_000 < OLDEST:
        return f"PostgreSQL {int(found['version']) // 10_000} is too old: use {OLDEST} or newer."
    if found["encoding"] != "UTF8":
        return f"The database has the encoding {found['encoding']}: make one with ENCODING 'UTF8'."
    if found["synchronous_commit"] == "off":
        return "PostgreSQL has synchronous_commit off: it could lose a hold that was confirmed. Set it to on."
    if found["owns"] != "true":
        return (
            f"The database belongs to {found['owner']}, who alone can make erased mail leave its files: "
            "ALTER DATABASE … OWNER TO the role of DATABASE_URL."
        )
    return ""


def let_go() -> None:
    """Close every connection of this process and their pools: none may be shared across a fork."""
    connections.close_all()
    for one in connections.all():
        if one.vendor == "postgresql":
            one.close_pool()
