"""A pytest plug-in, loaded before any settings: tests never touch the archive of the checkout they run in.

TEST_DATABASE_URL names a PostgreSQL server for the tests in place of SQLite; each makes databases of its own there.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings

FOLDER = Path(tempfile.mkdtemp(prefix="muniment-test-"))
(FOLDER / "static").mkdir()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["MUNIMENT_DATA"] = str(FOLDER)
os.environ.pop("DATABASE_URL", None)
os.environ.pop("DATABASE_REPLICA_URL", None)
if "TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]

# How long a test takes says how busy the machine is, not whether the code is right.
settings.register_profile("muniment", deadline=None)
settings.load_profile("muniment")
