"""The certificate of a destruction: what was destroyed, on whose word, under which rules, how. Ids and counts only.

It is a document in the vault that can be made once (the store refuses a second), a leaf of the evidence log, and a row.
The document holds the salt of its commitment and the time that the log tells, so whoever finishes a destruction again,
with a database of before, makes the very entry that the log has.
"""

import json
import secrets
from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Max, Min, Q, Sum

from accounts.models import Action, User
from accounts.services import audit
from archive.models import (
    Cause,
    DestroyedSighting,
    Disposal,
    DisposalState,
    ItemOutcome,
    LogNote,
    PackedSegment,
    Segment,
)
from archive.services import notes
from archive.services.governing import governing
from archive.wiring import Archive
from muniment.ids import unix_ms_of
from muniment.log import merkle
from muniment.log.entries import SALT_BYTES, Entry, Erasure
from muniment.log.entries import Disposal as DisposalEntry
from muniment.seal import ledger
from muniment.seal.layout import hour_folder
from muniment.stores.port import ObjectExists

FORMAT: Final = 2  # format 1 has no salt: it was in the database alone
PREFIX: Final = "certificates/"
_CHUNK: Final = 5_000


def issue(disposal_id: UUID, archive: Archive, *, now: datetime) -> Disposal:
    """Issue the certificate of a destruction that has nothing left to do; one that stands is returned as it is."""
    row = Disposal.objects.get(id=disposal_id)
    waits = row.items.filter(outcome=ItemOutcome.WAITING).exists()
    unpurged = DestroyedSighting.objects.filter(disposal_id=row.id, purged_at__isnull=True).exists()
    if row.state != DisposalState.EXECUTING or waits or unpurged:
        return row
    document, was_there = _keep_once(row, _document(row, archive, now), archive)
    leaf = _leaf(row, document)
    index = notes.find(archive, leaf.entry, since=row.started_at or now) if was_there else None
    with governing():
        row = Disposal.objects.select_for_update().get(id=disposal_id)
        if row.state == DisposalState.EXECUTING:
            _finish(row, document, leaf, index, now)
    return row


def key_of(disposal_id: UUID) -> str:
    """Return where the certificate lies in the vault bucket."""
    moment = datetime.fromtimestamp(unix_ms_of(disposal_id) / 1000, UTC)
    return f"{PREFIX}{hour_folder(moment)}{disposal_id.hex}"


def note_of(disposal_id: UUID) -> LogNote | None:
    """Return what the evidence log learns of the certificate, with document and salt."""
    return LogNote.objects.filter(subject=f"disposal:{disposal_id}").first()


def _keep_once(row: Disposal, document: str, archive: Archive) -> tuple[str, bool]:
    """Put the document into the vault; the one that was put there first counts. Return it, and whether it was there."""
    key = key_of(row.id)
    try:
        archive.vault.segments.create(key, document.encode(), lock_until=archive.vault.now() + ledger.LOCK)
    except ObjectExists:
        return archive.vault.segments.get(key).decode(), True
    return document, False


def _leaf(row: Disposal, document: str) -> notes.Leaf:
    """Return what the log tells of a certificate: the same each time, for the document holds its salt and its time."""
    found = json.loads(document)
    sightings = found["destroyed"]["sightings"]

    def entry(commitment: bytes) -> Entry:
        if row.cause == Cause.ERASURE:
            return Erasure(erasure_id=row.id, commitment=commitment, sightings=sightings)
        return DisposalEntry(disposal_id=row.id, commitment=commitment, sightings=sightings)

    salt = bytes.fromhex(found["salt"]) if "salt" in found else secrets.token_bytes(SALT_BYTES)
    return notes.leaf_of(entry, document=document, salt=salt, at=datetime.fromisoformat(found["times"]["certified"]))


def _finish(row: Disposal, document: str, leaf: notes.Leaf, index: int | None, now: datetime) -> None:
    found = json.loads(document)
    row.state, row.finished_at, row.certificate = DisposalState.DONE, now, document
    row.save(update_fields=["state", "finished_at", "certificate"])
    notes.put(leaf, subject=f"disposal:{row.id}", document=document, index=index)
    audit.record(
        actor=row.executed_by,
        action=Action.DESTRUCTION_DONE,
        objects=[f"disposal:{row.id}"],
        details={
            "messages": found["destroyed"]["messages"],
            "sightings": found["destroyed"]["sightings"],
            "spared": sum(found["spared"].values()),
            "cause": row.cause,
        },
        now=now,
    )


def _document(row: Disposal, archive: Archive, now: datetime) -> str:
    """Return the certificate as canonical JSON. No subject, no address, no word of any message."""
    fields: dict[str, Any] = {
        "format": FORMAT,
        "certificate": "destruction",
        "salt": secrets.token_hex(SALT_BYTES),
        "archive": archive.signer.verifier.name,
        "disposal": str(row.id),
        "cause": row.cause,
        "request": str(row.request_id) if row.request_id else None,
        "as_of": row.as_of.isoformat(),
        "rules": dict(sorted(row.rules.items())),
        "list": {"digest": row.digest, "messages": row.items.count()},
        "people": {
            "proposed_by": _person(row.proposed_by),
            "approved_by": _person(row.approved_by),
            "executed_by": _person(row.executed_by),
        },
        "times": {
            "proposed": _time(row.proposed_at),
            "begun": _time(row.started_at),
            "certified": _time(now),
        },
        "destroyed": _destroyed(row),
        "spared": _spared(row),
        "method": "keys removed from the keyrings of the archive; index, texts, previews, caches and staged exports "
        "purged; sealed bytes, unreadable without their keys, are deleted when their locks end",
        "sealed_bytes": _sealed(row),
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _destroyed(row: Disposal) -> dict[str, Any]:
    ids = [
        one.bytes
        for one in DestroyedSighting.objects.filter(disposal_id=row.id)
        .order_by("sighting_id")
        .values_list("sighting_id", flat=True)
        .iterator(chunk_size=_CHUNK)
    ]
    items = row.items.filter(outcome=ItemOutcome.DESTROYED)
    sums = items.aggregate(messages=Count("id"), size=Sum("size_bytes"), first=Min("due_on"), last=Max("due_on"))
    captured = [datetime.fromtimestamp(unix_ms_of(UUID(bytes=one)) / 1000, UTC) for one in (ids[:1] + ids[-1:])]
    decided = DestroyedSighting.objects.filter(disposal_id=row.id).aggregate(
        first=Min("destroyed_at"), last=Max("destroyed_at"), shredded=Max("shredded_at"), purged=Max("purged_at")
    )
    return {
        "messages": sums["messages"],
        "sightings": len(ids),
        "bytes": sums["size"] or 0,
        "merkle_root": merkle.root(ids).hex() if ids else None,
        "due": [day.isoformat() for day in (sums["first"], sums["last"]) if day],
        "captured": [_time(moment) for moment in captured],
        "holds_checked": [_time(moment) for moment in (decided["first"], decided["last"]) if moment],
        "keys_gone": _time(decided["shredded"]),
        "purged": _time(decided["purged"]),
    }


def _spared(row: Disposal) -> dict[str, int]:
    whys = row.items.filter(outcome=ItemOutcome.SPARED).values_list("why", flat=True)
    return dict(sorted(Counter(why.partition(":")[0] for why in whys.iterator(chunk_size=_CHUNK)).items()))


def _sealed(row: Disposal) -> dict[str, Any]:
    """Return what is left of the sealed bytes: segments, and the last of their locks."""
    lie_in = DestroyedSighting.objects.filter(disposal_id=row.id).values("segment_id")
    lay_in = PackedSegment.objects.filter(pack_id__in=lie_in, gone_at__isnull=True).values("source_id")
    segments = Segment.objects.filter(Q(id__in=lie_in) | Q(id__in=lay_in))
    found = segments.aggregate(count=Count("id"), last=Max("lock_until"))
    classes = segments.values_list("retention_class", flat=True).distinct()
    return {"segments": found["count"], "last_lock": _time(found["last"]), "retention_classes": sorted(classes)}


def _person(person: User | None) -> str:
    """Return a person as the audit trail numbers them: the certificate outlives names."""
    return f"{person.role}:{person.pk}" if person else "command line"


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds") if moment else None
