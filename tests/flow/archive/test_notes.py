"""Notes for the evidence log: written with the act, logged once, proved."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from archive.models import LogNote
from archive.services import notes
from muniment.log.entries import AuditHead, HoldPlaced, LoggedEntry, commitment_of, decode

pytestmark = pytest.mark.django_db
AT = datetime(2026, 2, 3, 9, 0, tzinfo=UTC)
HOLD = UUID(int=7)


def placed(document="everything of ann", hold_id=HOLD):
    return notes.write(
        lambda commitment: HoldPlaced(hold_id=hold_id, commitment=commitment),
        subject=f"hold:{hold_id}",
        document=document,
        at=AT,
    )


def test_a_note_commits_to_its_document():
    note = placed("tout ce qui concerne l’été")
    entry = HoldPlaced(hold_id=HOLD, commitment=commitment_of(note.document.encode(), note.salt))
    assert decode(note.entry) == LoggedEntry(at=AT, entry=entry)


def test_the_same_document_is_never_committed_to_alike():
    assert bytes(placed().entry) != bytes(placed().entry)


def test_a_note_without_commitment_has_no_document():
    note = notes.write_plain(AuditHead(records=3, head=bytes(32)), subject="audit:3", at=AT)
    assert (LogNote.objects.get().id, note.document, bytes(note.salt)) == (note.id, "", b"")
