"""Which database: SQLite in the data folder, or the PostgreSQL that DATABASE_URL names, and how it is spoken to."""

from pathlib import Path
from typing import Any, Final

import environ
from django.core.exceptions import ImproperlyConfigured
from psycopg import IsolationLevel

from config.environment import Environment

_FORM: Final = "postgres://USER:PASSWORD@HOST:5432/NAME"
_SCHEMES: Final = frozenset({"postgres", "postgresql"})
_POOL_SECONDS: Final = 30  # for which a request waits for a free connection
_SQLITE: Final = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 60,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=60000;"
    "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;",
}
# A server that is gone is noticed within a minute, though nothing says so; it, in turn, does not keep the locks of a
# client that is gone.
_POSTGRESQL: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "application_name": "muniment",
    "options": "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3",
}


def database(env: Environment, file: Path) -> dict[str, Any]:
    """Return Django's settings of the database; raise `ImproperlyConfigured` with what is wrong and what to write."""
    url = env.text("DATABASE_URL").strip()
    connections = env.whole("MUNIMENT_DATABASE_CONNECTIONS", 10, least=1, most=1_000)
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": dict(_SQLITE)}
    scheme = url.partition("://")[0]
    if scheme == "sqlite":
        return {**environ.Env.db_url_config(url), "OPTIONS": dict(_SQLITE)}
    if scheme not in _SCHEMES:
        raise ImproperlyConfigured(f"DATABASE_URL begins with {scheme[:20]!r}: write {_FORM}, or nothing for SQLite.")
    return _postgresql(_parsed(url), connections)


def _parsed(url: str) -> dict[str, Any]:
    try:
        found = environ.Env.db_url_config(url)
    except ValueError as error:  # the text may hold the password: it is not repeated
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read: write {_FORM}, with %40 for @ and %2F for / in the password."
        ) from error
    if not found.get("NAME"):
        raise ImproperlyConfigured(f"DATABASE_URL names no database: write {_FORM}.")
    return found


def _postgresql(found: dict[str, Any], connections: int) -> dict[str, Any]:
    given = found.get("OPTIONS", {})
    return {
        **found,
        # What decides about holds and destruction takes a lock, then reads: it must see what was committed before.
        "OPTIONS": {
            **_POSTGRESQL,
            **given,
            "isolation_level": IsolationLevel.READ_COMMITTED,
            "pool": {"min_size": 0, "max_size": connections, "timeout": _POOL_SECONDS},
        },
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
    }
