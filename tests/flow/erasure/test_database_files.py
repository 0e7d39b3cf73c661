"""Deleted rows leave the files of the database, though SQLite's own overwriting leaves some of them behind."""

import os
import re
import subprocess
import sys

import pytest

from tests.flow.erasure.story import ROWS
from tests.flow.erasure.test_hunt import ROOT, run

pytestmark = pytest.mark.timeout(300)

_NEEDLE = re.compile(rb"needle(\d{5})")


BESIDE_OTHERS = """
import sqlite3
import django
django.setup()
from django.conf import settings
from django.db import connection
from archive.services.database_files import DatabaseBusy, purge_database
reader = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM archive_message").fetchall()
connection.cursor().execute("PRAGMA busy_timeout=100")
try:
    purge_database()
except DatabaseBusy:
    print("busy")
reader.execute("COMMIT")
reader.execute("BEGIN IMMEDIATE")
try:
    purge_database()
except DatabaseBusy:
    print("busy")
reader.execute("COMMIT")
purge_database()
print("done")
"""


def named(data):
    """Return the numbers that any file of the database names."""
    files = sorted(data.glob("catalogue.sqlite3*"))
    return {int(number) for path in files for number in _NEEDLE.findall(path.read_bytes())}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Rows of messages, a tenth of them deleted: which, how many rows are left, and what the files name."""
    data = tmp_path_factory.mktemp("data")
    said = run(data, "rows")
    overwritten = named(data)
    run(data, "write_anew")
    return set(said["gone"]), said["left"], overwritten, named(data)


def test_most_of_what_is_deleted_is_overwritten_at_once(told):
    gone, left, overwritten, _ = told

    assert left == [ROWS * 9 // 10, ROWS * 27 // 10, ROWS * 9 // 10, ROWS * 9 // 10]
    assert len(overwritten & gone) < len(gone) // 20


def test_all_of_it_is_gone_when_the_files_were_written_anew(told):
    gone, _, _, anew = told

    assert anew == set(range(ROWS)) - gone


def test_beside_a_reader_or_a_writer_it_says_to_try_again_and_then_does_it(tmp_path):
    run(tmp_path, "start")
    env = {**os.environ, "MUNIMENT_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}

    done = subprocess.run(
        [sys.executable, "-c", BESIDE_OTHERS], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["busy", "busy", "done"]
