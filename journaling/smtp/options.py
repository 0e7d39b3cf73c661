"""What a listener may be told: where it listens, whom it takes mail from, and its limits."""

import ssl
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journaling.smtp.accounts import Accounts

MIB = 1024 * 1024


class BareLineEnds(Enum):
    """What to do with a CR or LF that is no CRLF in DATA (docs/decisions/0004-smtp-smuggling.md)."""

    ACCEPT = "accept"  # keep every byte; only CRLF.CRLF ends the data
    REJECT = "reject"  # refuse a message with a sequence that another server could take for the end of the data
    STRICT = "strict"  # refuse every bare CR and LF


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every limit of a listener, each with its source."""

    message_bytes: int = 150 * MIB  # Exchange Online's largest message (Exchange Online limits); announced as SIZE
    recipients: int = 50_000  # at least 100 (RFC 5321 section 4.5.3.1.8); a report of a large list has thousands
    line_bytes: int = 2048  # 512 with CRLF (RFC 5321 section 4.5.3.1.4) and room for parameters (RFC 3461, 6531)
    auth_line_bytes: int = 12_288  # RFC 4954 section 4
    unread_bytes: int = 64 * 1024  # pipelined input kept while an answer is awaited; then the client waits
    connections: int = 1000  # in one process; each holds a file descriptor and some 10 KiB
    connections_per_client: int = 250  # a mail system journals over many connections from few addresses
    errors: int = 20  # 5xx answers in a session before 421; as Postfix's smtpd_hard_error_limit
    failed_logins: int = 3  # in a session, before 421
    idle_seconds: float = 300  # RFC 5321 section 4.5.3.2.7: at least five minutes for the next command
    data_seconds: float = 1800  # a whole message: 150 MiB at 85 KiB/s
    handshake_seconds: float = 60  # TLS handshake
    linger_seconds: float = 10  # a client that does not read its last answer is cut off
    header_seconds: float = 5  # for a PROXY header; its specification asks for 3 at least: a lost packet comes again


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What all listeners of a process share."""

    hostname: str
    networks: tuple[IPv4Network | IPv6Network, ...]  # may send without AUTH
    bare_line_ends: BareLineEnds = BareLineEnds.REJECT
    limits: Limits = field(default_factory=Limits)
    tls: ssl.SSLContext | None = None
    accounts: "Accounts | None" = None  # who may AUTH, after STARTTLS only
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()  # must begin with a PROXY header; nobody else may


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One address to listen on, and the name of its capture source."""

    host: str
    port: int
    lmtp: bool = False
    source: str = "smtp"
