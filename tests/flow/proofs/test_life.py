"""10,000 steps of the life of messages beside the naive oracle; `docs/proofs.md` tells of longer runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STEPS = 5_000


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("seed", [1_000, 2_000])
def test_nothing_held_is_destroyed_nothing_due_is_left_and_nothing_destroyed_comes_back(seed, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.flow.proofs.life", "--steps", f"{STEPS}", "--seed", f"{seed}"],
        cwd=ROOT,
        env=os.environ | {"MUNIMENT_DATA": f"{tmp_path}", "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-10_000:]
    report = json.loads(done.stdout)
    assert report["steps"] >= STEPS
    assert report["destroyed"] > 0
    assert report["packed"] > 0
    assert report["let_go"] > 0
    assert sum(report["killed_in"].values()) > 0
