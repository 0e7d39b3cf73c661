"""The catalogue's rows, written in bulk. Called by the catalogue stage, inside its transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from archive.facts import MAX_DOMAIN_CHARS, MessageFacts, PartFact, SightingFacts
from archive.models import Message, Part, Participant, Segment, SegmentStage, Sighting, Stage, StageState
from archive.services.inserting import insert
from muniment.ids import SegmentId, SightingId
from muniment.mail import fingerprint
from muniment.seal.segment import Footer
from muniment.seal.sighting import Sighting as SealedSighting

_BATCH: Final = 500
_COLUMNS: Final = (
    "rfc_message_id",
    "subject",
    "sender",
    "preview",
    "date",
    "date_offset_minutes",
    "size_bytes",
    "attachment_count",
    "flags",
    "defects",
)


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
    found: tuple[Found, ...]  # what is to be catalogued
    known: tuple[SightingId, ...] = ()  # what was opened, and is catalogued already

    @property
    def sighting_ids(self) -> list[SightingId]:
        """Return the ids of what was opened."""
        return [*(item.sealed.id for item in self.found), *self.known]


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


def write_stages(
    batch: Iterable[ReadSegment], *, with_parts: Collection[SegmentId], done: Mapping[SegmentId, Collection[Stage]]
) -> None:
    """Note the catalogue stage as done and the others as waiting, the text only where there are parts.

    `done` are the stages that packed segments need not go through again.
    """
    now = timezone.now()
    SegmentStage.objects.bulk_create(
        (
            SegmentStage(
                segment_id=segment.segment_id,
                stage=stage,
                state=StageState.DONE if stage in done.get(segment.segment_id, ()) else state,
                changed_at=now,
            )
            for segment in batch
            for stage, state in (
                (Stage.CATALOGUE, StageState.DONE),
                (Stage.INDEX, StageState.PENDING),
                (Stage.TEXT, StageState.PENDING if segment.segment_id in with_parts else StageState.DONE),
                (Stage.PERSONAL_DATA, StageState.PENDING),
            )
        ),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["segment", "stage"],
        update_fields=["state", "reason", "changed_at"],
    )


def write_messages(items: Sequence[Found], thread_of: Mapping[UUID, UUID]) -> None:
    """Write new messages and their parts; each takes the id of its item."""
    insert(
        Message,
        ("id", "fingerprint", "fingerprint_version", "thread_id", "captured_at", *_COLUMNS),
        (
            (
                item.sealed.id,
                item.fingerprint,
                fingerprint.VERSION,
                thread_of[item.sealed.id],
                item.sealed.captured_at,
                *_columns(item.facts.message).values(),
            )
            for item in items
        ),
    )
    insert(
        Part,
        ("message_id", *PartFact.__slots__),
        (
            (item.sealed.id, *(getattr(part, name) for name in PartFact.__slots__))
            for item in items
            for part in item.facts.message.parts
        ),
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
    insert(
        Sighting,
        (
            "id",
            "message_id",
            "segment_id",
            "source",
            "captured_at",
            "custodian",
            "item",
            "sha256",
            "commitment",
            "size_bytes",
            "import_key",
        ),
        (
            (
                item.sealed.id,
                message_of[item.fingerprint],
                item.segment_id,
                item.sealed.source,
                item.sealed.captured_at,
                item.sealed.custodian.lower(),
                item.sealed.item,
                item.sha256,
                item.commitment,
                item.size_bytes,
                item.sealed.import_key,
            )
            for item in items
        ),
    )


def write_participants(items: Iterable[Found], message_of: Mapping[bytes, UUID]) -> None:
    """Write who takes part; what another sighting told already stays."""
    insert(
        Participant,
        ("message_id", "address", "domain", "name", "role", "known", "position"),
        (
            (
                message_of[item.fingerprint],
                fact.address,
                fact.address.rpartition("@")[2][:MAX_DOMAIN_CHARS] if "@" in fact.address else "",
                fact.name,
                fact.role.value,
                fact.known.value,
                position,
            )
            for item in items
            for position, fact in enumerate(item.facts.participants)
        ),
        ignore_conflicts=True,
    )


def mark_changed(message_ids: Sequence[UUID]) -> None:
    """Make messages wait for the index again."""
    for start in range(0, len(message_ids), _BATCH):
        Message.objects.filter(id__in=message_ids[start : start + _BATCH]).update(revision=F("revision") + 1)


def _columns(facts: MessageFacts) -> dict[str, object]:
    plain = {name: getattr(facts, name) for name in _COLUMNS}
    return {**plain, "flags": list(facts.flags), "defects": list(facts.defects)}
