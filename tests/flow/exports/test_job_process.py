"""An export job made by a worker's process that is killed with SIGKILL at random moments, as a machine that fails does."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.flow.exports.test_command import run, verify_alone
from tests.unit.mailboxes.writers import mbox, message

ROOT = Path(__file__).resolve().parents[3]
COUNT = 1_500
KILLS = 6
PROGRAM = """
import json, sys, django
django.setup()
from uuid import UUID
from accounts.models import Grant, User
from archive.wiring import archive
from discovery.models import ExportJob
from discovery.services import export_jobs
if sys.argv[1] == "ask":
    officer, _ = User.objects.get_or_create(email="o@corp.example", username="o", role="compliance")
    Grant.objects.get_or_create(user=officer, kind="everything", defaults={"valid_from": "2020-01-01T00:00:00Z"})
    print(export_jobs.ask(actor=officer, name="All", parameters={"q": "*"}).pk)
else:
    export_jobs.run(UUID(sys.argv[2]), archive=archive())
    job = ExportJob.objects.get(pk=sys.argv[2])
    print(json.dumps({"state": job.state, "sha256": job.sha256, "digest": job.digest, "runs": job.runs}))
"""


def worker(data, *arguments):
    environment = {**os.environ, "MUNIMENT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )


def _written(data):
    """Return how much of the bundle is on the disk; a worker that goes on cuts it, then writes."""
    return sum(path.stat().st_size for path in data.glob("exports/*/bundle"))


@pytest.mark.timeout(300)
def test_a_job_killed_again_and_again_ends_in_one_sound_bundle(tmp_path):
    data, source, chooser = tmp_path / "data", tmp_path / "all.mbox", random.Random(7)
    source.write_bytes(mbox([message(number) for number in range(COUNT)]))
    code, _, err = run(data, "import_mail", source, "--source", "old", "--json")
    assert code == 0, err
    job = worker(data, "ask").communicate()[0].strip()
    bundle, kills = data / "exports-ready" / f"{job}.zip", 0
    while kills < KILLS and not bundle.exists():
        before, process = _written(data), worker(data, "run", job)
        while process.poll() is None and _written(data) == before and not bundle.exists():
            time.sleep(0.005)
        time.sleep(0.1 * chooser.random())
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
        selections = {path.read_bytes() for path in data.glob("exports/*/selection")}
        assert len(selections) <= 1

    ended = json.loads(worker(data, "run", job).communicate()[0])

    assert (ended["state"], ended["runs"]) == ("done", kills + 1)
    assert kills > 0
    checked = verify_alone(bundle, "--digest", ended["digest"], "--json")
    assert (checked.returncode, json.loads(checked.stdout)["proved"]["sealed"]) == (0, COUNT)
    assert list((data / "exports").iterdir()) == []
