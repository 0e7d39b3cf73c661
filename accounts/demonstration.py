"""The sign-ins of the demonstration, for the pages that list them on the machine where it was installed.

`make up` writes `demo.json` on an archive that it fills with the made-up company; no other archive has that file. The
passwords are shown to nobody else than a browser on the same machine (docs/decisions/0019).
"""

import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from accounts.models import Role

FILE: Final = "demo.json"
_LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
# What a proxy adds: whoever asks through one is somewhere else, whatever the peer's address is.
_FORWARDED: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """One person of the demonstration."""

    role: Role
    name: str
    email: str
    password: str


def is_installed(data: Path) -> bool:
    """Return whether this archive holds the made-up company."""
    return (data / FILE).exists()


def accounts_for(request: HttpRequest) -> tuple[DemoAccount, ...]:
    """Return the demonstration's sign-ins; none where it is not installed, and none to another machine."""
    return read(settings.MUNIMENT_DATA) if _is_local(request) else ()


def shared_password(accounts: tuple[DemoAccount, ...]) -> str:
    """Return the password of all of them, or "" where they have different ones."""
    passwords = {account.password for account in accounts}
    return passwords.pop() if len(passwords) == 1 else ""


def read(data: Path) -> tuple[DemoAccount, ...]:
    """Return the sign-ins that `make up` wrote; none where the file is not there or says nothing of use."""
    try:
        rows = json.loads((data / FILE).read_text(encoding="utf-8"))
        return tuple(
            DemoAccount(
                role=Role(row["role"]),
                name=row.get("name") or row["email"],
                email=row["email"],
                password=row["password"],
            )
            for row in rows
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()


def _is_local(request: HttpRequest) -> bool:
    """Return whether a browser on this machine asks, by a local name, through no proxy and without HTTPS."""
    if settings.HTTPS or any(name in request.META for name in _FORWARDED):
        return False
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    host = request.get_host()
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    return peer.is_loopback and name in _LOCAL_NAMES
