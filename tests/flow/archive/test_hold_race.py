"""Holds and destruction meet on the same mail: every message is held or destroyed, never both, and the loser is told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.archive.hold_rush import MESSAGES

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("seed", [1, 20])
def test_of_a_hold_and_a_destruction_one_wins_and_the_other_is_told(tmp_path, seed):
    environment = os.environ | {"MUNIMENT_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.flow.archive.hold_rush", "rush", str(seed)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    held, destroyed = set(found["held"]), set(found["destroyed"])
    assert (held & destroyed, len(held | destroyed)) == (set(), MESSAGES)
    assert (set(found["placer_told"]), set(found["destroyer_told"])) == (destroyed, held)
    assert held, len(destroyed)
    assert destroyed, len(held)
