"""What the owner of a database can do and nobody else: take its guards away, change rows, put them back."""

from contextlib import contextmanager

from django.db import connection


def _run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _rows(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@contextmanager
def unguarded():
    """Let what is done meanwhile meet no trigger."""
    if connection.vendor == "postgresql":
        tables = [
            table
            for (table,) in _rows("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        ]
        _run(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
        yield
        _run(*(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables))
    else:
        guards = _rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        _run(*(f"DROP TRIGGER {name}" for name, _ in guards))
        yield
        _run(*(guard for _, guard in guards))


def drop(name):
    """Remove one trigger for good."""
    if connection.vendor == "postgresql":
        ((table,),) = _rows(f"SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = '{name}'")
        _run(f"DROP TRIGGER {name} ON {table}")
    else:
        _run(f"DROP TRIGGER {name}")
