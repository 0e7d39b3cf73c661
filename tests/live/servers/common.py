"""What every server of the live tests shares: a process with its log in a folder of its own, stopped by its pid."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

CACHE = Path.home() / ".cache" / "muniment-live"  # programs that are built or fetched once
BUILD_SECONDS = 1500
STOP_SECONDS = 60
LOG_CHARS = 4000  # of the end, in a failure


class ServerFailed(Exception):
    """A server could not be had or did not start: the tests that need it fail with this and its log, never skip."""


@dataclass(slots=True, kw_only=True)
class Service:
    """One process. `kill` and `start` again are for tests of its death."""

    stopped_by: ClassVar[signal.Signals] = signal.SIGTERM

    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def pid(self) -> int:
        """Return the id of the process, 0 when none runs."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    def end_of_log(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_CHARS:] if self.log.exists() else ""

    def stop(self, with_signal: signal.Signals | None = None) -> None:
        """Ask it to stop, and wait; kill it where it takes too long. SIGKILL is its sudden death."""
        if self._process is None:
            return
        if self.pid:
            self._process.send_signal(with_signal or self.stopped_by)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
        self._process = None

    def kill(self) -> None:
        """Let it die at once."""
        self.stop(signal.SIGKILL)

    def suspend(self) -> None:
        """Let it stand still: connections are taken and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def _launch(self, command: Sequence[str], **how: Any) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **how)

    def _await(self, answers: Callable[[], bool], *, seconds: float, pause: float = 0.05) -> None:
        """Wait until it answers; raise `ServerFailed` with its log where it ends before, or takes longer."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.pid:
            if answers():
                return
            time.sleep(pause)
        self.kill()
        raise ServerFailed(f"{self.folder.name} did not start:\n{self.end_of_log()}")


def free_port() -> int:
    """Return a port of loopback that nobody listened on a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def own_folder(name: str) -> Iterator[Path]:
    """Give a temporary folder; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"muniment-{name}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def as_account(name: str) -> dict[str, Any]:
    """Return how to start a program as an account without rights, where root would start it."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def give(name: str, *paths: Path) -> None:
    """Give paths to an account, where root made them."""
    if os.geteuid() != 0:
        return
    account = pwd.getpwnam(name)
    for path in paths:
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def built_with_go(label: str, module: str, version: str) -> Path:
    """Return the program of a Go module, built where the cache has none; the Go checksum database vouches for it."""
    name = module.rpartition("/")[2]
    place = CACHE / f"{label}-{version}" / name
    if place.exists():
        return place
    go = shutil.which("go") or "/usr/local/go/bin/go"
    if not Path(go).exists():
        raise ServerFailed(f"{module} is built with Go, which is not installed")
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=place.parent))
    try:
        done = subprocess.run(
            [go, "install", f"{module}@{version}"],
            env=os.environ | {"GOBIN": str(fresh), "GOFLAGS": "-mod=mod"},
            check=False,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
        )
        if done.returncode:
            raise ServerFailed(f"{module} was not built:\n{done.stderr[-LOG_CHARS:]}")
        (fresh / name).replace(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return place
