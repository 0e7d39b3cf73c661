"""What the evidence log has to learn of an act, written in the transaction of the act (docs/log.md).

The act stands or falls together with its note; `archive.services.evidence` logs the note soon after, exactly once.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from archive.models import LogNote
from muniment.ids import UuidSequence
from muniment.log.entries import SALT_BYTES, Entry, commitment_of, encode

_IDS: Final = UuidSequence()


def write(make: Callable[[bytes], Entry], *, subject: str, document: str, at: datetime) -> LogNote:
    """Note an act for the log: `make` returns its entry, given the commitment of `document`. Return the row.

    Call it inside the transaction of the act. `subject` is "kind:id"; `at` (aware) is the time of the act. The
    document stays in the database with its salt: the log holds only the commitment.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    entry = make(commitment_of(document.encode(), salt))
    return LogNote.objects.create(
        id=_IDS.next(), entry=encode(entry, at=at), subject=subject, document=document, salt=salt
    )


def write_plain(entry: Entry, *, subject: str, at: datetime) -> LogNote:
    """Note an entry that has no commitment, such as the head of the audit trail."""
    return LogNote.objects.create(id=_IDS.next(), entry=encode(entry, at=at), subject=subject)
