"""The tests in `inside` need settings that name PostgreSQL: `test_postgresql.py` runs them so, in a process of its own."""

import os

collect_ignore = [] if "TEST_DATABASE_URL" in os.environ else ["inside"]
