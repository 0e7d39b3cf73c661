"""kill -9 of the workers while mail comes in; then one that nobody kills has to finish."""

import os
import random
import signal
import subprocess
import time

from benchmarks.faults.outcome import Outcome, judge
from benchmarks.faults.place import Place, wait_for
from benchmarks.faults.sending import STEADY_PAUSE, Senders

FINISH_SECONDS = 300


def _workers(place: Place) -> subprocess.Popen:
    command = ["-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--hostname", "worker@localhost"]
    command += ["--without-gossip", "--without-mingle", "--queues", "catalogue,index,text,sweep,bulk,slow", "--beat"]
    return place.start(*command, module=True, start_new_session=True)


def worker(place: Place, chooser: random.Random, rounds: int) -> Outcome:
    """The workers are killed with their children while mail comes in; then they are left to finish by themselves."""
    capturing = place.start("serve_smtp")
    wait_for(place.smtp_port)
    senders = Senders(place.smtp_port, seed=chooser.getrandbits(32), pause=STEADY_PAUSE)
    try:
        for _ in range(rounds):
            process = _workers(place)
            time.sleep(chooser.uniform(2.5, 6.0))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        senders.stop()
    finally:
        senders.stop()
        capturing.terminate()
        capturing.wait(60)
    by_killed = sum(place.digests().values())
    seconds = _finished_after(place)
    outcome = judge(Outcome("kill -9 of workers", kills=rounds), place, senders.acknowledged)
    outcome.note = (
        f"{by_killed} catalogued by the killed workers, the rest by the next one and its sweep in {seconds:.0f} s"
    )
    return outcome


def _finished_after(place: Place) -> float:
    """Start workers that nobody kills; return the seconds until nothing waits any more."""
    started = time.monotonic()
    process = _workers(place)
    try:
        while time.monotonic() - started < FINISH_SECONDS:
            found = place.json("status")
            if not (found["segments_uncatalogued"] or found["waiting_for_index"]):
                return time.monotonic() - started
            time.sleep(0.5)
        raise RuntimeError(f"work was still waiting after {FINISH_SECONDS} s: {found}")
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """Stop workers as the supervisor does: ask the first process, and kill the group if it has not ended in time."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
