"""A Redis server of a test's own: on loopback, a free port, a temporary folder; never as root; stopped by its pid.

    python -m tests.live.servers.redis    start one, print its address, stop it at the end of the input

Its program comes from Debian's package `redis-server` (`make live` installs it). Where it lacks, or does not start,
`ServerFailed` says why, with its log.
"""

import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis as client

from tests.live.servers.common import ServerFailed, Service, as_account, free_port, give, own_folder

START_SECONDS = 30
ACCOUNT = "redis"


@dataclass(slots=True, kw_only=True)
class Redis(Service):
    """One server. `kill`, `forget` and `start` again are for tests of what is lost when it dies."""

    password: str
    port: int
    settings: dict[str, str]

    @property
    def data(self) -> Path:
        return self.folder / "data"

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
        give(ACCOUNT, self.folder, self.data)
        self._launch(command, **as_account(ACCOUNT))
        self._await(self._answers, seconds=START_SECONDS)

    def forget(self) -> None:
        """Delete its data, while it is stopped."""
        shutil.rmtree(self.data)

    def _answers(self) -> bool:
        try:
            self.ask("PING")
        except client.RedisError:
            return False
        return True


@contextmanager
def redis(**settings: str) -> Iterator[Redis]:
    """Give a running server that is gone afterwards, with its folder."""
    with own_folder("redis") as folder:
        server = Redis(folder=folder, password=secrets.token_hex(16), port=free_port(), settings=settings)
        try:
            server.start()
            yield server
        finally:
            server.kill()


def _program() -> str:
    if (found := shutil.which("redis-server")) is not None:
        return found
    raise ServerFailed("redis-server is not installed (apt-get install redis-server)")


if __name__ == "__main__":
    with redis() as running:
        sys.stdout.write(running.url + "\n")
        sys.stdout.flush()
        sys.stdin.read()
