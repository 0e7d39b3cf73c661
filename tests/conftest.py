"""What every test shares: an archive directory of its own."""

import os
import tempfile

os.environ["MUNIMENT_DATA"] = tempfile.mkdtemp(prefix="muniment-test-")
os.environ.pop("DATABASE_URL", None)
