"""DATABASE_URL: which database, how it is spoken to, and a sentence where it cannot be read."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from psycopg import IsolationLevel

from config.database import database
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
        ("mysql://ann:secret@db.example/archive", "begins with 'mysql'"),
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
