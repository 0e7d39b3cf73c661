"""Many at once: the audit trail has no gap and no fork, and of two decisions one counts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
THREADS, ROUNDS = 8, 25


@pytest.fixture
def rush(tmp_path):
    """Return a function that lets eight threads loose on a new database and gives what came of it."""

    def run(name):
        environment = os.environ | {"MUNIMENT_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-m", "tests.flow.accounts.rush", name]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_entries_written_at_once_are_gapless_and_chained(rush):
    assert rush("record") == {
        "outcomes": ["done"] * THREADS,
        "entries": THREADS * ROUNDS * 4 // 5,
        "gapless": True,
        "broken": [],
        "approvals": [],
    }


def test_of_many_who_decide_at_once_one_decides(rush):
    found = rush("approve")
    decided = [outcome for outcome in found["outcomes"] if outcome == "given"]
    assert (len(decided), found["approvals"]) in [(1, ["given"]), (0, ["refused"])]
    assert (found["entries"], found["gapless"], found["broken"]) == (1 + THREADS, True, [])


def test_of_many_who_ask_at_once_one_has_asked(rush):
    found = rush("ask")
    assert (found["outcomes"], found["approvals"]) == (["open"] + ["refused"] * (THREADS - 1), ["open"])


def test_of_many_who_use_it_at_once_one_uses_it(rush):
    found = rush("consume")
    assert (found["outcomes"], found["approvals"]) == (["refused"] * (THREADS - 1) + ["used"], ["used"])
    assert (found["gapless"], found["broken"]) == (True, [])
