"""Replay the erasure ledger: what was destroyed stays destroyed, whatever backup came back (DESIGN.md section 4).

Every start of the archive replays before it serves anybody. The ledger in the vault tells which keys have to be gone
and which sightings must have no rows: a restored database, index or keyring is put right.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone

from archive.models import DestroyedSighting, Sighting
from archive.services import lost_holds
from archive.services.database_files import purge_database
from archive.services.disposal import destroy
from archive.services.purging import purge_put_back
from archive.services.removal import purge
from archive.services.traces import erase_again
from archive.wiring import Archive
from muniment.errors import Corrupt
from muniment.ids import SightingId
from muniment.seal import ledger
from muniment.seal.shredding import shred

_CHUNK: Final = 500

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What the ledger says, and what had come back."""

    intents: int = 0
    sightings: int = 0
    tombstones_restored: int = 0
    keys_removed: int = 0
    rows_removed: int = 0
    texts_removed: int = 0
    lost_holds: int = 0  # that the log tells of and a database from before does not

    @property
    def came_back(self) -> bool:
        """Whether anything destroyed had come back and was destroyed again."""
        return bool(self.tombstones_restored or self.keys_removed or self.rows_removed or self.texts_removed)


def replay(archive: Archive) -> Replayed:
    """Bring database and keyrings to what the ledger says; raise `LedgerCorrupt`, `StoreUnavailable`."""
    report = Replayed(lost_holds=_find_lost_holds(archive))
    ids, audit_entries = set[UUID](), set[bytes]()
    for _, intent in ledger.read_all(archive.vault.segments):
        ids.update(intent.messages.keys(), intent.messages.values(), _ids(intent))
        audit_entries |= intent.audit_entries
        report.intents += 1
        report.sightings += len(_ids(intent))
        for segment_id, sighting_ids in intent.sightings.items():
            report.keys_removed += shred(archive.vault.keyrings, segment_id, sighting_ids)
        report.tombstones_restored += _restore_tombstones(intent)
        report.rows_removed += _remove_rows(intent, archive)
    report.texts_removed = erase_again(audit_entries)
    if report.texts_removed:
        purge_database()
    if ids:
        purge_put_back(archive, ids)  # an index, or exports, without the database
    return report


def _find_lost_holds(archive: Archive) -> int:
    try:
        return lost_holds.find(archive)
    except Corrupt:
        log.exception("the evidence log is damaged: run verify")  # what is damaged must not keep mail from its readers
        return 0


def _restore_tombstones(intent: ledger.Intent) -> int:
    """Write the tombstones that the database lacks; return how many.

    Their keys are gone, so a hold that a restored database still shows as standing cannot keep what it covered: the
    intent was written when none stood. The database takes a tombstone of shredded mail in spite of a hold.
    """
    missing = _without_tombstone(_ids(intent))
    if not missing:
        return 0
    lies_in = {
        sighting_id: segment_id  # the newest: those before are what it was packed from
        for segment_id, sighting_ids in sorted(intent.sightings.items())
        for sighting_id in sighting_ids
    }
    rows = [
        DestroyedSighting(
            sighting_id=sighting_id,
            segment_id=lies_in[sighting_id],
            message_id=intent.messages.get(sighting_id, sighting_id),
            disposal_id=intent.disposal_id,
            import_mark=intent.marks[sighting_id].hex() if sighting_id in intent.marks else None,
            destroyed_at=intent.at,
            shredded_at=timezone.now(),
        )
        for sighting_id in sorted(missing)
    ]
    DestroyedSighting.objects.bulk_create(rows, batch_size=_CHUNK)
    return len(rows)


def _remove_rows(intent: ledger.Intent, archive: Archive) -> int:
    """Destroy again what has rows although the ledger says it is gone, or was never purged."""
    back: set[SightingId] = set()
    ids = _ids(intent)
    for chunk in _chunks(ids):
        back.update(Sighting.objects.filter(id__in=chunk).values_list("id", flat=True))
        back.update(
            DestroyedSighting.objects.filter(sighting_id__in=chunk, purged_at__isnull=True).values_list(
                "sighting_id", flat=True
            )
        )
    for chunk in _chunks(sorted(back)):
        rows = list(DestroyedSighting.objects.filter(sighting_id__in=chunk))
        destroy(rows, archive)
        purge(rows, archive)
        DestroyedSighting.objects.filter(sighting_id__in=chunk, purged_at__isnull=True).update(purged_at=timezone.now())
    return len(back)


def _ids(intent: ledger.Intent) -> list[SightingId]:
    return sorted({sighting_id for found in intent.sightings.values() for sighting_id in found})


def _without_tombstone(ids: Sequence[SightingId]) -> set[SightingId]:
    missing = set(ids)
    for chunk in _chunks(ids):
        known = DestroyedSighting.objects.filter(sighting_id__in=chunk).values_list("sighting_id", flat=True)
        missing.difference_update(SightingId(one) for one in known)
    return missing


def _chunks(ids: Sequence) -> Iterable[Sequence]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
