"""A server is asked at the start whether it can keep an archive."""

import pytest
from django.db import connection

from archive.services.server import DatabaseUnfit, check_server, let_go, unfit
from tests.live.postgresql.apart import administer

GOOD = {
    "version": "150018",
    "encoding": "UTF8",
    "synchronous_commit": "on",
    "fsync": "on",
    "owns": "true",
    "owner": "muniment",
}


@pytest.fixture
def named(db):
    """Return a function that makes the settings name another database of the server."""
    kept = connection.settings_dict["NAME"]

    def name(other):
        let_go()
        connection.settings_dict["NAME"] = other

    yield name
    let_go()
    connection.settings_dict["NAME"] = kept


def test_the_server_under_test_is_fit(db):
    check_server()


def test_a_database_that_is_not_there_is_told(named):
    named("nowhere")
    with pytest.raises(DatabaseUnfit, match=r'does not answer.*"nowhere" does not exist'):
        check_server()


def test_an_encoding_that_does_not_take_all_mail_is_refused(named):
    name = f"ascii_{connection.settings_dict['NAME']}"
    administer("CREATE DATABASE {} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0", name)
    named(name)
    with pytest.raises(DatabaseUnfit, match="encoding SQL_ASCII"):
        check_server()
    let_go()
    administer("DROP DATABASE {}", name)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"version": "140012"}, "PostgreSQL 14 is too old"),
        ({"encoding": "LATIN1"}, "ENCODING 'UTF8'"),
        ({"synchronous_commit": "off"}, "Set it to on"),
        ({"owns": "false", "owner": "root"}, "belongs to root"),
    ],
)
def test_what_is_wrong_is_a_sentence(found, said):
    assert said in unfit(GOOD | found)
    assert unfit(GOOD) == ""
