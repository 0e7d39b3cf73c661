"""Options from the settings, each checked: a wrong one is a sentence that says which and why."""

import socket
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from journaling.smtp.access import read_networks
from journaling.smtp.accounts import read_accounts
from journaling.smtp.options import BareLineEnds, Limits, Listener, Options
from muniment.errors import Refused


def read_options(settings: Any) -> Options:
    """Build the options from the `MUNIMENT_SMTP_…` settings; raise `Refused`."""
    tls = _read_tls(settings.MUNIMENT_SMTP_TLS_CERTIFICATE, settings.MUNIMENT_SMTP_TLS_KEY)
    users = settings.MUNIMENT_SMTP_USERS
    if users and tls is None:
        raise Refused(
            "MUNIMENT_SMTP_USERS needs MUNIMENT_SMTP_TLS_CERTIFICATE and MUNIMENT_SMTP_TLS_KEY: passwords are taken"
            " after STARTTLS only."
        )
    return Options(
        hostname=_read_hostname(settings.MUNIMENT_SMTP_HOSTNAME),
        networks=read_networks(settings.MUNIMENT_SMTP_NETWORKS),
        bare_line_ends=_read_bare_line_ends(settings.MUNIMENT_SMTP_BARE_LF),
        limits=_read_limits(settings),
        tls=tls,
        accounts=read_accounts(Path(users)) if users else None,
        proxies=read_networks(settings.MUNIMENT_SMTP_PROXIES, setting="MUNIMENT_SMTP_PROXIES"),
    )


def _read_limits(settings: Any) -> Limits:
    return Limits(
        message_bytes=_positive(settings, "MUNIMENT_SMTP_MAX_BYTES"),
        recipients=_positive(settings, "MUNIMENT_SMTP_RECIPIENTS"),
        connections=_positive(settings, "MUNIMENT_SMTP_CONNECTIONS"),
        connections_per_client=_positive(settings, "MUNIMENT_SMTP_CONNECTIONS_PER_CLIENT"),
        errors=_positive(settings, "MUNIMENT_SMTP_ERRORS"),
        idle_seconds=_positive(settings, "MUNIMENT_SMTP_IDLE_SECONDS"),
        data_seconds=_positive(settings, "MUNIMENT_SMTP_DATA_SECONDS"),
    )


def _positive(settings: Any, name: str) -> int:
    value = int(getattr(settings, name))
    if value < 1:
        raise Refused(f"{name} is {value}; it must be 1 or more.")
    return value


def _read_hostname(text: str) -> str:
    name = text or socket.gethostname()
    if not name.isascii() or not name.isprintable() or " " in name:
        raise Refused(f"MUNIMENT_SMTP_HOSTNAME is {name!r}; it must be a host name in ASCII.")
    return name


def _read_bare_line_ends(text: str) -> BareLineEnds:
    try:
        return BareLineEnds(text.lower())
    except ValueError as error:
        allowed = ", ".join(value.value for value in BareLineEnds)
        raise Refused(f"MUNIMENT_SMTP_BARE_LF is {text!r}; it must be one of {allowed}.") from error


def _read_tls(certificate: str, key: str) -> ssl.SSLContext | None:
    if not certificate and not key:
        return None
    if not certificate or not key:
        raise Refused("MUNIMENT_SMTP_TLS_CERTIFICATE and MUNIMENT_SMTP_TLS_KEY go together: one of them is missing.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996 deprecates what is older
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise Refused(
            f"MUNIMENT_SMTP_TLS_CERTIFICATE ({certificate}) and MUNIMENT_SMTP_TLS_KEY ({key}) cannot be used: {error}"
        ) from error
    return context


def read_listener(text: str) -> Listener:
    """Read a listener such as smtp://127.0.0.1:2525/journal or lmtp://[::1]:2424; raise `Refused`."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise Refused(f"--listen {text}: {error}.") from error
    if url.scheme not in ("smtp", "lmtp") or not url.hostname or port is None:
        raise Refused(f"--listen {text}: it must look like smtp://HOST:PORT/SOURCE or lmtp://HOST:PORT/SOURCE.")
    source = url.path.strip("/") or url.scheme
    return Listener(host=url.hostname, port=port, lmtp=url.scheme == "lmtp", source=source)
