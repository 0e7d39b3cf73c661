"""One archive on a real PostgreSQL and a real MinIO, and the processes of its nodes, each with a folder of its own.

The nodes share the database, the buckets and the two keys; nothing else. What a node's folder holds may be lost.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.live.servers.common import ServerFailed, free_port
from tests.live.servers.postgresql import PostgreSQL
from tests.live.servers.s3 import REGION, S3Server

ROOT = Path(__file__).parents[3]
BALANCER = "127.0.0.1/32"
CLIENTS = "127.0.0.8/29,127.0.0.16/28"  # without the balancer's own address
START_SECONDS = STOP_SECONDS = 90
WEB = ("--chdir", str(ROOT), "--workers", "1", "--threads", "4", "--no-control-socket", "config.wsgi:application")


@dataclass(slots=True)
class Node:
    """One process that may be stopped, killed and started again on the same port."""

    name: str
    port: int
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        self.end(signal.SIGKILL)
        raise ServerFailed(f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code. SIGKILL takes its children with it, as the end of a machine does."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            (os.killpg if number is signal.SIGKILL else os.kill)(self.process.pid, number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(STOP_SECONDS)
        finally:
            self.process = None


@dataclass(slots=True)
class Place:
    """The archive, and how its commands and nodes are started."""

    folder: Path
    shared: dict[str, str]
    nodes: list[Node] = field(default_factory=list)

    def environment(self, name: str) -> dict[str, str]:
        """Return what a node of that name is told; its folder is its own."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("MUNIMENT_", "AWS_"))}
        return own | self.shared | {"MUNIMENT_DATA": str(self.folder / name)}

    def run(self, name: str, *command: str, given: str = "") -> str:
        """Run a command of Python to its end, as a process of the node `name`; return what it prints."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment(name),
            input=given,
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout

    def sightings(self) -> list[tuple[str, str]]:
        """Return of every sealed message its attempt and the client's address, each as often as it is there."""
        return [tuple(one) for one in json.loads(self.run("reader", "-m", "tests.live.nodes.reading"))]

    def capture(self, name: str) -> Node:
        """Return a capture node that is not started yet."""
        port = free_port()
        command = [sys.executable, "manage.py", "serve_smtp", "--port", str(port), "--processes", "1"]
        return self._node(name, port, command)

    def web(self, name: str) -> Node:
        """Return a web process that is not started yet. All web processes share the folder of the index."""
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *WEB]
        return self._node(name, port, command, folder="web")

    def started(self, *nodes: Node) -> tuple[Node, ...]:
        """Start nodes at once."""
        with ThreadPoolExecutor() as together:
            list(together.map(Node.start, nodes))
        return nodes

    def _node(self, name: str, port: int, command: list[str], *, folder: str = "") -> Node:
        node = Node(name, port, command, self.environment(folder or name), self.folder / f"{name}.log")
        self.nodes.append(node)
        return node


@contextmanager
def archive(folder: Path, database: PostgreSQL, store: S3Server) -> Iterator[Place]:
    """Make a new archive; end all of its nodes afterwards."""
    shared = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database.new_database(f"nodes_{secrets.token_hex(4)}"),
        "MUNIMENT_STORE": "s3",
        "MUNIMENT_S3_ENDPOINT": store.endpoint,
        "MUNIMENT_S3_REGION": REGION,
        "MUNIMENT_S3_VAULT": store.new_bucket(locks=True),
        "MUNIMENT_S3_KEYS": store.new_bucket(locks=False),
        "MUNIMENT_S3_ACCESS_KEY": store.access_key,
        "MUNIMENT_S3_SECRET_KEY": store.secret_key,
        "MUNIMENT_S3_CALL_SECONDS": "10",
        "MUNIMENT_KEYS": str(folder / "keys"),
        "MUNIMENT_SECRET_KEY": secrets.token_urlsafe(50),
        "MUNIMENT_HTTPS": "yes",
        "MUNIMENT_LOG_LEVEL": "INFO",
        "MUNIMENT_SMTP_HOSTNAME": "archive.test",
        "MUNIMENT_SMTP_NETWORKS": CLIENTS,
        "MUNIMENT_SMTP_PROXIES": BALANCER,
        "MUNIMENT_SMTP_GRACE_SECONDS": "3",
        "MUNIMENT_WEB_PROXIES": BALANCER,
    }
    place = Place(folder, shared)
    try:
        with (
            ThreadPoolExecutor() as together
        ):  # as when all machines get their power back: one of them makes the tables
            list(together.map(lambda name: place.run(name, "-m", "tests.live.nodes.preparing"), ("web", "other")))
        yield place
    finally:
        for node in place.nodes:
            node.end(signal.SIGKILL)
