"""The hash chain of the audit trail.

    hash(n) = SHA-256( canonical JSON of the entry's fields, with hash(n - 1) as "previous" )
    canonical JSON: keys sorted, no white space, ASCII with escapes; times in UTC to the microsecond
    digest of a text = SHA-256( salt of 16 bytes ‖ UTF-8 ); the text itself is not hashed, so that it can be erased

Whoever can write to the database as its owner can make a whole new chain; only what left it (a copy of the last hash,
an entry of the evidence log) tells then.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from accounts.models import AuditEntry

VERSION: Final = 1
GENESIS: Final = "0" * 64
SALT_BYTES: Final = 16  # 128 bits: a guessed query cannot be confirmed without it


def entry_hash(entry: AuditEntry) -> str:
    """Return the hash that `entry` must have, in hex."""
    fields = {
        "version": VERSION,
        "number": entry.number,
        "at": moment_text(entry.at),
        "person": entry.person_id,
        "actor": entry.actor,
        "action": str(entry.action),
        "outcome": str(entry.outcome),
        "matter": str(entry.matter_id) if entry.matter_id else None,
        "scope": entry.scope,
        "objects": entry.objects_named,
        "details": entry.details,
        "texts": entry.text_digests,
        "previous": entry.previous,
    }
    return sha256(json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


def text_digest(salt: bytes, text: str) -> str:
    """Return the digest that stands for a text in the chain."""
    return sha256(bytes(salt) + text.encode()).hexdigest()


def moment_text(at: datetime) -> str:
    """Write an aware time as the chain hashes it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
