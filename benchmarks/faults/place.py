"""One archive in a folder, the commands that work on it, and the mail that goes into it."""

import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 30


class Place:
    """One archive in a folder, and the commands that work on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.smtp_port, self.web_port = free_port(), free_port()
        self.environment = os.environ | {
            "MUNIMENT_DATA": str(data),
            "MUNIMENT_SMTP_PORT": str(self.smtp_port),
            "MUNIMENT_WEB_PORT": str(self.web_port),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def start(self, *arguments: str, module: bool = False, **options) -> subprocess.Popen:
        command = [sys.executable, *arguments] if module else self.command(*arguments)
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **options,
        )

    def finished(self, *arguments: str, module: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever that is."""
        command = [sys.executable, *arguments] if module else self.command(*arguments)
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)

    def json(self, *arguments: str) -> dict:
        done = self.finished(*arguments, "--json")
        if not done.stdout.strip():
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def digests(self) -> Counter:
        """Return how many sightings the catalogue has of each raw digest."""
        url = self.environment.get("DATABASE_URL", "")
        asked = "select sha256 from archive_sighting"
        if url.startswith("postgres"):
            with psycopg.connect(url) as database:
                return Counter(row[0] for row in database.execute(asked))
        with sqlite3.connect(self.data / "catalogue.sqlite3") as database:
            return Counter(row[0] for row in database.execute(asked))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, *, seconds: float = WAIT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port}")


def message(number: int, chooser: random.Random) -> bytes:
    words = " ".join(chooser.choice(("invoice", "contract", "cargo", "été", "port", "délai")) for _ in range(40))
    return (
        f"From: ann@corp.example\r\nTo: bob@corp.example\r\nSubject: number {number}\r\n"
        f"Message-ID: <{number}.{chooser.getrandbits(64)}@corp.example>\r\nDate: Mon, 02 Feb 2026 10:00:00 +0100\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{words}\r\n"
    ).encode()
