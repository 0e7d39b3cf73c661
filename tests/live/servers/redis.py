"""A Redis server of a test's own: on loopback, a free port, a temporary folder; never as root; stopped by its pid.

    python -m tests.live.servers.redis    start one, print its address, stop it at the end of the input

Its program comes from Debian's package `redis-server` (`make live` installs it). Where it lacks, or does not start,
`ServerFailed` says why, with its log.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis as client

from tests.live.servers.common import ServerFailed, free_port

START_SECONDS = STOP_SECONDS = 30
ACCOUNT = "redis"


@dataclass(slots=True)
class Redis:
    """One server. `stop` with SIGKILL, `forget` and `start` again are for tests of what is lost when it dies."""

    folder: Path
    password: str
    port: int
    settings: dict[str, str]
    _process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def pid(self) -> int:
        """Return the id of the process, 0 when none runs."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    @property
    def url(self) -> str:
        """Return what goes into MUNIMENT_BROKER_URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def ask(self, *words: str | int) -> object:
        """Run one command, apart from the code under test."""
        with client.Redis(port=self.port, password=self.password, socket_timeout=10, retry=None) as connection:
            return connection.execute_command(*words)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.data.mkdir(exist_ok=True)
        settings = {"port": self.port, "bind": "127.0.0.1", "dir": self.data, "requirepass": self.password}
        settings |= {"save": "1 1", "daemonize": "no"} | self.settings
        command = [_program(), *(part for name, value in settings.items() for part in (f"--{name}", str(value)))]
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            for path in (self.folder, self.data):
                os.chown(path, account.pw_uid, account.pw_gid)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **_as_nobody_special())
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.ask("PING")
            except client.RedisError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise ServerFailed(f"Redis did not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        """Stop it: SIGKILL is its sudden death."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(with_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
        self._process = None

    def suspend(self) -> None:
        """Let it stand still: connections are taken and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def forget(self) -> None:
        """Delete its data, while it is stopped."""
        shutil.rmtree(self.data)


@contextmanager
def redis(**settings: str) -> Iterator[Redis]:
    """Give a running server that is gone afterwards, with its folder."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-redis-"))
    server = Redis(folder=folder, password=secrets.token_hex(16), port=free_port(), settings=settings)
    try:
        server.start()
        yield server
    finally:
        server.stop(signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody_special() -> dict[str, object]:
    """Return how to start a program as an account without rights."""
    return {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []} if os.geteuid() == 0 else {}


def _program() -> str:
    if (found := shutil.which("redis-server")) is not None:
        return found
    raise ServerFailed("redis-server is not installed (apt-get install redis-server)")


if __name__ == "__main__":
    with redis() as running:
        sys.stdout.write(running.url + "\n")
        sys.stdout.flush()
        sys.stdin.read()
