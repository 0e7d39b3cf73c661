"""One archive and the processes of its nodes, which are the commands that `make up` and the containers run.

A capture node has a folder of its own that may be lost; web, workers and beat share one, as compose.yaml has it.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.supervisor import services
from tests.live.servers.common import ServerFailed, free_port
from tests.live.servers.haproxy import HAProxy, haproxy

ROOT = Path(__file__).resolve().parents[2]
BALANCER = "127.0.0.1/32"
CLIENTS = "127.0.0.8/29,127.0.0.16/28"  # the senders' own addresses; the balancer's is not among them
WORKERS = ("worker", "sweep", "text", "exports", "bulk")
START_SECONDS = 180
STOP_SECONDS = 60
COMMAND_SECONDS = 3600


@dataclass(slots=True)
class Process:
    """One process that may be killed and started again."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    port: int = 0
    _running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Return the id of the process, 0 when none runs."""
        return self._running.pid if self._running and self._running.poll() is None else 0

    def start(self) -> None:
        """Start it; nobody waits until it is ready."""
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill it and its children at once, as the end of a machine does."""
        if self._running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait(STOP_SECONDS)
            self._running = None

    def ask_to_end(self) -> None:
        if self.pid:
            self._running.terminate()

    def end(self) -> None:
        """Wait for it to end as it was asked to; kill what is left."""
        if self._running is not None:
            with suppress(subprocess.TimeoutExpired):
                self._running.wait(STOP_SECONDS)
            self.kill()


@dataclass(slots=True, kw_only=True)
class Site:
    """The archive. `shared` is what all of its nodes are told."""

    folder: Path
    shared: dict[str, str]
    processes: dict[str, Process] = field(default_factory=dict)
    balancer: HAProxy | None = None
    is_embedded: bool = False

    def environment(self, node: str) -> dict[str, str]:
        own = {
            name: text for name, text in os.environ.items() if not name.startswith(("MUNIMENT_", "AWS_", "DATABASE"))
        }
        return own | self.shared | {"MUNIMENT_DATA": str(self.folder / node)}

    def add(self, service: str, *, number: int = 1) -> Process:
        """Make a process of that name in `config.supervisor`, the so many-eth of its kind; it is not started yet."""
        name, port = f"{service}{number}", free_port()
        found = {one.name: one.command for one in services(root=ROOT, python=sys.executable, web_port=port)}
        command = [part.replace(f"{service}@", f"{name}@") for part in found[service]]
        node = name if service == "capture" and not self.is_embedded else "site"
        environment = self.environment(node) | {"MUNIMENT_SMTP_PORT": str(port)}
        self.processes[name] = Process(name, command, environment, self.folder / f"{name}.log", port)
        return self.processes[name]

    def prepare(self) -> None:
        """Make what is missing of the archive, as a deployment does before anything starts."""
        self._run([str(ROOT / "deploy" / "entry.py"), "migrate"])

    def manage(self, *arguments: str) -> str:
        """Run a command of the archive to its end; return what it prints. Exit code 1 means that it found something."""
        return self._run([str(ROOT / "manage.py"), *arguments])

    def json(self, *arguments: str) -> dict:
        return json.loads(self.manage(*arguments, "--json"))

    def reads(self, *arguments: str, given: str = "") -> dict:
        """Run a module of this package that reads the archive with the core and the engine; return what it found."""
        return json.loads(self._run(["-m", "benchmarks.stack.reading", *arguments], given=given))

    def _run(self, command: list[str], *, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment("site"),
            input=given,
            check=False,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        if done.returncode not in {0, 1} or not done.stdout:
            raise ServerFailed(f"{command}: exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def logs(self) -> str:
        """Return the ends of all logs, for whoever asks why."""
        return "".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in self.folder.glob("*.log")
        )


@contextmanager
def site(
    folder: Path, settings: Mapping[str, str], *, captures: int = 2, workers: int = 1, embedded: bool = False
) -> Iterator[Site]:
    """Give an archive with all of its processes running behind HAProxy; embedded: as `make up` starts it, without."""
    folder.mkdir(parents=True)
    usual = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MUNIMENT_KEYS": str(folder / "keys"),
        "MUNIMENT_SECRET_KEY": secrets.token_urlsafe(50),
        "MUNIMENT_LOG_LEVEL": "WARNING",
        "MUNIMENT_SMTP_HOSTNAME": "archive.test",
        "MUNIMENT_SMTP_NETWORKS": CLIENTS,
    }
    behind = (
        {}
        if embedded
        else {"MUNIMENT_SMTP_PROXIES": BALANCER, "MUNIMENT_WEB_PROXIES": BALANCER, "MUNIMENT_HTTPS": "yes"}
    )
    made = Site(folder=folder, shared=usual | behind | dict(settings), is_embedded=embedded)
    made.prepare()
    try:
        for number in range(1, captures + 1):
            made.add("capture", number=number)
        made.add("web")
        made.add("beat")
        for service in WORKERS:
            for number in range(1, (workers if service in {"worker", "bulk"} else 1) + 1):
                made.add(service, number=number)
        with _balancer(made, embedded=embedded) as made.balancer:
            for process in made.processes.values():
                process.start()
            _wait_until_up(made)
            yield made
            for process in made.processes.values():  # capture first
                process.ask_to_end()
            for process in made.processes.values():
                process.end()
    finally:
        for process in made.processes.values():
            process.kill()


@contextmanager
def _balancer(made: Site, *, embedded: bool) -> Iterator[HAProxy | None]:
    if embedded:
        yield None
        return
    ports = {
        kind: tuple(one.port for one in made.processes.values() if one.name.startswith(kind))
        for kind in ("capture", "web")
    }
    with haproxy(**ports) as running:
        yield running


def _wait_until_up(made: Site) -> None:
    listening = [one for one in made.processes.values() if one.name.startswith(("capture", "web"))]
    if made.balancer is not None:
        made.balancer.wait_for(*(one.name for one in listening), seconds=START_SECONDS)
        return
    wait_until(lambda: all(_listens(one.port) for one in listening), what="the listeners", seconds=START_SECONDS)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(found: Callable[[], object], *, what: str, seconds: float, every: float = 0.2) -> float:
    """Wait until something is true; return after how many seconds. Raises `ServerFailed`."""
    began = time.monotonic()
    while not found():
        if time.monotonic() - began > seconds:
            raise ServerFailed(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)
    return time.monotonic() - began
