"""The archive on a real PostgreSQL: its own tests in `inside`, and those of the flow suite that the database decides.

Each group runs in a process of its own, whose settings name a server that is started here. The rest of the flow suite
passes there too, and takes too long for each time (docs/decisions/0027-postgresql-at-scale.md).
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
        f"{INSIDE}/test_server.py",
        f"{INSIDE}/test_inserting.py",
        f"{INSIDE}/test_mail.py",
        f"{FLOW}/archive/test_hold_guards.py",
        f"{FLOW}/archive/test_catalogue.py",
    ),
    "replica and promotion": (f"{INSIDE}/test_replica.py", f"{INSIDE}/test_promotion.py"),
    "races": (
        f"{INSIDE}/test_races.py",
        f"{FLOW}/accounts/test_races.py",
        f"{FLOW}/archive/test_hold_race.py",
    ),
    "erasure": (f"{INSIDE}/test_files.py", f"{FLOW}/erasure/test_disposal.py"),
    "pages and API": (f"{FLOW}/web/test_search.py", f"{FLOW}/api/test_search.py", f"{FLOW}/api/test_once.py"),
    "commands": (f"{FLOW}/imports/test_command.py", f"{FLOW}/smtp/test_archive.py"),
}
# Commands are silent on a server that is set up as one should be.
SAFE = {"fsync": "on", "full_page_writes": "on"}
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def server():
    with postgresql() as running:
        yield running


@pytest.fixture(scope="module")
def safe_server():
    with postgresql(**SAFE) as running:
        yield running


@pytest.mark.parametrize("group", sorted(GROUPS.keys() - {"commands"}))
def test_the_archive_works_on_postgresql(server, group):
    assert_passes(server, GROUPS[group])


def test_commands_work_on_postgresql(safe_server):
    assert_passes(safe_server, GROUPS["commands"])


def assert_passes(server, tests):
    command = [sys.executable, "-m", "pytest", *tests, "-p", "no:cacheprovider", "-o", "timeout=300", "--tb=short"]
    environment = os.environ | {"TEST_DATABASE_URL": server.url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-2000:]}\n{server.log.read_text()[-2000:]}"
