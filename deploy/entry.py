#!/usr/bin/env python
"""What a container runs, by its first argument; `entry.py help` lists the roles.

A role ends in exec, so that the process which works is the one that gets the signals. Nothing is written but below
MUNIMENT_DATA and the folder for temporary files.
"""

import http.client
import os
import re
import secrets
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
TEMPORARY: Final = Path(tempfile.gettempdir())
ROLE_FILE: Final = TEMPORARY / "muniment-role"  # what `healthy` has to ask
ALIVE_FILE: Final = TEMPORARY / "muniment-alive"  # touched by a worker every few seconds: config/alive.py
ALIVE_SECONDS: Final = 60.0
WAIT_SECONDS: Final = 600.0
ANSWER_SECONDS: Final = 5.0
ALL: Final = "0.0.0.0"  # noqa: S104 - a container has its own network
DONE, FAILED, WRONG_USAGE = 0, 1, 2
QUEUES: Final = re.compile(r"[a-z]+(,[a-z]+)*\Z")

HELP: Final = """\
entry.py web              the web, by gunicorn, on MUNIMENT_WEB_PORT of all addresses
entry.py capture [ARG…]   the SMTP and LMTP listener; arguments as of `manage.py serve_smtp`
entry.py worker QUEUES    a worker of the queues, such as catalogue,index
entry.py beat             what asks for the recurring work; one is enough, two do no harm
entry.py migrate          make the tables as this version wants them, and replay the erasure ledger; then end
entry.py wait             end when the tables are as this version wants them
entry.py healthy          ask the role that runs here whether it works; exit code 0 or 1
entry.py make-secrets DIR write the keys and passwords that compose.yaml and deploy/kubernetes/ name; none is replaced
entry.py manage ARG…      a command of the archive; `entry.py manage help` lists them
entry.py shell            Django's shell
"""


def web(_rest: Sequence[str]) -> int:
    """Serve pages and API."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings  # noqa: PLC0415 - `healthy` is asked often, and needs no Django

    bind = f"{ALL}:{settings.MUNIMENT_WEB_PORT}"
    command = ["-m", "gunicorn", "--chdir", str(ROOT), "--bind", bind, "--threads", "4", "--timeout", "60"]
    command += ["--workers", str(settings.MUNIMENT_WEB_PROCESSES), "--worker-tmp-dir", str(TEMPORARY)]
    command += ["--no-control-socket", "--forwarded-allow-ips", ""]  # config/proxies.py knows the proxies
    return _become("web", [*command, "config.wsgi:application"])


def capture(rest: Sequence[str]) -> int:
    """Take mail."""
    return _become("capture", [str(ROOT / "manage.py"), "serve_smtp", "--host", ALL, *rest])


def worker(rest: Sequence[str]) -> int:
    """Work on queues."""
    if len(rest) != 1 or not QUEUES.match(rest[0]):
        return _wrong("worker wants its queues, such as: worker catalogue,index")
    name = f"{rest[0].replace(',', '-')}@{socket.gethostname()}"
    command = [*_celery("worker"), "--include", "config.alive", "--queues", rest[0], "--hostname", name]
    ALIVE_FILE.touch()
    return _become("worker", [*command, "--concurrency", "1", "--without-gossip", "--without-mingle"])


def beat(_rest: Sequence[str]) -> int:
    """Ask for the recurring work."""
    return _become("beat", ["-m", "config.beat"])


def migrate(_rest: Sequence[str]) -> int:
    """Make what is missing of the archive."""
    from archive.services.setup import prepare  # noqa: PLC0415
    from muniment.errors import MunimentError  # noqa: PLC0415

    try:
        prepare()
    except MunimentError as error:
        return _wrong(str(error))
    _say("The tables are as this version wants them.")
    return DONE


def wait(_rest: Sequence[str]) -> int:
    """Wait for `migrate`, which may be running elsewhere, and for the database."""
    from django.db import Error, connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(FAILED))
    deadline, why = time.monotonic() + WAIT_SECONDS, ""
    while time.monotonic() < deadline:
        try:
            loader = MigrationExecutor(connection)
            waiting = loader.migration_plan(loader.loader.graph.leaf_nodes())
        except Error as error:
            found = f"The database does not answer: {type(error).__name__}"
        else:
            if not waiting:
                return DONE
            found = f"{len(waiting)} migrations wait for `entry.py migrate`"
        if found != why:
            _say(found)
        why = found
        connection.close()
        time.sleep(1)
    return FAILED


def healthy(_rest: Sequence[str]) -> int:
    """Ask the role of this container."""
    role = ROLE_FILE.read_text(encoding="ascii") if ROLE_FILE.exists() else ""
    asked = {
        "web": _web_answers,
        "capture": _capture_answers,
        "worker": _worker_turns,
        "beat": lambda: True,  # one that waits for its turn does nothing; one that fails ends
    }.get(role)
    if asked is None:
        return _wrong("no role runs here")
    return DONE if asked() else FAILED


def make_secrets(rest: Sequence[str]) -> int:
    """Write each secret that the deployment names, into a folder that only its owner enters.

    The texts can be read by whoever gets them: an engine mounts each into containers of other users.
    """
    from muniment.stores.key_file import make_key_file  # noqa: PLC0415

    if len(rest) != 1:
        return _wrong("make-secrets wants a folder")
    folder = Path(rest[0])
    try:
        folder.chmod(0o700)
        for name in ("master-key", "log-key"):
            make_key_file(folder / name)
        for name, text in texts(lambda: secrets.token_urlsafe(32)).items():
            _write_once(folder / name, text)
    except OSError as error:
        return _wrong(f"{folder}: {error.strerror}. It must belong to uid {os.getuid()}")
    _say(f"{folder} holds the secrets. Keep a copy of master-key and log-key where no other copy of the archive is.")
    return DONE


def texts(random_text: Callable[[], str]) -> dict[str, str]:
    """Return the secrets that are texts, by name: passwords, and the addresses that carry them."""
    database, redis = random_text(), random_text()
    return {
        "web-signing-key": random_text() + random_text(),
        "database-superuser-password": random_text(),
        "database-password": database,
        "database-replication-password": random_text(),
        "database-url": f"postgres://muniment:{database}@database:5432/muniment",
        "database-replica-url": f"postgres://muniment:{database}@database-replica:5432/muniment",
        "redis-password": redis,
        "broker-url": f"redis://:{redis}@redis:6379/0",
        "search-password": random_text(),
        "s3-root-password": random_text(),
        "s3-secret-key": random_text(),
    }


def manage(rest: Sequence[str]) -> int:
    """Run a command of the archive."""
    os.execv(sys.executable, [sys.executable, str(ROOT / "manage.py"), *rest])  # noqa: S606 - no shell is wanted


def shell(rest: Sequence[str]) -> int:
    """Open Django's shell."""
    return manage(["shell", *rest])


ROLES: Final[dict[str, Callable[[Sequence[str]], int]]] = {
    "web": web,
    "capture": capture,
    "worker": worker,
    "beat": beat,
    "migrate": migrate,
    "wait": wait,
    "healthy": healthy,
    "make-secrets": make_secrets,
    "manage": manage,
    "shell": shell,
}


def main(arguments: Sequence[str]) -> int:
    """Run the role that the first argument names; return an exit code."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if name in {"help", "--help", "-h"}:
        _say(HELP.rstrip())
        return DONE
    if name not in ROLES:
        return _wrong(f"{name!r} is no role.\n{HELP}")
    os.chdir(ROOT)
    os.umask(0o077)
    sys.path.insert(0, str(ROOT))
    if name not in {"migrate", "wait"}:
        return ROLES[name](rest)
    import django  # noqa: PLC0415
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        return ROLES[name](rest)
    except ImproperlyConfigured as error:
        return _wrong(str(error))


def _celery(what: str) -> list[str]:
    return ["-m", "celery", "-A", "config", "--workdir", str(ROOT), what, "--loglevel", "WARNING"]


def _become(role: str, command: Sequence[str]) -> int:
    ROLE_FILE.write_text(role, encoding="ascii")
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - no shell is wanted


def _web_answers() -> bool:
    port = os.environ.get("MUNIMENT_WEB_PORT") or "8000"
    asked = http.client.HTTPConnection("127.0.0.1", int(port), timeout=ANSWER_SECONDS)
    try:
        asked.request("GET", "/health/ready", headers={"Host": "localhost"})
        return asked.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _capture_answers() -> bool:
    """Return whether the listener greets, or turns us away: either way it is there."""
    address = ("127.0.0.1", int(os.environ.get("MUNIMENT_SMTP_PORT") or 2525))
    try:
        with socket.create_connection(address, timeout=ANSWER_SECONDS) as client:
            return client.recv(4)[:3] in {b"220", b"421", b"554"}
    except OSError:
        return False


def _worker_turns() -> bool:
    return time.time() - ALIVE_FILE.stat().st_mtime < ALIVE_SECONDS


def _write_once(path: Path, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        os.fchmod(descriptor, 0o444)
        file.write(text)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _wrong(text: str) -> int:
    sys.stderr.write(text + "\n")
    return WRONG_USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
