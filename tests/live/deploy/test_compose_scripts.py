"""The scripts and settings that compose.yaml mounts, run as its containers run them, on real servers of this machine."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live.servers.common import ServerFailed, free_port

ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "deploy" / "compose"
SECONDS = 120


class Place:
    """A folder with the secrets, the account `postgres`, and the programs of PostgreSQL."""

    def __init__(self, folder):
        self.folder = folder
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
        self.passwords = {
            name: secrets.token_urlsafe(16)
            for name in ("database-superuser-password", "database-password", "database-replication-password")
        }
        (folder / "secrets").mkdir()
        for name, text in self.passwords.items():
            (folder / "secrets" / name).write_text(text)
        for name in ("tmp", "primary", "standby"):
            (folder / name).mkdir(mode=0o700)
            if os.geteuid() == 0:
                shutil.chown(folder / name, "postgres", "postgres")
        self.environment = {
            "PATH": f"{self.programs}:{os.defpath}",
            "SECRETS": str(folder / "secrets"),
            "TMPDIR": str(folder / "tmp"),
            "PGHOST": str(folder / "tmp"),
        }

    def run(self, *command, **more):
        done = subprocess.run(
            [str(part) for part in command],
            env=self.environment | more,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            **self.user,
        )
        if done.returncode:
            raise ServerFailed(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def arguments(self, data, port):
        """Return how compose.yaml starts the server, and what differs on a machine that it shares with others."""
        own = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "hba_file": data / "pg_hba.conf",
            "unix_socket_directories": self.folder / "tmp",
            "shared_buffers": "16MB",
            "data_directory": data,
        }
        return [
            "postgres",
            f"--config_file={SCRIPTS / 'postgresql.conf'}",
            *(f"--{name}={value}" for name, value in own.items()),
        ]

    @contextmanager
    def running(self, command, name, **more):
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                env=self.environment | more,
                cwd=self.folder,
                stdout=output,
                stderr=output,
                **self.user,
            )
        try:
            yield lambda: log.read_text(errors="replace") if process.poll() is None else _fail(log)
        finally:
            process.terminate()
            process.wait(SECONDS)


def _fail(log):
    raise ServerFailed(log.read_text(errors="replace"))


@pytest.fixture
def place():
    folder = Path(tempfile.mkdtemp(prefix="muniment-compose-"))
    folder.chmod(0o755)
    yield Place(folder)
    shutil.rmtree(folder)


def until(asked, alive):
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            if found := asked():
                return found
        except ServerFailed:
            alive()
        assert time.monotonic() < deadline, alive()
        time.sleep(0.2)


def test_the_primary_takes_the_archive_and_the_standby_follows_it(place):
    data, port = place.folder / "primary", free_port()
    place.run(
        "initdb", "-D", data, "--username=postgres", "--encoding=UTF8", "--data-checksums", "--auth-host=scram-sha-256"
    )
    password = place.passwords["database-password"]
    url = f"postgres://muniment:{password}@127.0.0.1:{port}/muniment"
    standby_port = free_port()
    standby = ["sh", SCRIPTS / "replica.sh", *place.arguments(place.folder / "standby", standby_port)]
    with place.running(place.arguments(data, port), "first", PGDATA=str(data)) as first:
        until(lambda: place.run("psql", "-p", port, "-U", "postgres", "-c", "SELECT 1"), first)
        place.run("sh", SCRIPTS / "primary.sh", PGDATA=str(data), PGPORT=str(port))
    with (
        place.running(place.arguments(data, port), "primary", PGDATA=str(data)) as primary,
    ):
        until(lambda: place.run("psql", "-X", url, "-c", "CREATE TABLE kept (number integer)"), primary)
        more = {"PRIMARY": "127.0.0.1", "PGPORT": str(port), "PGDATA": str(place.folder / "standby")}
        with place.running(standby, "standby", **more) as replica:
            following = url.replace(f":{port}/", f":{standby_port}/")
            asked = ("psql", "-XAtc", "SELECT pg_is_in_recovery(), count(*) FROM kept", following)
            place.run("psql", "-X", url, "-c", "INSERT INTO kept VALUES (7)")
            until(lambda: place.run(*asked) == "t|1\n", replica)
        slots = place.run("psql", "-p", port, "-U", "postgres", "-XAtc", "SELECT slot_name FROM pg_replication_slots")
        owner = place.run(
            "psql", "-XAtc", "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'muniment'", url
        )
        with pytest.raises(ServerFailed, match=r"no pg_hba.conf entry|password authentication failed"):
            place.run("psql", "-X", f"postgres://postgres:wrong@127.0.0.1:{port}/postgres", "-c", "SELECT 1")
    assert (slots, owner) == ("standby\n", "muniment\n")


def test_redis_takes_its_settings_and_wants_the_password(place):
    if not shutil.which("redis-server"):
        raise ServerFailed("redis-server is not installed: `make live` installs it")
    port, password = free_port(), secrets.token_urlsafe(16)
    made = place.folder / "tmp" / "redis.conf"
    settings = (SCRIPTS / "redis.conf").read_text().replace("dir /data", f"dir {place.folder / 'tmp'}")
    made.write_text(f"{settings}requirepass {password}\n")
    arguments = ["redis-server", made, "--port", str(port), "--bind", "127.0.0.1"]
    with place.running(arguments, "redis") as redis:
        client = ["redis-cli", "-p", str(port)]
        until(lambda: place.run(*client, "ping", REDISCLI_AUTH=password) == "PONG\n", redis)
        assert "NOAUTH" in place.run(*client, "ping")
        asked = ("save", "appendonly", "maxmemory-policy")
        found = [place.run(*client, "config", "get", name, REDISCLI_AUTH=password).split("\n")[1] for name in asked]
    assert found == ["", "no", "noeviction"]
