"""The catalogue stage: from a sealed segment to rows. Idempotent: a segment may be catalogued any number of times."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from archive.facts import MAX_DOMAIN_CHARS, MessageFacts, PartFact, SightingFacts, facts_of
from archive.models import (
    Message,
    Part,
    Participant,
    Segment,
    SegmentStage,
    Sighting,
    Stage,
    StageState,
    StaleDocument,
)
from archive.services import threads
from muniment.errors import Corrupt
from muniment.ids import SegmentId, unix_ms_of
from muniment.mail import fingerprint
from muniment.seal.header import moment_of
from muniment.seal.sighting import Sighting as SealedSighting
from muniment.seal.vault import OpenSegment, Vault

MAX_TRIES: Final = 5  # a transaction that met another one's rows: each try reads them again
MAX_REASON_CHARS: Final = 500
_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogued:
    """What cataloguing one segment added."""

    sightings: int
    new_messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One frame, opened and read."""

    sealed: SealedSighting  # without its bytes
    size_bytes: int
    sha256: str
    commitment: str
    facts: SightingFacts


def catalogue_segment(segment_id: SegmentId, *, vault: Vault) -> Catalogued:
    """Write the rows of a segment; nothing is written twice.

    Raises `Corrupt` when the segment does not open; that is noted as its stage's failure too. May raise
    `StoreUnavailable`: try again.
    """
    if SegmentStage.objects.filter(segment_id=segment_id, stage=Stage.CATALOGUE, state=StageState.DONE).exists():
        return Catalogued(sightings=0, new_messages=0)
    try:
        opened = vault.open(segment_id)
        found = [_read(opened, place) for place in range(len(opened.footer.frames))]
    except Corrupt as error:
        _note_failure(segment_id, str(error))
        raise
    for attempt in range(MAX_TRIES):
        try:
            with transaction.atomic():
                return _write(opened, found)
        except IntegrityError:
            if attempt == MAX_TRIES - 1:
                raise
    raise AssertionError


def _read(opened: OpenSegment, place: int) -> _Found:
    entry = opened.footer.frames[place]
    sealed = opened.open(entry)
    return _Found(
        sealed=replace(sealed, raw=b""),
        size_bytes=len(sealed.raw),
        sha256=sha256(sealed.raw).hexdigest(),
        commitment=entry.commitment.hex(),
        facts=facts_of(sealed),
    )


def _write(opened: OpenSegment, found: Sequence[_Found]) -> Catalogued:
    _write_segment(opened)
    known = set(Sighting.objects.filter(segment_id=opened.segment_id).values_list("id", flat=True))
    fresh = [item for item in found if item.sealed.id not in known]
    groups: dict[bytes, list[_Found]] = defaultdict(list)
    for item in sorted(fresh, key=lambda item: item.sealed.id):
        groups[item.facts.message.fingerprint].append(item)
    existing = _existing(groups)
    new = {key: items[0] for key, items in groups.items() if key not in existing}
    earlier = {
        existing[key]: items[0]
        for key, items in groups.items()
        if key in existing and items[0].sealed.id < existing[key]
    }
    _renumber(earlier)
    firsts = [*new.values(), *earlier.values()]
    thread_of = threads.assign({item.sealed.id: item.facts.message.thread_keys for item in firsts})
    _write_messages(new.values(), thread_of)
    for item in earlier.values():
        Message.objects.filter(id=item.sealed.id).update(
            **_message_columns(item.facts.message),
            captured_at=item.sealed.captured_at,
            thread_id=thread_of[item.sealed.id],
        )
    message_of = {key: min(items[0].sealed.id, existing.get(key, items[0].sealed.id)) for key, items in groups.items()}
    _write_sightings(fresh, message_of, opened.segment_id)
    _write_participants(fresh, message_of)
    seen_again = [message_of[key] for key in groups if key in existing]
    for start in range(0, len(seen_again), _BATCH):
        Message.objects.filter(id__in=seen_again[start : start + _BATCH]).update(revision=F("revision") + 1)
    _write_stages(opened.segment_id, has_text=any(item.facts.message.parts for item in new.values()))
    return Catalogued(sightings=len(fresh), new_messages=len(new))


def _existing(fingerprints: Iterable[bytes]) -> dict[bytes, UUID]:
    wanted = list(fingerprints)
    found: dict[bytes, UUID] = {}
    for start in range(0, len(wanted), _BATCH):
        rows = Message.objects.filter(
            fingerprint__in=wanted[start : start + _BATCH], fingerprint_version=fingerprint.VERSION
        ).values_list("fingerprint", "id")
        found.update((bytes(key), message_id) for key, message_id in rows)
    return found


def _renumber(earlier: Mapping[UUID, _Found]) -> None:
    """Give messages the smaller id of a sighting that was catalogued late (docs/decisions/0001-message-id.md)."""
    for old, item in earlier.items():
        new = item.sealed.id
        Message.objects.filter(id=old).update(id=new, indexed_revision=0)
        for model in (Sighting, Participant, Part):
            model.objects.filter(message_id=old).update(message_id=new)
        StaleDocument.objects.get_or_create(document_id=old)


def _message_columns(facts: MessageFacts) -> dict[str, object]:
    return {
        "rfc_message_id": facts.rfc_message_id,
        "subject": facts.subject,
        "sender": facts.sender,
        "preview": facts.preview,
        "date": facts.date,
        "date_offset_minutes": facts.date_offset_minutes,
        "size_bytes": facts.size_bytes,
        "attachment_count": facts.attachment_count,
        "flags": list(facts.flags),
        "defects": list(facts.defects),
    }


def _write_messages(items: Iterable[_Found], thread_of: Mapping[UUID, UUID]) -> None:
    rows = list(items)
    Message.objects.bulk_create(
        (
            Message(
                id=item.sealed.id,
                fingerprint=item.facts.message.fingerprint,
                fingerprint_version=fingerprint.VERSION,
                thread_id=thread_of[item.sealed.id],
                captured_at=item.sealed.captured_at,
                **_message_columns(item.facts.message),
            )
            for item in rows
        ),
        batch_size=_BATCH,
    )
    Part.objects.bulk_create(
        (
            Part(message_id=item.sealed.id, **{name: getattr(part, name) for name in PartFact.__slots__})
            for item in rows
            for part in item.facts.message.parts
        ),
        batch_size=_BATCH,
    )


def _write_sightings(items: Iterable[_Found], message_of: Mapping[bytes, UUID], segment_id: SegmentId) -> None:
    Sighting.objects.bulk_create(
        (
            Sighting(
                id=item.sealed.id,
                message_id=message_of[item.facts.message.fingerprint],
                segment_id=segment_id,
                source=item.sealed.source,
                captured_at=item.sealed.captured_at,
                custodian=item.sealed.custodian.lower(),
                item=item.sealed.item,
                sha256=item.sha256,
                commitment=item.commitment,
                size_bytes=item.size_bytes,
                import_key=item.sealed.import_key,
            )
            for item in items
        ),
        batch_size=_BATCH,
    )


def _write_participants(items: Iterable[_Found], message_of: Mapping[bytes, UUID]) -> None:
    Participant.objects.bulk_create(
        (
            Participant(
                message_id=message_of[item.facts.message.fingerprint],
                address=fact.address,
                domain=fact.address.rpartition("@")[2][:MAX_DOMAIN_CHARS] if "@" in fact.address else "",
                name=fact.name,
                role=fact.role,
                known=fact.known,
                position=position,
            )
            for item in items
            for position, fact in enumerate(item.facts.participants)
        ),
        batch_size=_BATCH,
        ignore_conflicts=True,
    )


def _write_segment(opened: OpenSegment) -> None:
    footer = opened.footer
    Segment.objects.update_or_create(
        id=opened.segment_id,
        defaults={
            "retention_class": footer.retention_class,
            "created_at": footer.created,
            "lock_until": footer.lock_until,
            "merkle_root": footer.root,
            "frame_count": len(footer.frames),
            "size_bytes": opened.size_bytes,
        },
    )


def _write_stages(segment_id: SegmentId, *, has_text: bool) -> None:
    states = {
        Stage.CATALOGUE: StageState.DONE,
        Stage.INDEX: StageState.PENDING,
        Stage.TEXT: StageState.PENDING if has_text else StageState.DONE,
    }
    for stage, state in states.items():
        SegmentStage.objects.update_or_create(
            segment_id=segment_id, stage=stage, defaults={"state": state, "reason": ""}
        )


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
        SegmentStage.objects.filter(id=stage.id).update(
            state=StageState.FAILED, attempts=F("attempts") + 1, reason=reason[:MAX_REASON_CHARS]
        )
