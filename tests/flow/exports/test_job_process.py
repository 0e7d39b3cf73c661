"""An export job made by a worker's process that is killed with SIGKILL at random moments, as a machine that fails does.

The process counts its statements of SQL and kills itself at one of them, so that the machine's speed decides nothing.
`python -m benchmarks.faults --only export` kills from outside.
"""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.exports.test_command import run, verify_alone
from tests.unit.mailboxes.writers import mbox, message

ROOT = Path(__file__).resolve().parents[3]
COUNT = 1_500
KILLS = 6
BEGUN, MOST = 20, 240  # statements: after the first the job has begun, before the other it has made at most one part
PROGRAM = """
import json, os, signal, sys, django
django.setup()
from django.db import connection
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
    left = int(sys.argv[3])
    def statement(execute, *arguments):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)
    with connection.execute_wrapper(statement):
        export_jobs.run(UUID(sys.argv[2]), archive=archive(), tick_seconds=0)
    job = ExportJob.objects.get(pk=sys.argv[2])
    print(json.dumps({"state": job.state, "sha256": job.sha256, "digest": job.digest, "runs": job.runs}))
"""


def worker(data, *arguments):
    environment = {**os.environ, "MUNIMENT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.timeout(600)
def test_a_job_killed_again_and_again_ends_in_one_sound_bundle(tmp_path):
    data, source, chooser = tmp_path / "data", tmp_path / "all.mbox", random.Random(7)
    source.write_bytes(mbox([message(number) for number in range(COUNT)]))
    code, _, err = run(data, "import_mail", source, "--source", "old", "--json")
    assert code == 0, err
    job = worker(data, "ask").communicate()[0].strip()
    bundle = data / "exports-ready" / f"{job}.zip"
    for _ in range(KILLS):
        process = worker(data, "run", job, str(chooser.randrange(BEGUN, MOST)))
        process.communicate()
        selections = {path.read_bytes() for path in data.glob("exports/*/selection")}
        assert (process.returncode, len(selections) <= 1, bundle.exists()) == (-signal.SIGKILL, True, False)

    ended = json.loads(worker(data, "run", job, "0").communicate()[0])

    assert (ended["state"], ended["runs"]) == ("done", KILLS + 1)
    checked = verify_alone(bundle, "--digest", ended["digest"], "--json")
    assert (checked.returncode, json.loads(checked.stdout)["proved"]["sealed"]) == (0, COUNT)
    assert list((data / "exports").iterdir()) == []
