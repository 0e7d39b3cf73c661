"""What every test of the Django side starts with: texts in English, whatever language the last page was asked in."""

import pytest
from django.db import connection
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


if connection.vendor == "postgresql":
    from tests.live.postgresql.apart import _database_for_children, _database_of_module, _django_db_helper

    __all__ = ["_database_for_children", "_database_of_module", "_django_db_helper", "in_english"]
