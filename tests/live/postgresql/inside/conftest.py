"""A database of its own for each test, and an archive whose other ports are in memory."""

import pytest

from tests.flow.archive.builders import memory_archive
from tests.live.postgresql.apart import _database_for_children, _django_db_helper

__all__ = ["_database_for_children", "_django_db_helper"]  # fixtures


@pytest.fixture
def archive(db, tmp_path):
    return memory_archive(tmp_path)
