"""The catalogue stage: from sealed segments to rows. Idempotent: a segment may be catalogued any number of times."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import transaction

from archive.facts import facts_of
from archive.models import (
    DestroyedSighting,
    Message,
    Part,
    Participant,
    PersonalFinding,
    PersonalScan,
    Segment,
    SegmentStage,
    Sighting,
    Stage,
    StageState,
    StaleDocument,
)
from archive.services import covering, moving, rows, threads
from archive.services.governing import alone_cataloguing, beside_governing, tried_again
from archive.services.rows import Found, ReadSegment
from muniment.errors import Corrupt, Transient
from muniment.ids import SegmentId, unix_ms_of
from muniment.mail import fingerprint
from muniment.seal import ahead
from muniment.seal.header import moment_of
from muniment.seal.opening import OpenSegment
from muniment.seal.vault import Vault

MAX_REASON_CHARS: Final = 500
BATCH_MESSAGES: Final = 1_000  # in one transaction: small segments, as capture makes them at a low rate, share one
BATCH_BYTES: Final = 8 * 1024 * 1024  # of sealed segments in one transaction
_CHUNK: Final = 500


class CatalogueChanged(Transient):
    """Rows that were there when a segment was read are gone when it is to be written. Nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogued:
    """What cataloguing added."""

    sightings: int = 0
    new_messages: int = 0
    corrupt: tuple[SegmentId, ...] = ()


def catalogue_segment(segment_id: SegmentId, *, vault: Vault) -> Catalogued:
    """Write the rows of one segment; nothing is written twice.

    Raises `Corrupt` when the segment does not open; that is noted as its stage's failure too. May raise
    `StoreUnavailable`: try again.
    """
    if segment_id not in _undone([segment_id]):
        return Catalogued()
    try:
        segment = _read(vault.open(segment_id))
    except Corrupt as error:
        _note_failure(segment_id, str(error))
        raise
    return _commit([segment], vault)


def catalogue_segments(segment_ids: Iterable[SegmentId], *, vault: Vault) -> Iterator[Catalogued]:
    """Write the rows of many segments, several in one transaction; yield what each transaction added.

    A corrupt segment is noted, named in what is yielded, and passed over. May raise `StoreUnavailable`.
    """
    batch: list[ReadSegment] = []
    corrupt: list[SegmentId] = []
    for chunk in _chunks(segment_ids):
        with closing(ahead.opened(vault, _undone(chunk))) as opened:
            for segment_id, opening in opened:
                try:
                    batch.append(_read(opening()))
                except Corrupt as error:
                    _note_failure(segment_id, str(error))
                    corrupt.append(segment_id)
                if _is_full(batch):
                    yield replace(_commit(batch, vault), corrupt=tuple(corrupt))
                    batch, corrupt = [], []
    if batch or corrupt:
        yield replace(_commit(batch, vault), corrupt=tuple(corrupt))


def _chunks(segment_ids: Iterable[SegmentId]) -> Iterator[list[SegmentId]]:
    chunk: list[SegmentId] = []
    for segment_id in segment_ids:
        chunk.append(segment_id)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _undone(segment_ids: Sequence[SegmentId]) -> list[SegmentId]:
    rows_done = SegmentStage.objects.filter(segment_id__in=segment_ids, stage=Stage.CATALOGUE, state=StageState.DONE)
    done = set(rows_done.values_list("segment_id", flat=True))
    return [segment_id for segment_id in segment_ids if segment_id not in done]


def _is_full(batch: Sequence[ReadSegment]) -> bool:
    messages = sum(len(segment.found) for segment in batch)
    return messages >= BATCH_MESSAGES or sum(segment.size_bytes for segment in batch) >= BATCH_BYTES


def _read(opened: OpenSegment) -> ReadSegment:
    ids = [entry.sighting_id for entry in opened.footer.frames]
    destroyed, known = _destroyed(ids), _known(ids)
    found, elsewhere = [], []
    for entry in opened.footer.frames:
        if entry.sighting_id in destroyed:
            continue
        sealed = opened.open(entry)
        if entry.sighting_id in known:  # catalogued before, from here or from what was packed into this
            elsewhere.append(entry.sighting_id)
            continue
        found.append(
            Found(
                segment_id=opened.segment_id,
                sealed=replace(sealed, raw=b""),
                size_bytes=len(sealed.raw),
                sha256=sha256(sealed.raw).hexdigest(),
                commitment=entry.commitment.hex(),
                facts=facts_of(sealed),
            )
        )
    return ReadSegment(
        segment_id=opened.segment_id,
        footer=opened.footer,
        size_bytes=opened.size_bytes,
        found=tuple(found),
        known=tuple(elsewhere),
    )


def _commit(batch: Sequence[ReadSegment], vault: Vault) -> Catalogued:
    def commit() -> Catalogued:
        with transaction.atomic():
            beside_governing()
            alone_cataloguing()
            return _write(batch, vault)

    return tried_again(commit)


def _write(batch: Sequence[ReadSegment], vault: Vault) -> Catalogued:
    rows.write_segments(batch)
    ids = [sighting_id for segment in batch for sighting_id in segment.sighting_ids]
    known = _known(ids) | _destroyed(ids)
    if any(sighting_id not in known for segment in batch for sighting_id in segment.known):
        raise CatalogueChanged("the catalogue changed while a segment was read: it is read again")
    fresh = list({item.sealed.id: item for segment in batch for item in segment.found}.values())
    fresh = [item for item in fresh if item.sealed.id not in known]
    groups: dict[bytes, list[Found]] = defaultdict(list)
    for item in sorted(fresh, key=lambda item: item.sealed.id):
        groups[item.fingerprint].append(item)
    existing = _existing(list(groups))
    new = [items[0] for key, items in groups.items() if key not in existing]
    earlier = {
        existing[key]: items[0]
        for key, items in groups.items()
        if key in existing and items[0].sealed.id < existing[key]
    }
    _renumber(earlier)
    firsts = [*new, *earlier.values()]
    thread_of = threads.assign({item.sealed.id: item.facts.message.thread_keys for item in firsts})
    rows.write_messages(new, thread_of)
    rows.rewrite_messages(earlier.values(), thread_of)
    message_of = {key: min(items[0].sealed.id, existing.get(key, items[0].sealed.id)) for key, items in groups.items()}
    rows.write_sightings(fresh, message_of)
    rows.write_participants(fresh, message_of)
    rows.mark_changed([message_of[key] for key in groups if key in existing])
    done = moving.move(batch, store=vault.segments)
    rows.write_stages(batch, with_parts={item.segment_id for item in new if item.facts.message.parts}, done=done)
    covering.cover_catalogued(list(message_of.values()), store=vault.segments)
    return Catalogued(sightings=len(fresh), new_messages=len(new))


def _known(sighting_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these sightings that are catalogued, from whichever segment."""
    known: set[UUID] = set()
    for start in range(0, len(sighting_ids), _CHUNK):
        rows_known = Sighting.objects.filter(id__in=sighting_ids[start : start + _CHUNK])
        known.update(rows_known.values_list("id", flat=True))
    return known


def _destroyed(sighting_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these sightings that have a tombstone: nothing brings them back."""
    destroyed: set[UUID] = set()
    for start in range(0, len(sighting_ids), _CHUNK):
        tombstones = DestroyedSighting.objects.filter(sighting_id__in=sighting_ids[start : start + _CHUNK])
        destroyed.update(tombstones.values_list("sighting_id", flat=True))
    return destroyed


def _existing(fingerprints: Sequence[bytes]) -> dict[bytes, UUID]:
    found: dict[bytes, UUID] = {}
    for start in range(0, len(fingerprints), _CHUNK):
        matching = Message.objects.filter(
            fingerprint__in=fingerprints[start : start + _CHUNK], fingerprint_version=fingerprint.VERSION
        )
        found.update((bytes(key), message_id) for key, message_id in matching.values_list("fingerprint", "id"))
    return found


def _renumber(earlier: Mapping[UUID, Found]) -> None:
    """Give messages the smaller id of a sighting that was catalogued late (docs/decisions/0001-message-id.md)."""
    for old, item in earlier.items():
        new = item.sealed.id
        Message.objects.filter(id=old).update(id=new, indexed_revision=0)
        for model in (Sighting, Participant, Part, PersonalScan, PersonalFinding):
            model.objects.filter(message_id=old).update(message_id=new)
        StaleDocument.objects.get_or_create(document_id=old)


def _note_failure(segment_id: SegmentId, reason: str) -> None:
    """Keep the reason why a segment has no rows, so that it is listed; what it holds cannot be told."""
    with transaction.atomic():
        Segment.objects.get_or_create(
            id=segment_id,
            defaults={
                "retention_class": "",
                "created_at": moment_of(unix_ms_of(segment_id) * 1000),
                "merkle_root": b"",
                "frame_count": 0,
                "size_bytes": 0,
            },
        )
        stage, _ = SegmentStage.objects.get_or_create(segment_id=segment_id, stage=Stage.CATALOGUE)
        stage.state = StageState.FAILED
        stage.attempts += 1
        stage.reason = reason[:MAX_REASON_CHARS]
        stage.save()
