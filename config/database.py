"""Which database: SQLite in the data folder, or the PostgreSQL that DATABASE_URL names, and how it is spoken to.

DATABASE_URL may name several hosts: the one that takes writes is spoken to. DATABASE_REPLICA_URL names a server that
follows it, for reads that may be some seconds old (`archive.queries.replica`).
"""

import re
from pathlib import Path
from typing import Any, Final

import environ
from django.core.exceptions import ImproperlyConfigured
from psycopg import IsolationLevel

from config.environment import Environment

_FORM: Final = "postgres://USER:PASSWORD@HOST:5432/NAME"
_SCHEMES: Final = frozenset({"postgres", "postgresql"})
_WITHOUT_GUARDS: Final = frozenset({"mysql", "mysql2", "mysqlgis", "mariadb"})
_POOL_SECONDS: Final = 30  # for which a request waits for a free connection
_REPLICA_SECONDS: Final = 2  # for which a read waits for the replica before it goes to the primary
_PORT: Final = re.compile(r":[0-9]+\Z")
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
    _check_scheme("DATABASE_URL", scheme)
    found = _postgresql(_parsed("DATABASE_URL", url), connections)
    if "," in str(found["HOST"]):  # after a failover the same setting finds the server that was promoted
        found["OPTIONS"].setdefault("target_session_attrs", "read-write")
    return found


def databases(env: Environment, file: Path) -> dict[str, dict[str, Any]]:
    """Return Django's settings of the database, and of its replica where one is named."""
    found = {"default": database(env, file)}
    url = env.text("DATABASE_REPLICA_URL").strip()
    if url:
        if "postgresql" not in found["default"]["ENGINE"]:
            raise ImproperlyConfigured("DATABASE_REPLICA_URL needs a DATABASE_URL that names PostgreSQL.")
        found["replica"] = _replica(env, url)
    return found


def _replica(env: Environment, url: str) -> dict[str, Any]:
    _check_scheme("DATABASE_REPLICA_URL", url.partition("://")[0])
    connections = env.whole("MUNIMENT_DATABASE_CONNECTIONS", 10, least=1, most=1_000)
    found = _postgresql(_parsed("DATABASE_REPLICA_URL", url), connections)
    options = found["OPTIONS"]
    options["connect_timeout"] = min(_REPLICA_SECONDS, options["connect_timeout"])
    options["options"] += " -c default_transaction_read_only=on"
    options["pool"]["timeout"] = _REPLICA_SECONDS
    return {**found, "TEST": {"MIRROR": "default"}}


def _check_scheme(name: str, scheme: str) -> None:
    if scheme in _WITHOUT_GUARDS:
        raise ImproperlyConfigured(
            f"{name} begins with {scheme!r}: MariaDB and MySQL cannot keep an archive, for they lack what guards holds "
            f"and approvals (docs/decisions/0027-postgresql-at-scale.md). Write {_FORM}, or nothing for SQLite."
        )
    if scheme not in _SCHEMES:
        raise ImproperlyConfigured(f"{name} begins with {scheme[:20]!r}: write {_FORM}, or nothing for SQLite.")


def _parsed(name: str, url: str) -> dict[str, Any]:
    try:
        found = environ.Env.db_url_config(url)
    except ValueError as error:  # the text may hold the password: it is not repeated
        raise ImproperlyConfigured(
            f"{name} cannot be read: write {_FORM}, with %40 for @ and %2F for / in the password."
        ) from error
    if not found.get("NAME"):
        raise ImproperlyConfigured(f"{name} names no database: write {_FORM}.")
    with_port = [bool(_PORT.search(host)) for host in _hosts(url)]
    if any(with_port) and not all(with_port):
        raise ImproperlyConfigured(f"{name} names a port for some of its hosts only: name each host's, or none.")
    return found


def _hosts(url: str) -> list[str]:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].split(",")


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
