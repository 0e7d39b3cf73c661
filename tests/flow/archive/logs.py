"""Archives whose log store or clock is the test's own, and what their logs hold."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from accounts.actors import Operator
from accounts.chain import GENESIS
from accounts.models import Action, AuditEntry, AuditHead
from accounts.services import audit
from archive.services import notes
from muniment.log.entries import HoldPlaced
from muniment.log.reader import LogReader
from muniment.seal.vault import Vault
from muniment.stores.memory import MemoryStore
from tests.flow import guards

AT = datetime(2026, 2, 3, 9, 0, tzinfo=UTC)
_TOTALS = count()  # so that no two trails are alike


def on_store(archive, store, now=None):
    """Return the archive with another store of segments and log, or another clock."""
    vault = Vault(
        segments=store, keyrings=archive.vault.keyrings, keys=archive.vault.keys, now=now or archive.vault.now
    )
    return replace(archive, vault=vault)


def copy_of(store):
    """Return a store with the same objects."""
    copied = MemoryStore()
    for key in store.keys(""):
        copied.create(key, store.get(key))
    return copied


def reader_of(archive):
    return LogReader.latest(archive.vault.segments, [archive.signer.verifier])


def logged(archive):
    """Return the bytes of every entry of the log."""
    return list(reader_of(archive).entries())


def place_hold(number=7, document="everything of ann"):
    """Note a hold as its service does."""
    hold_id = UUID(int=number)
    return notes.write(
        lambda commitment: HoldPlaced(hold_id=hold_id, commitment=commitment),
        subject=f"hold:{hold_id}",
        document=document,
        at=AT,
    )


def act(times=1):
    """Write entries of the audit trail; return the last."""
    for _ in range(times):
        entry = audit.record(
            actor=Operator(name="root"), action=Action.SEARCH, details={"total": next(_TOTALS)}, now=AT
        )
    return entry


def cut_trail(after):
    """Do as the owner of the database can: cut the end of the audit trail off, so that the rest is a whole chain."""
    with guards.unguarded():
        AuditEntry.objects.filter(number__gt=after).delete()
        last = AuditEntry.objects.filter(number=after).values_list("hash", flat=True).first()
        AuditHead.objects.update(number=after, hash=last or GENESIS)
