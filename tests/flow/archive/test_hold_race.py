"""Holds and destruction meet on the same mail: every message is held or destroyed, never both, and the loser is told.

And whoever places a hold may be killed at any moment: there is no hold, or in the end a whole one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.archive.hold_rush import MESSAGES

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def rush(tmp_path):
    """Return a function that runs an act of `hold_rush` on a new archive and gives what came of it."""

    def run(act, seed):
        environment = os.environ | {"MUNIMENT_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-m", "tests.flow.archive.hold_rush", act, str(seed)]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.parametrize("seed", [1, 20])
def test_of_a_hold_and_a_destruction_one_wins_and_the_other_is_told(rush, seed):
    found = rush("rush", seed)
    held, destroyed = set(found["held"]), set(found["destroyed"])
    assert (held & destroyed, len(held | destroyed)) == (set(), MESSAGES)
    assert (set(found["placer_told"]), set(found["destroyer_told"])) == (destroyed, held)
    assert held, len(destroyed)
    assert destroyed, len(held)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_hold_whose_placing_is_killed_is_whole_in_the_end_or_was_never_placed(rush, seed):
    found = rush("kill", seed)
    assert (found["covered"], found["unfinished"], found["faults"]) == (MESSAGES * found["holds"], False, [])
