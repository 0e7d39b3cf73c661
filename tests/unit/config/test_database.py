"""DATABASE_URL: which database, how it is spoken to, and a sentence where it cannot be read."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from psycopg import IsolationLevel

from config.database import database, databases
from config.environment import Environment


@pytest.fixture
def configured(tmp_path):
    def read(**values):
        return database(Environment(values), tmp_path / "catalogue.sqlite3")

    return read


def test_without_a_url_it_is_a_file_of_the_data_folder(configured, tmp_path):
    found = configured()
    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", str(tmp_path / "catalogue.sqlite3"))
    assert "secure_delete=ON" in found["OPTIONS"]["init_command"]


def test_a_url_of_postgresql_says_who_where_and_which(configured):
    found = configured(DATABASE_URL="postgres://ann:p%40ss%2Fword@db.example:6543/archive")
    said = [found[name] for name in ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert said == ["django.db.backends.postgresql", "ann", "p@ss/word", "db.example", 6543, "archive"]


def test_it_reads_what_was_committed_before_whatever_the_servers_default(configured):
    found = configured(DATABASE_URL="postgres://db.example/archive?isolation_level=4")
    assert found["OPTIONS"]["isolation_level"] is IsolationLevel.READ_COMMITTED


def test_a_process_opens_as_many_connections_as_the_setting_allows(configured):
    found = configured(DATABASE_URL="postgres://db.example/archive", MUNIMENT_DATABASE_CONNECTIONS="4")
    assert (found["OPTIONS"]["pool"]["max_size"], found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (4, 0, True)


def test_options_of_libpq_outrank_ours(configured):
    options = configured(DATABASE_URL="postgres://db.example/archive?sslmode=verify-full&connect_timeout=3")["OPTIONS"]
    assert (options["sslmode"], options["connect_timeout"]) == ("verify-full", 3)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://ann:secret@db.example/archive", "begins with 'mysql': MariaDB and MySQL cannot keep"),
        ("mssql://ann:secret@db.example/archive", "begins with 'mssql'"),
        ("db.example/archive", "begins with"),
        ("postgres://ann:secret@db.example", "names no database"),
        ("postgres://ann:sec/ret@db.example:many/archive", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_told_without_the_password(configured, url, said):
    with pytest.raises(ImproperlyConfigured, match=said) as caught:
        configured(DATABASE_URL=url)
    assert "postgres://USER:PASSWORD@HOST:5432/NAME" in str(caught.value)
    assert "sec" not in str(caught.value).replace("sec/ret", "")


def test_of_several_hosts_the_one_that_takes_writes_is_spoken_to(configured):
    found = configured(DATABASE_URL="postgres://ann@one.example:5432,two.example:6543/archive")
    assert (found["HOST"], found["PORT"]) == ("one.example,two.example", "5432,6543")
    assert found["OPTIONS"]["target_session_attrs"] == "read-write"


def test_hosts_of_which_some_have_a_port_are_refused(configured):
    with pytest.raises(ImproperlyConfigured, match="a port for some of its hosts only"):
        configured(DATABASE_URL="postgres://ann@one.example:6543,two.example/archive")


def test_a_replica_is_read_only_and_not_waited_for(tmp_path):
    values = {
        "DATABASE_URL": "postgres://one.example/archive",
        "DATABASE_REPLICA_URL": "postgres://two.example/archive",
    }
    found = databases(Environment(values), tmp_path / "catalogue.sqlite3")["replica"]
    options = found["OPTIONS"]
    assert "default_transaction_read_only=on" in options["options"]
    assert (found["HOST"], options["connect_timeout"], options["pool"]["timeout"]) == ("two.example", 2, 2)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"DATABASE_REPLICA_URL": "postgres://two.example/archive"}, "needs a DATABASE_URL that names PostgreSQL"),
        (
            {"DATABASE_URL": "postgres://one.example/a", "DATABASE_REPLICA_URL": "mysql://two.example/a"},
            "DATABASE_REPLICA_URL begins with 'mysql'",
        ),
    ],
)
def test_a_replica_that_cannot_be_used_is_told(tmp_path, values, said):
    with pytest.raises(ImproperlyConfigured, match=said):
        databases(Environment(values), tmp_path / "catalogue.sqlite3")
