"""The catalogue's rows, read with the database's own client apart from the code under test."""

import sqlite3
from collections import defaultdict
from contextlib import closing

import psycopg

from benchmarks.stack.site import Site

CONNECT_SECONDS = 5


def rows(site: Site, statement: str) -> list[tuple]:
    """Run one SELECT on the server that takes writes, or on the file."""
    url = site.shared.get("DATABASE_URL", "")
    if url:
        options = {"target_session_attrs": "read-write", "connect_timeout": CONNECT_SECONDS}
        with psycopg.connect(url, **options) as database:
            return database.execute(statement).fetchall()
    file = f"file:{site.folder}/site/catalogue.sqlite3?mode=ro"
    with closing(sqlite3.connect(file, uri=True, timeout=60)) as database:
        return database.execute(statement).fetchall()


def searchable(site: Site) -> int:
    """Return how many sightings are of messages that the index holds, or that are told as not searchable."""
    return rows(
        site,
        "SELECT count(*) FROM archive_sighting s JOIN archive_message m ON m.id = s.message_id"
        " WHERE m.searchable <> 'waiting' AND m.indexed_revision >= m.revision",
    )[0][0]


def messages_by_digest(site: Site) -> dict[str, list[str]]:
    """Return for each SHA-256 the ids of the messages of its sightings, one for each sighting."""
    found: dict[str, list[str]] = defaultdict(list)
    for digest, message in rows(site, "SELECT sha256, message_id FROM archive_sighting"):
        found[digest].append(str(message))
    return found
