"""A database of its own for each test on PostgreSQL, with real transactions: what Django's tests do on SQLite's memory.

A test that uses the database gets a copy of the migrated one; any other, whose child processes make an archive, an
empty one; the tests of a module that says `ONE_DATABASE = True` share it, as they share the archive that they make once.
`tests/flow/conftest.py` takes these fixtures where TEST_DATABASE_URL names a server.
"""

import itertools
import os
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from archive.services.server import let_go

_NUMBERS = itertools.count(1)
connection.settings_dict["TEST"]["NAME"] = f"test_migrated_{os.getpid()}"  # several may run at once on one server


def address(name):
    """Return the DATABASE_URL of a database of the server under test."""
    kept = connection.settings_dict
    return f"postgres://{kept['USER']}:{kept['PASSWORD']}@{kept['HOST']}:{kept['PORT']}/{name}"


def administer(statement, *names):
    kept = connection.settings_dict
    conninfo = make_conninfo(
        host=kept["HOST"], port=kept["PORT"], user=kept["USER"], password=kept["PASSWORD"], dbname="postgres"
    )
    with psycopg.connect(conninfo, autocommit=True) as administrator:
        administrator.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def a_database(template):
    """Make a copy of `template`, give its name to what is started meanwhile, and drop it."""
    name = f"test_apart_{os.getpid()}_{next(_NUMBERS)}"
    administer("CREATE DATABASE {} TEMPLATE {}", name, template)
    kept = os.environ["DATABASE_URL"]
    os.environ["DATABASE_URL"] = address(name)
    try:
        yield name
    finally:
        os.environ["DATABASE_URL"] = kept
        administer("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def _django_db_helper(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        migrated = connection.settings_dict["NAME"]
        let_go()
        with a_database(migrated) as name:
            connection.settings_dict["NAME"] = name
            try:
                yield
            finally:
                let_go()
                connection.settings_dict["NAME"] = migrated


@pytest.fixture(autouse=True, scope="module")
def _database_of_module(request):
    if _shared(request):
        with a_database("template0"):
            yield
    else:
        yield


def _shared(request):
    return getattr(request.module, "ONE_DATABASE", False)


@pytest.fixture(autouse=True)
def _database_for_children(request):
    if _shared(request) or "_django_db_helper" in request.fixturenames or request.node.get_closest_marker("django_db"):
        yield
    else:
        with a_database("template0"):
            yield
