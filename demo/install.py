"""Fill a new archive with the made-up company: its mail, its people, and what they have done. `make up` calls it.

Each step may be repeated: a first start that was cut short is gone on with by the next.
"""

import json
import os
import secrets
import smtplib
import tomllib
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command

from accounts import demonstration
from accounts.models import User
from archive.models import Segment
from archive.wiring import archive
from demo import cases
from demo.cases import cast

HERE: Final = Path(__file__).parent
_UNFINISHED: Final = "demo-unfinished"
_PASSWORD_BYTES: Final = 12


class NotInstalled(Exception):
    """The demonstration could not be made; the message says what failed."""


def is_wanted(data: Path) -> bool:
    """Return whether the archive is to be filled: nobody uses it yet, or a filling was cut short.

    An archive that holds mail or people, and not the demonstration, is somebody's own: nothing is put into it.
    """
    if (data / _UNFINISHED).exists():
        return True
    return not (demonstration.is_installed(data) or User.objects.exists() or Segment.objects.exists())


def fill(data: Path) -> None:
    """Import the mail, make the people and their work. Raises `NotInstalled`."""
    (data / _UNFINISHED).touch()
    _import()
    if not demonstration.is_installed(data):
        _invent_sign_ins(data / demonstration.FILE)
    cases.make(archive(), {one.email: one.password for one in demonstration.read(data)})


def send_live(data: Path, port: int) -> None:
    """Send the two messages that arrive over SMTP, which is the last step."""
    for message in _sources()["smtp"]:
        raw = (HERE / message["path"]).read_bytes()
        with smtplib.SMTP("127.0.0.1", port, local_hostname=message.get("helo", "localhost")) as client:
            client.sendmail(message["mail_from"], message["recipients"], raw)
    (data / _UNFINISHED).unlink(missing_ok=True)


def _import() -> None:
    """Import every mailbox; the last import makes all of it searchable."""
    sources = _sources()["import"]
    for source in sources:
        try:
            call_command(
                "import_mail",
                str(HERE / source["path"]),
                source=source["source"],
                custodian=source.get("custodian", ""),
                no_wait=source is not sources[-1],
            )
        except SystemExit as end:
            if end.code != 1:  # 1: something was refused, and is listed
                raise NotInstalled(f"The mailbox {source['path']} could not be imported; see above.") from end


def _invent_sign_ins(path: Path) -> None:
    """Write who may sign in, with one random password for all of them; only the archive's owner reads it."""
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    made = [
        {"role": part.role.value, "name": part.name, "email": part.address, "password": password} for part in cast.CAST
    ]
    with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        json.dump(made, file, ensure_ascii=False)


def _sources() -> dict[str, Any]:
    return tomllib.loads((HERE / "sources.toml").read_text(encoding="utf-8"))
