"""`make up`: an archive that runs. Makes what is missing, fills a new archive with the demonstration, starts services.

A second run starts what is there, and says so when it is running already.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from config.supervisor import running
from muniment.errors import Refused

if TYPE_CHECKING:
    from accounts.demonstration import DemoAccount

START_SECONDS: Final = 120.0  # nine processes that import Django: seconds on a free machine, a minute on a busy one


class NotStarted(Exception):
    """The services did not come up; the message says why and what to do."""


def main() -> int:
    """Set up, fill, start, and print the addresses; return an exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - after the environment is set

    django.setup()
    from django.conf import settings  # noqa: PLC0415

    from accounts import demonstration  # noqa: PLC0415
    from archive.services.setup import prepare  # noqa: PLC0415
    from demo import install  # noqa: PLC0415

    data = settings.MUNIMENT_DATA
    try:
        prepare()
        fresh = install.is_wanted(data)
        if fresh:
            _say("First start: filling the archive with the demonstration. This takes about a minute.")
            install.fill(data)
        if running(data):
            _say("Muniment is running already.")
        else:
            _start(settings)
        _wait(settings)
        if fresh:
            install.send_live(data, settings.MUNIMENT_SMTP_PORT)
    except (NotStarted, install.NotInstalled, Refused) as error:
        _say(str(error))
        return 1
    web = f"http://127.0.0.1:{settings.MUNIMENT_WEB_PORT}/"
    _say(
        f"""
  Web    {web}
{_sign_ins(demonstration.read(data))}
  Tour   {web}tour/: what each of them does in the first five minutes
  SMTP   127.0.0.1:{settings.MUNIMENT_SMTP_PORT}, from this machine: point a journal rule or a mail client at it
  Data   {data}
  Logs   {data / "log"}
  Stop   make down
"""
    )
    return 0


def _start(settings: Any) -> None:
    for port, variable in (
        (settings.MUNIMENT_WEB_PORT, "MUNIMENT_WEB_PORT"),
        (settings.MUNIMENT_SMTP_PORT, "MUNIMENT_SMTP_PORT"),
    ):
        if _listens(port):
            raise NotStarted(f"Port {port} is taken by another program: stop it, or choose another with {variable}=…")
    log = settings.MUNIMENT_DATA / "log"
    log.mkdir(parents=True, exist_ok=True)
    with (log / "supervisor.log").open("ab") as output:
        subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _wait(settings: Any) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not (_healthy(settings.MUNIMENT_WEB_PORT) and _listens(settings.MUNIMENT_SMTP_PORT)):
        if time.monotonic() > deadline:
            raise NotStarted(
                f"The services did not answer within {START_SECONDS:.0f} s: see {settings.MUNIMENT_DATA / 'log'}."
            )
        time.sleep(0.2)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, urllib.error.URLError):
        return False


def _sign_ins(accounts: Sequence["DemoAccount"]) -> str:
    width = max((len(one.email) for one in accounts), default=0)
    return "\n".join(f"         {one.role:14} {one.email:{width}}   {one.password}" for one in accounts)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
