"""A primary and a replica of a test's own, of which the settings name both, as they do in production."""

from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, connections

from archive.queries.replica import ALIAS
from archive.services.server import let_go
from tests.live.servers.postgresql import USER, postgresql, replica_of


@contextmanager
def primary_and_replica(**settings):
    """Give both, running, with the tables made; `DATABASES` speaks to whichever of them takes writes."""
    kept = dict(connection.settings_dict)
    let_go()
    with postgresql(**settings) as primary:
        primary.new_database("archive")
        with replica_of(primary) as replica:
            own = {"USER": USER, "PASSWORD": primary.password, "NAME": "archive"}
            both = {"HOST": "127.0.0.1,127.0.0.1", "PORT": f"{primary.port},{replica.port}"}
            options = connection.settings_dict["OPTIONS"] | {"target_session_attrs": "read-write"}
            connection.settings_dict |= own | both | {"OPTIONS": options}
            connections.settings[ALIAS] = connection.settings_dict | {
                "HOST": "127.0.0.1",
                "PORT": replica.port,
                "OPTIONS": kept["OPTIONS"] | {"options": "-c default_transaction_read_only=on"},
            }
            try:
                call_command("migrate", verbosity=0)
                yield primary, replica
            finally:
                connections[ALIAS].close()
                connections[ALIAS].close_pool()
                del connections.settings[ALIAS], connections[ALIAS]
                let_go()
                connection.settings_dict.clear()
                connection.settings_dict.update(kept)


def cut(replica):
    """Make the replica stop following: what the primary writes from now on dies with it."""
    replica.sql("ALTER SYSTEM SET primary_conninfo = ''")
    replica.sql("SELECT pg_reload_conf()")
    while replica.sql("SELECT count(*) FROM pg_stat_wal_receiver") != "0":
        pass
