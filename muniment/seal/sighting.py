"""What is sealed: one sighting, that is one observation of a message with its whole capture.

`docs/format.md` fixes how it is written. Wire values (paths, HELO, parameters) are bytes, exactly as received.
"""

from dataclasses import dataclass, field
from datetime import datetime

from muniment.ids import SightingId


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One RCPT TO: the forward-path without angle brackets, and its parameters (RFC 5321 section 4.1.1.3)."""

    address: bytes
    parameters: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The SMTP or LMTP envelope as received."""

    mail_from: bytes  # reverse-path without angle brackets; b"" is the null reverse-path
    mail_parameters: tuple[bytes, ...] = ()  # such as b"SIZE=1024", b"BODY=8BITMIME"
    recipients: tuple[Recipient, ...]  # in order, repeated ones kept
    protocol: str  # RFC 3848: SMTP, ESMTP, ESMTPS, ESMTPA, ESMTPSA, LMTP, …, UTF8SMTP…
    helo: bytes = b""
    client_address: str = ""  # IP address as text
    client_port: int = 0
    tls: str = ""  # "TLSv1.3 TLS_AES_256_GCM_SHA384"; "" in clear
    authenticated_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One observation of a message. `raw` is the bytes exactly as received."""

    id: SightingId
    source: str  # name of the capture source, such as "smtp" or "enron-import"
    captured_at: datetime  # aware UTC, microseconds
    raw: bytes = field(repr=False)
    envelope: Envelope | None = None  # None for files
    custodian: str = ""  # address of the mailbox's owner, where the source knows it
    item: str = ""  # where in the source: "inbox/12.eml", "all.mbox#345"; "" for SMTP
    import_key: str = ""  # hex SHA-256 that tells this item of this source from every other; "" for SMTP
    verdicts: tuple[tuple[str, str], ...] = ()  # authentication results: (name, text)
