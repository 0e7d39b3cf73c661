"""`make up`: an archive that runs. Makes what is missing, fills a new archive with the demonstration, starts services.

A second run starts what is there, and says so when it is running already.
"""

import json
import os
import secrets
import smtplib
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from config.supervisor import running

START_SECONDS: Final = 60.0
DEMO_PEOPLE: Final = (
    ("compliance", "demo@meridian-freight.example"),
    ("employee", "claire.maubert@meridian-freight.example"),
)


class NotStarted(Exception):
    """The services did not come up; the message says why and what to do."""


def main() -> int:
    """Set up, fill, start, and print the addresses; return an exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - after the environment is set

    django.setup()
    from django.conf import settings  # noqa: PLC0415

    from archive.services.setup import prepare  # noqa: PLC0415

    try:
        prepare()
        fresh = not (settings.MUNIMENT_DATA / "demo.json").exists()
        if fresh:
            _say("First start: filling the archive with the demonstration mailbox.")
            _import_demo(settings.BASE_DIR)
        if running(settings.MUNIMENT_DATA):
            _say("Muniment is running already.")
        else:
            _start(settings)
        _wait(settings)
        if fresh:
            _send_live(settings.BASE_DIR, settings.MUNIMENT_SMTP_PORT)
        accounts = _accounts(settings.MUNIMENT_DATA / "demo.json")
    except NotStarted as error:
        _say(str(error))
        return 1
    _say(
        f"""
  Web    http://127.0.0.1:{settings.MUNIMENT_WEB_PORT}/
{_sign_ins(accounts)}
  SMTP   127.0.0.1:{settings.MUNIMENT_SMTP_PORT}, from this machine: point a journal rule or a mail client at it
  Data   {settings.MUNIMENT_DATA}
  Logs   {settings.MUNIMENT_DATA / "log"}
  Stop   make down
"""
    )
    return 0


def _import_demo(root: Path) -> None:
    for source in _demo(root)["import"]:
        command = [sys.executable, str(root / "manage.py"), "import_mail", str(root / "demo" / source["path"])]
        command += ["--source", source["source"]]
        if source.get("custodian"):
            command += ["--custodian", source["custodian"]]
        done = subprocess.run(command, check=False)
        if done.returncode not in {0, 1}:
            raise NotStarted(f"The demonstration mailbox {source['path']} could not be imported; see above.")


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


def _send_live(root: Path, port: int) -> None:
    for message in _demo(root)["smtp"]:
        raw = (root / "demo" / message["path"]).read_bytes()
        with smtplib.SMTP("127.0.0.1", port, local_hostname=message.get("helo", "localhost")) as client:
            client.sendmail(message["mail_from"], message["recipients"], raw)


def _demo(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "demo" / "sources.toml").read_text())


def _accounts(path: Path) -> list[dict[str, str]]:
    """Return the demonstration's sign-ins; make them, with random passwords, where there are none."""
    from accounts.actors import operator  # noqa: PLC0415 - after Django is set up
    from accounts.models import Role, User  # noqa: PLC0415
    from accounts.services import grants, people  # noqa: PLC0415

    if path.exists():
        accounts: list[dict[str, str]] = json.loads(path.read_text())
    else:
        accounts = [
            {"role": role, "email": email, "password": secrets.token_urlsafe(12)} for role, email in DEMO_PEOPLE
        ]
        with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            json.dump(accounts, file)
    for account in accounts:
        person = User.objects.filter(email=account["email"]).first() or people.add(
            actor=operator(), address=account["email"], role=Role(account["role"]), password=account["password"]
        )
        if person.role == Role.COMPLIANCE and not person.grants.exists():
            everything, why = grants.Opening.read("everything"), "the demonstration's compliance officer"
            grants.give(actor=operator(), person=person, opening=everything, reason=why)
    return accounts


def _sign_ins(accounts: list[dict[str, str]]) -> str:
    return "\n".join(f"         {one['role']:12} {one['email']}   {one['password']}" for one in accounts)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
