"""The catalogue's rows, written in bulk. Called by the catalogue stage, inside its transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from archive.facts import MAX_DOMAIN_CHARS, MessageFacts, PartFact, SightingFacts
from archive.models import Message, Part, Participant, Segment, SegmentStage, Sighting, Stage, StageState
from muniment.ids import SegmentId
from muniment.mail import fingerprint
from muniment.seal.segment import Footer
from muniment.seal.sighting import Sighting as SealedSighting

_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One frame, opened and read."""

    segment_id: SegmentId
    sealed: SealedSighting  # without its bytes
    size_bytes: int
    sha256: str
    commitment: str
    facts: SightingFacts

    @property
    def fingerprint(self) -> bytes:
        """Return what tells this message from every other."""
        return self.facts.message.fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSegment:
    """One segment, opened and read."""

    segment_id: SegmentId
    footer: Footer
    size_bytes: int
    found: tuple[Found, ...]


def write_segments(batch: Iterable[ReadSegment]) -> None:
    """Write the rows of segments, in place of a failure noted before."""
    Segment.objects.bulk_create(
        (
            Segment(
                id=segment.segment_id,
                retention_class=segment.footer.retention_class,
                created_at=segment.footer.created,
                lock_until=segment.footer.lock_until,
                merkle_root=segment.footer.root,
                frame_count=len(segment.footer.frames),
                size_bytes=segment.size_bytes,
            )
            for segment in batch
        ),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["retention_class", "created_at", "lock_until", "merkle_root", "frame_count", "size_bytes"],
    )


def write_stages(batch: Iterable[ReadSegment], *, with_parts: Collection[SegmentId]) -> None:
    """Note the catalogue stage as done, the index as waiting, and the text as waiting where there are parts."""
    now = timezone.now()
    SegmentStage.objects.bulk_create(
        (
            SegmentStage(segment_id=segment.segment_id, stage=stage, state=state, changed_at=now)
            for segment in batch
            for stage, state in (
                (Stage.CATALOGUE, StageState.DONE),
                (Stage.INDEX, StageState.PENDING),
                (Stage.TEXT, StageState.PENDING if segment.segment_id in with_parts else StageState.DONE),
            )
        ),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["segment", "stage"],
        update_fields=["state", "reason", "changed_at"],
    )


def write_messages(items: Sequence[Found], thread_of: Mapping[UUID, UUID]) -> None:
    """Write new messages and their parts; each takes the id of its item."""
    Message.objects.bulk_create(
        (
            Message(
                id=item.sealed.id,
                fingerprint=item.fingerprint,
                fingerprint_version=fingerprint.VERSION,
                thread_id=thread_of[item.sealed.id],
                captured_at=item.sealed.captured_at,
                **_columns(item.facts.message),
            )
            for item in items
        ),
        batch_size=_BATCH,
    )
    Part.objects.bulk_create(
        (
            Part(message_id=item.sealed.id, **{name: getattr(part, name) for name in PartFact.__slots__})
            for item in items
            for part in item.facts.message.parts
        ),
        batch_size=_BATCH,
    )


def rewrite_messages(items: Iterable[Found], thread_of: Mapping[UUID, UUID]) -> None:
    """Give messages that took the id of an earlier sighting what that sighting says."""
    for item in items:
        Message.objects.filter(id=item.sealed.id).update(
            **_columns(item.facts.message),
            captured_at=item.sealed.captured_at,
            thread_id=thread_of[item.sealed.id],
        )


def write_sightings(items: Iterable[Found], message_of: Mapping[bytes, UUID]) -> None:
    """Write sightings of the messages that `message_of` names by fingerprint."""
    Sighting.objects.bulk_create(
        (
            Sighting(
                id=item.sealed.id,
                message_id=message_of[item.fingerprint],
                segment_id=item.segment_id,
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


def write_participants(items: Iterable[Found], message_of: Mapping[bytes, UUID]) -> None:
    """Write who takes part; what another sighting told already stays."""
    Participant.objects.bulk_create(
        (
            Participant(
                message_id=message_of[item.fingerprint],
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


def mark_changed(message_ids: Sequence[UUID]) -> None:
    """Make messages wait for the index again."""
    for start in range(0, len(message_ids), _BATCH):
        Message.objects.filter(id__in=message_ids[start : start + _BATCH]).update(revision=F("revision") + 1)


def _columns(facts: MessageFacts) -> dict[str, object]:
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
