"""An archive in a folder of its own, with the processes that `make up` starts, over Redis; and mail for it."""

import json
import os
import shutil
import signal
import smtplib
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from config.supervisor import services
from tests.live.servers.common import ServerFailed, free_port

ROOT = Path(__file__).parents[3]
WORKERS = ("beat", "worker", "sweep", "bulk")
PATIENCE_SECONDS = 90
STOP_SECONDS = 40


def message(number: int, *, subject: str = "cargo") -> bytes:
    """Return a message like no other."""
    return (
        f"From: ann@corp.example\r\nTo: bob@corp.example\r\nSubject: {subject} {number}\r\n"
        f"Message-ID: <{subject}.{number}@corp.example>\r\nDate: Mon, 02 Feb 2026 10:00:00 +0100\r\n\r\n"
        f"Consignment {number} of {subject} is in port.\r\n"
    ).encode()


@dataclass(slots=True)
class Site:
    """One archive. Processes are started by the name that they have in `config.supervisor`."""

    folder: Path
    broker_url: str
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "MUNIMENT_DATA": str(self.folder),
            "MUNIMENT_BROKER_URL": self.broker_url,
            "MUNIMENT_SMTP_PORT": str(self.port),
            **self.settings,
        }

    def start(self, *names: str) -> None:
        """Start processes; capture answers when this returns."""
        commands = {one.name: one.command for one in services(root=ROOT, python=sys.executable, web_port=1)}
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    list(commands[name]),
                    cwd=ROOT,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        if "capture" in names:
            wait_until(lambda: self.answers() or None, what="the listener", site=self)

    def answers(self) -> bool:
        """Return whether the listener greets."""
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=10):
                return True
        except (OSError, smtplib.SMTPException):
            return False

    def kill(self, *names: str) -> None:
        """Kill processes and their children at once."""
        for name in names:
            process = self.processes.pop(name)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)

    def stop(self, *names: str) -> None:
        """Stop processes as the supervisor does."""
        for name in names:
            self.processes[name].terminate()
        for name in names:
            with suppress(subprocess.TimeoutExpired):
                self.processes[name].wait(STOP_SECONDS)
            self.kill(name)

    def run(self, *arguments: str, module: bool = False) -> str:
        """Run a command to its end; return what it said."""
        command = [sys.executable, *(("-m",) if module else (str(ROOT / "manage.py"),)), *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, check=False, capture_output=True, text=True, timeout=300
        )
        if done.returncode:
            raise ServerFailed(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def status(self) -> dict[str, object]:
        return json.loads(self.run("status", "--json"))

    def rows(self, statement: str, *values: str) -> list[tuple]:
        """Read the catalogue, apart from the code under test."""
        with sqlite3.connect(f"file:{self.folder}/catalogue.sqlite3?mode=ro", uri=True, timeout=30) as database:
            return database.execute(statement, values).fetchall()

    def searchable(self) -> int:
        return self.rows("SELECT count(*) FROM archive_message WHERE searchable = 'yes'")[0][0]

    def is_searchable(self, subject: str) -> bool:
        return bool(self.rows("SELECT 1 FROM archive_message WHERE subject = ? AND searchable = 'yes'", subject))

    def digests(self) -> Counter:
        """Return how many sightings there are of each message."""
        return Counter(digest for (digest,) in self.rows("SELECT sha256 FROM archive_sighting"))

    def logs(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text()[-2000:]}" for path in sorted(self.folder.glob("*.log")))


@contextmanager
def site(broker_url: str, *, like: Path, **settings: str) -> Iterator[Site]:
    """Give an archive that begins as a copy of another; its processes are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-work-"))
    shutil.copytree(like, folder, dirs_exist_ok=True)
    made = Site(folder=folder, broker_url=broker_url, settings=settings)
    try:
        yield made
    finally:
        made.kill(*made.processes)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(found: Callable[[], object], *, what: str, site: Site, seconds: float = PATIENCE_SECONDS) -> float:
    """Wait until something is true; return how many seconds that took, or fail with the logs."""
    began = time.monotonic()
    while not found():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"{what}: not within {seconds:.0f} s\n{site.logs()}")
        time.sleep(0.1)
    return time.monotonic() - began


class Sender:
    """Sends distinct messages one after the other, as a mail system does: what is not answered 250 is sent again."""

    def __init__(self, port: int, *, subject: str, pause: float = 0.01, retry: float = 0.2) -> None:
        self._port, self._subject, self._pause, self._retry = port, subject, pause, retry
        self.kept: list[str] = []
        self.refusals: list[bytes] = []
        self.slowest = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send the present message to its end, and no more."""
        self._ended.set()
        self._thread.join(60)

    def _run(self) -> None:
        number = 0
        while not self._ended.is_set():
            number += 1
            raw = message(number, subject=self._subject)
            while not self._sent(raw):
                time.sleep(self._retry)
            self.kept.append(sha256(raw).hexdigest())
            time.sleep(self._pause)

    def _sent(self, raw: bytes) -> bool:
        began = time.monotonic()
        try:
            send(self._port, [raw])
        except smtplib.SMTPSenderRefused as refused:
            self.refusals.append(b"%d %s" % (refused.smtp_code, refused.smtp_error))
            return False
        self.slowest = max(self.slowest, time.monotonic() - began)
        return True


def send(port: int, messages: Sequence[bytes]) -> None:
    """Send messages over one connection; raise where one is refused."""
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        for raw in messages:
            client.sendmail("ann@corp.example", ["bob@corp.example"], raw)
