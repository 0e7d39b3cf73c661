"""The archive on a real PostgreSQL: its own tests in `inside`, and those of the flow suite that the database decides.

Each group runs in a process of its own, whose settings name a server that is started here.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.servers.postgresql import postgresql

ROOT = Path(__file__).parents[3]
INSIDE = "tests/live/postgresql/inside"
FLOW = "tests/flow"
GROUPS = {
    "migrations, guards and mail": (
        f"{INSIDE}/test_migrations.py",
        f"{INSIDE}/test_mail.py",
        f"{FLOW}/archive/test_hold_guards.py",
        f"{FLOW}/gdpr/test_history_guards.py",
        f"{FLOW}/archive/test_catalogue.py",
    ),
    "races": (
        f"{INSIDE}/test_races.py",
        f"{FLOW}/accounts/test_races.py",
        f"{FLOW}/archive/test_hold_race.py",
    ),
    "erasure": (f"{INSIDE}/test_files.py", f"{FLOW}/erasure/test_disposal.py"),
}
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def server():
    with postgresql() as running:
        yield running


@pytest.mark.parametrize("group", GROUPS)
def test_the_archive_works_on_postgresql(server, group):
    command = [
        sys.executable,
        "-m",
        "pytest",
        *GROUPS[group],
        "-p",
        "no:cacheprovider",
        "-o",
        "timeout=300",
        "--tb=short",
    ]
    environment = os.environ | {"TEST_DATABASE_URL": server.url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-2000:]}\n{server.log.read_text()[-2000:]}"
