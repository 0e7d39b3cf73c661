"""Run `benchmarks.faults.acts` as processes, and see from outside how far one of them is."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

from benchmarks.faults.place import ROOT, Place

ACTS = "benchmarks.faults.acts"
POLL_SECONDS = 0.005


def place_of(data: Path) -> Place:
    place = Place(data)
    place.environment["MUNIMENT_ERASURE_COOLING_DAYS"] = "0"
    return place


def act(place: Place, *arguments: str) -> dict:
    """Run an act of `benchmarks.faults.acts` to its end."""
    done = place.finished("-m", ACTS, *arguments, module=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


class Holder(threading.Thread):
    """Another process, which places holds a while after the thread has been started."""

    def __init__(self, place: Place, *arguments: str, after: float) -> None:
        super().__init__()
        self._after = after
        self._process = subprocess.Popen(
            [sys.executable, "-m", ACTS, *arguments], cwd=ROOT, env=place.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._process.stdout.readline()

    def run(self) -> None:
        time.sleep(self._after)
        self._out, _ = self._process.communicate("go\n")

    def told(self) -> dict:
        """Return what the other process was told, once it has ended."""
        self.join()
        return json.loads(self._out.splitlines()[-1])


def begun_by(process: subprocess.Popen, data: Path, disposal: str) -> None:
    while process.poll() is None and state_of(data, disposal) == "proposed":
        time.sleep(POLL_SECONDS)


def state_of(data: Path, disposal: str) -> str:
    return _value(data, "select state from archive_disposal where id = ?", disposal.replace("-", ""))


def request_of(data: Path) -> str:
    return _value(data, "select state from gdpr_request where id is not ?", "")


def _value(data: Path, query: str, argument: str) -> str:
    database = sqlite3.connect(f"file:{os.fspath(data / 'catalogue.sqlite3')}?mode=ro", uri=True, timeout=30)
    try:
        return database.execute(query, (argument,)).fetchone()[0]
    finally:
        database.close()
