"""A PostgreSQL server of a test's own: on loopback, a free port, a temporary folder; never as root; stopped by its pid.

    python -m tests.live.servers.postgresql    start one, print its DATABASE_URL, stop it at the end of the input

`replica_of` makes a second one that follows by streaming (pg_basebackup, a replication slot) and can be promoted.

Its programs come from Debian's package `postgresql` (`make live` installs it). Where they lack, or the server does not
start, `ServerFailed` says why, with its log.
"""

import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tests.live.servers.common import ServerFailed, Service, as_account, free_port, give, own_folder

OLDEST = 15
START_SECONDS = 60
ACCOUNT = "postgres"  # PostgreSQL refuses root
# What a test writes need not outlive the machine, only the process.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "max_prepared_transactions": "5",
}
USER = "muniment"


@dataclass(slots=True, kw_only=True)
class PostgreSQL(Service):
    """One server, or a replica that follows one."""

    stopped_by: ClassVar[signal.Signals] = signal.SIGINT  # it ends what it does

    password: str
    port: int
    settings: dict[str, str]
    follows: "PostgreSQL | None" = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        """Return what goes into DATABASE_URL."""
        return f"postgres://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, name: str) -> str:
        """Make an empty database; return its DATABASE_URL."""
        self.sql(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement by psql, apart from the code under test; return the rows as text."""
        command = [*_program("psql"), "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database)]
        done = subprocess.run([*command, "-c", statement], check=False, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise ServerFailed(f"psql: {done.stderr}")
        return done.stdout.strip()

    def promote(self) -> None:
        """Make a replica a server of its own that takes writes; wait until it does."""
        self.sql("SELECT pg_promote(true, 60)")

    def caught_up(self, seconds: float = 60.0) -> None:
        """Wait until a replica has replayed all that its primary has written by now; raise `ServerFailed`."""
        written = self.follows.sql("SELECT pg_current_wal_lsn()")
        until = time.monotonic() + seconds
        while self.sql(f"SELECT pg_last_wal_replay_lsn() >= '{written}'") != "t":
            if time.monotonic() > until:
                raise ServerFailed(f"the replica does not follow:\n{self.end_of_log()}")
            time.sleep(0.05)

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = self.settings | {"port": str(self.port), "listen_addresses": "127.0.0.1"}
        settings |= {"unix_socket_directories": str(self.folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._launch([*_program("postgres"), "-D", str(self.data), *options], **as_account(ACCOUNT))
        self._await(self._answers, seconds=START_SECONDS, pause=0.1)

    def _answers(self) -> bool:
        try:
            self.sql("SELECT 1")
        except ServerFailed:
            return False
        return True


@contextmanager
def postgresql(**settings: str) -> Iterator[PostgreSQL]:
    """Give a running server that is gone afterwards, with its folder. `settings` go before SETTINGS."""
    own = SETTINGS | settings
    with own_folder("postgresql") as folder:
        server = PostgreSQL(folder=folder, password=secrets.token_hex(16), port=free_port(), settings=own)
        try:
            _make(server)
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def replica_of(primary: PostgreSQL, *, synchronous: bool = False, **settings: str) -> Iterator[PostgreSQL]:
    """Give a running server that follows another by streaming; it is gone afterwards, with its folder.

    With `synchronous`, the primary confirms nothing that the replica has not on its disk.
    """
    own = SETTINGS | {"hot_standby_feedback": "off"} | settings
    with own_folder("replica") as folder:
        server = PostgreSQL(folder=folder, password=primary.password, port=free_port(), settings=own, follows=primary)
        slot = f"replica_{server.port}"
        try:
            _copy(primary, server, slot)
            server.start()
            server.caught_up()
            if synchronous:
                primary.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{slot}'")
                primary.sql("SELECT pg_reload_conf()")
            yield server
        finally:
            server.stop()


def _copy(primary: PostgreSQL, server: PostgreSQL, slot: str) -> None:
    """Copy the files of a running server, with what tells the copy to follow it: it asks for a slot of its own."""
    give(ACCOUNT, server.folder)
    address = f"{primary.url()}?application_name={slot}"
    command = [*_program("pg_basebackup"), "-d", address, "-D", str(server.data), "-R", "-C", "-S", slot]
    command += ["-X", "stream", "-c", "fast", "--no-sync"]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=300, cwd=server.folder, **as_account(ACCOUNT)
    )
    if done.returncode:
        raise ServerFailed(f"pg_basebackup: {done.stderr}")


def _make(server: PostgreSQL) -> None:
    passwords = server.folder / "password"
    passwords.write_text(server.password)
    give(ACCOUNT, server.folder, passwords)
    command = [*_program("initdb"), "-D", str(server.data), "-U", USER, "--pwfile", str(passwords)]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=300, cwd=server.folder, **as_account(ACCOUNT)
    )
    if done.returncode:
        raise ServerFailed(f"initdb: {done.stdout}{done.stderr}")


def _program(name: str) -> list[str]:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if found and int(found[-1].parts[-3]) >= OLDEST:
        return [str(found[-1])]
    if (elsewhere := shutil.which(name)) is not None:
        return [elsewhere]
    raise ServerFailed(f"{name} is not installed: install PostgreSQL {OLDEST} or newer (apt-get install postgresql)")


if __name__ == "__main__":
    with postgresql() as running:
        sys.stdout.write(running.url() + "\n")
        sys.stdout.flush()
        sys.stdin.read()
