"""kill -9 of an export at random moments; the same command goes on, to the same bytes as one that nobody disturbed."""

import json
import random
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from benchmarks.faults.acts_of import POLL_SECONDS, act, place_of
from benchmarks.faults.outcome import Verdict
from benchmarks.faults.place import ROOT, Place

MESSAGES = 2_000
BEFORE_SHARE = 0.1  # of kills that may strike before the messages are fixed
# Nothing but the interpreter and the core: what is handed over is checked where the archive is not installed.
ALONE = """
import runpy, sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "celery", "archive", "accounts", "discovery", "gdpr", "config"}:
            raise ImportError(f"{name} is not here", name=name)
sys.meta_path.insert(0, Blocker())
sys.path.insert(0, ROOT)
sys.argv = ["verify", *ARGUMENTS]
runpy.run_module("muniment.verify", run_name="__main__", alter_sys=True)
"""


def killed_export(folder: Path, chooser: random.Random, rounds: int, *, messages: int = MESSAGES) -> Verdict:
    """Kill the export `rounds` times, and once more what goes on with it in every third round."""
    verdict = Verdict("kill -9 of an export", rounds)
    place = place_of(folder / "var")
    act(place, "fill", str(messages))
    act(place, "check")  # the log is complete: nothing changes between two exports
    bundle = folder / "export.zip"
    begins, usual = _whole(place, bundle)
    done = 0
    while done < rounds:
        for path in (bundle, *place.data.glob("exports/*/job.json")):
            path.unlink(missing_ok=True)  # a job of its own: it searches, and fixes its time, again
        first = 0.0 if chooser.random() < BEFORE_SHARE else begins
        struck = _kill(place, bundle, chooser.uniform(first, usual), verdict)
        if struck and done % 3 == 2:
            _kill(place, bundle, chooser.uniform(begins, usual), verdict)
        if not struck:
            continue
        done += 1
        _judge(place, bundle, messages, verdict)
    return verdict


def _whole(place: Place, bundle: Path) -> tuple[float, float]:
    """Return after how many seconds an undisturbed export has fixed its messages, and after how many it ends."""
    started, begins = time.monotonic(), 0.0
    process = _export(place, bundle)
    while process.poll() is None:
        if not begins and any(place.data.glob("exports/*/job.json")):
            begins = time.monotonic() - started
        time.sleep(POLL_SECONDS)
    return begins, time.monotonic() - started


def _export(place: Place, bundle: Path) -> subprocess.Popen:
    return place.start("export_mail", "*", "--to", str(bundle), "--purpose", "faults")


def _kill(place: Place, bundle: Path, after: float, verdict: Verdict) -> bool:
    """Kill one run; return whether it was still running."""
    process = _export(place, bundle)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    else:
        return False
    verdict.count(_step(place, bundle))
    return True


def _step(place: Place, bundle: Path) -> str:
    if bundle.exists():
        return "after it was delivered"
    jobs = [path.parent for path in place.data.glob("exports/*/job.json")]
    if not jobs:
        return "before its messages were fixed"
    journal = jobs[0] / "journal"
    noted = len(journal.read_bytes().splitlines()) if journal.exists() else 0
    return "writing: some parts are noted" if noted else "writing: no part is noted yet"


def _judge(place: Place, bundle: Path, messages: int, verdict: Verdict) -> None:
    """Go on to the end; then make the same job once more without a kill, and verify."""
    gone_on = place.finished("export_mail", "*", "--to", str(bundle), "--purpose", "faults")
    content = bundle.read_bytes() if bundle.exists() else b""
    bundle.unlink(missing_ok=True)
    _export(place, bundle).wait()
    if gone_on.returncode or content != bundle.read_bytes():
        verdict.faults.append(f"gone on with: exit code {gone_on.returncode}, {sha256(content).hexdigest()}")
    alone = verified_alone(bundle, "--json")
    if alone.returncode or not json.loads(alone.stdout)["proved"]["in_log"] >= messages:
        verdict.faults.append(f"verified alone: {alone.stdout} {alone.stderr}")
    left = sorted(path.name for path in place.data.glob("exports/*/*") if path.name not in {"job.json", "lock"})
    verdict.count("ended in the same bytes", content == bundle.read_bytes())
    verdict.count("files left in the job's folder", len(set(left) - {"selection", "checkpoint"}))


def verified_alone(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Verify a bundle in a process in which neither Django nor the archive can be imported."""
    return subprocess.run([sys.executable, "-I", "-c", alone(*arguments)], capture_output=True, text=True, check=False)


def alone(*arguments: object) -> str:
    """Return the program that verifies so."""
    return ALONE.replace("ROOT", repr(str(ROOT))).replace("ARGUMENTS", repr([str(one) for one in arguments]))
