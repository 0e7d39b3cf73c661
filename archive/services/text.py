"""The text stage: draw text from the attachments of a segment's messages, in limited processes. Idempotent."""

from collections.abc import Sequence
from typing import Final, Protocol

from django.db import transaction
from django.db.models import F

from archive.models import Message, Part, PartText, SegmentStage, Sighting, Stage, StageState
from archive.services.governing import tried_again
from muniment.errors import Corrupt
from muniment.extract.model import Extraction
from muniment.ids import SegmentId, SightingId
from muniment.mail.parse import parse
from muniment.seal.opening import OpenSegment
from muniment.seal.vault import Vault

MAX_REASON_CHARS: Final = 500


class TextExtractor(Protocol):
    """Draw text from an attachment; never raises on any content."""

    def extract(self, content: bytes, *, content_type: str, filename: str) -> Extraction:
        """Return the text, or why there is none."""
        ...


def extract_segment(segment_id: SegmentId, *, vault: Vault, extractor: TextExtractor) -> int:
    """Draw the text of every part of the segment's messages that has none yet; return how many were tried.

    Each message is noted as soon as it is done, so work that is cut short goes on where it stopped. Text that comes
    makes the message wait for the index, and its segments for the search for personal data.
    """
    rows = (
        Part.objects.filter(message__sightings__segment_id=segment_id, text__isnull=True)
        .order_by("message_id", "path")
        .values_list("message_id", "path", "id")
        .distinct()
    )
    wanted: dict[object, dict[str, int]] = {}
    for message_id, path, part_id in rows:
        wanted.setdefault(message_id, {})[path] = part_id
    try:
        opened = vault.open(segment_id) if wanted else None
        for message_id, parts in wanted.items():
            _extract_message(message_id, parts, opened, extractor, segment_id)
    except Corrupt as error:
        _note(segment_id, StageState.FAILED, str(error))
        raise
    _note(segment_id, StageState.DONE, "")
    return sum(len(parts) for parts in wanted.values())


def _extract_message(
    message_id: object, parts: dict[str, int], opened: OpenSegment, extractor: TextExtractor, segment_id: SegmentId
) -> None:
    sighting = Sighting.objects.filter(message_id=message_id, segment_id=segment_id).order_by("id").first()
    if sighting is None:  # it is gone meanwhile, or has another id
        return
    parsed = parse(opened.open(opened.entry_of(SightingId(sighting.id))).raw)
    rows = []
    for part in parsed.parts:
        if part.path in parts:
            found = extractor.extract(part.content, content_type=part.content_type, filename=part.filename)
            rows.append(
                PartText(part_id=parts[part.path], outcome=found.outcome, detail=found.detail[:500], text=found.text)
            )
    tried_again(lambda: _write(message_id, rows))


def _write(message_id: object, rows: Sequence[PartText]) -> None:
    """Write the texts of parts; what is erased meanwhile gets none."""
    with transaction.atomic():
        there = Part.objects.select_for_update().filter(id__in=[row.part_id for row in rows]).order_by("id")
        kept = set(there.values_list("id", flat=True))
        PartText.objects.bulk_create((row for row in rows if row.part_id in kept), ignore_conflicts=True)
        if any(row.text for row in rows):
            Message.objects.filter(id=message_id).update(revision=F("revision") + 1)
            segments = Sighting.objects.filter(message_id=message_id).values("segment_id")
            SegmentStage.objects.filter(segment_id__in=segments, stage=Stage.PERSONAL_DATA).update(
                state=StageState.PENDING
            )


def _note(segment_id: SegmentId, state: StageState, reason: str) -> None:
    SegmentStage.objects.filter(segment_id=segment_id, stage=Stage.TEXT).update(
        state=state, reason=reason[:MAX_REASON_CHARS], attempts=F("attempts") + 1
    )
