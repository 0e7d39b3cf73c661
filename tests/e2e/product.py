"""The product as a newcomer runs it: `config.up` on ports and data of its own; and one whose archive is empty."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
INDEX_SECONDS = 120  # until all of the demonstration is searchable
_EMPTY = """
import sys, django
django.setup()
from archive.services.setup import prepare
from accounts.actors import operator
from accounts.models import Role
from accounts.services import grants, people
prepare()
officer = people.add(actor=operator(), address=sys.argv[1], role=Role.COMPLIANCE, password=sys.argv[2])
grants.give(actor=operator(), person=officer, opening=grants.Opening.read("everything"))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Where the product answers, who may sign in (role → (address, password)), and how its commands are run."""

    base: str
    people: dict[str, tuple[str, str]]
    environment: dict[str, str]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demonstration(data: Path, **settings: str) -> Iterator[Product]:
    """Run `make up`'s work on `data`, and stop it in the end."""
    port = free_port()
    environment = _environment(data, port) | {"MUNIMENT_SMTP_PORT": str(free_port())} | settings
    try:
        subprocess.run([sys.executable, "-m", "config.up"], cwd=ROOT, env=environment, check=True)
        accounts = json.loads((data / "demo.json").read_text())
        people = {one["role"]: (one["email"], one["password"]) for one in accounts}
        _wait_until_all_is_searchable(environment)
        yield Product(base=f"http://127.0.0.1:{port}", people=people, environment=environment)
    finally:
        subprocess.run([sys.executable, "-m", "config.down"], cwd=ROOT, env=environment, check=False)


@contextmanager
def empty(data: Path) -> Iterator[Product]:
    """Run the web alone on an archive without mail."""
    port, address, password = free_port(), "officer@meridian-freight.example", secrets.token_urlsafe(12)
    environment = _environment(data, port)
    subprocess.run([sys.executable, "-c", _EMPTY, address, password], cwd=ROOT, env=environment, check=True)
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health/live")
        people = {"compliance": (address, password)}
        yield Product(base=f"http://127.0.0.1:{port}", people=people, environment=environment)
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _environment(data: Path, port: int) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MUNIMENT_DATA": str(data),
        "MUNIMENT_WEB_PORT": str(port),
    }


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
    raise TimeoutError(address)


def _wait_until_all_is_searchable(environment: dict[str, str]) -> None:
    """Wait for the workers, so that every test sees the same archive."""
    deadline = time.monotonic() + INDEX_SECONDS
    while time.monotonic() < deadline:
        asked = [sys.executable, "manage.py", "status", "--json"]
        told = subprocess.run(asked, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
        status = json.loads(told.stdout)
        if not (status["waiting_for_index"] or status["segments_uncatalogued"] or status["parts_without_text_yet"]):
            return
        time.sleep(1)
    raise TimeoutError("the demonstration did not become searchable")
