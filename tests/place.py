"""A pytest plug-in, loaded before any settings: tests never touch the archive of the checkout they run in."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="muniment-test-"))
(FOLDER / "static").mkdir()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["MUNIMENT_DATA"] = str(FOLDER)
os.environ.pop("DATABASE_URL", None)
