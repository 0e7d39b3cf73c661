"""Django's own look at the settings that docs/operations.md gives for production finds nothing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PRODUCTION = {
    "MUNIMENT_HTTPS": "yes",
    "MUNIMENT_HOSTS": "archive.corp.example,localhost",
    "MUNIMENT_ORIGINS": "https://archive.corp.example",
}


def check(tmp_path, **settings):
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=os.environ | {"MUNIMENT_DATA": str(tmp_path)} | settings,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_with_the_settings_of_production_nothing_is_found(tmp_path):
    found = check(tmp_path, **PRODUCTION)
    assert (found.returncode, found.stderr) == (0, "")


def test_without_https_it_says_what_is_open(tmp_path):
    found = check(tmp_path)
    assert found.returncode == 1
    assert "security.W012" in found.stderr
