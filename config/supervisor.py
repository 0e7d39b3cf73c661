"""Keeps the processes of one machine running: web, capture, workers. `make up` starts it, `make down` stops it.

A child that ends is started again, after a pause that grows while it keeps ending; SIGTERM stops all of them in
order: capture first, so that nothing is accepted any more, the rest after it. State lies in `run/` of the archive:
`supervisor.pid` (locked while it lives) and one `<name>.pid` for each child; logs in `log/`.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

PAUSE_SECONDS: Final = (0.2, 1.0, 5.0, 15.0)  # before a start after the 1st, 2nd, … quick end
STEADY_SECONDS: Final = 30.0  # a child that lived this long starts at the first pause again
STOP_SECONDS: Final = 40.0  # longer than the listener's drain
LOG_BYTES: Final = 8 * 1024 * 1024  # a log that is larger at a start is moved to <name>.log.1
_PR_SET_PDEATHSIG: Final = 1  # prctl(2): the child gets a signal when its parent dies, so kill -9 leaves no orphan


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One process to keep running."""

    name: str
    command: Sequence[str]


@dataclass(slots=True)
class _Child:
    service: Service
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_ends: int = 0
    due_at: float = field(default=0.0)


class Supervisor:
    """Runs services until it is told to stop."""

    def __init__(self, services: Sequence[Service], *, data: Path, stop_seconds: float = STOP_SECONDS) -> None:
        self._children = [_Child(service) for service in services]
        self._run, self._log = data / "run", data / "log"
        self._stop_seconds = stop_seconds
        self._stopping = False

    def run(self) -> int:
        """Run until SIGTERM or SIGINT; return 0, or 1 if another supervisor of this archive is running."""
        for folder in (self._run, self._log):
            folder.mkdir(parents=True, exist_ok=True)
        with (self._run / "supervisor.pid").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return 1
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._stop)
            while not self._stopping:
                for child in self._children:
                    self._tend(child)
                time.sleep(0.1)
            self._end_all()
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _tend(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is not None and child.process.poll() is not None:
            lived = now - child.started_at
            child.quick_ends = 0 if lived > STEADY_SECONDS else child.quick_ends + 1
            child.due_at = now + PAUSE_SECONDS[min(child.quick_ends, len(PAUSE_SECONDS)) - 1]
            child.process = None
        if child.process is None and now >= child.due_at:
            child.process = self._start(child.service)
            child.started_at = now

    def _start(self, service: Service) -> subprocess.Popen[bytes]:
        path = self._log / f"{service.name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            process = subprocess.Popen(
                list(service.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - this process has one thread
            )
        (self._run / f"{service.name}.pid").write_text(str(process.pid))
        return process

    def _end_all(self) -> None:
        deadline = time.monotonic() + self._stop_seconds
        for child in self._children:
            if child.process is None:
                continue
            child.process.terminate()
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            (self._run / f"{child.service.name}.pid").unlink(missing_ok=True)


def services(*, root: Path, python: str, web_port: int) -> list[Service]:
    """Return what one machine runs, in the order of stopping."""
    manage = [python, str(root / "manage.py")]
    celery = [python, "-m", "celery", "-A", "config", "--workdir", str(root)]
    worker = [*celery, "worker", "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    gunicorn = [python, "-m", "gunicorn", "--chdir", str(root), "--workers", "2", "--threads", "4", "--timeout", "60"]
    gunicorn.append("--no-control-socket")  # it would lie in the user's home, one for all archives of a machine
    return [
        Service(name="capture", command=[*manage, "serve_smtp"]),
        Service(
            name="web",
            command=[*gunicorn, "--bind", f"127.0.0.1:{web_port}", "config.wsgi:application"],
        ),
        Service(name="beat", command=[python, "-m", "config.beat"]),
        Service(name="worker", command=[*worker, "--queues", "catalogue,index", "--hostname", "worker@localhost"]),
        Service(name="sweep", command=[*worker, "--queues", "sweep", "--hostname", "sweep@localhost"]),
        Service(name="text", command=[*worker, "--queues", "text,slow", "--hostname", "text@localhost"]),
        Service(name="exports", command=[*worker, "--queues", "exports", "--hostname", "exports@localhost"]),
        Service(
            name="bulk",
            command=["nice", "-n", "10", *worker, "--queues", "bulk,personal", "--hostname", "bulk@localhost"],
        ),
    ]


def running(data: Path) -> int | None:
    """Return the pid of the supervisor of an archive, if one lives: it holds the lock on its pid file."""
    try:
        with (data / "run" / "supervisor.pid").open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read() or 0) or None
    except FileNotFoundError:
        return None
    return None


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> int:
    """Run the services of this checkout for the archive that MUNIMENT_DATA names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings  # noqa: PLC0415 - after the environment is set

    found = services(root=settings.BASE_DIR, python=sys.executable, web_port=settings.MUNIMENT_WEB_PORT)
    stop_seconds = STOP_SECONDS + settings.MUNIMENT_SMTP_GRACE_SECONDS
    return Supervisor(found, data=settings.MUNIMENT_DATA, stop_seconds=stop_seconds).run()


if __name__ == "__main__":
    sys.exit(main())
