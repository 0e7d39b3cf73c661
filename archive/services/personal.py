"""The personal-data stage: look through a segment's messages for identifiers of persons. Idempotent, never a value.

It reads what the text stage left, so it comes after it; a message whose attachment text arrives later, and every
message under a new version of the detector, is looked through again. The index learns of kinds that changed.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from archive.documents import MAX_BODY_CHARS
from archive.models import (
    Message,
    PartText,
    PersonalFinding,
    PersonalScan,
    Place,
    SegmentStage,
    Sighting,
    Stage,
    StageState,
)
from archive.services.governing import tried_again
from archive.services.inserting import insert
from archive.services.rows import mark_changed
from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId
from muniment.mail.parse import parse
from muniment.mail.text import body_text
from muniment.pii.model import DETECTOR_VERSION, Kind
from muniment.pii.reading import Reader
from muniment.seal.vault import Vault

MAX_OFFSETS: Final = 100  # of one kind in one text: enough to point at; the count is of all
MAX_REASON_CHARS: Final = 500
BATCH_MESSAGES: Final = 200  # in one transaction: it is short, so that capture's and the index's rows wait for nothing
REOPENED: Final = 1_000  # segments of an older detector that are opened again at a time

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A message to look through: its first sighting in the segment, and how many texts its attachments have."""

    sighting_id: SightingId
    texts: int


@dataclass(slots=True, kw_only=True)
class _Tally:
    """One kind in one text."""

    count: int
    offsets: list[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scanned:
    """What was found in one message."""

    message_id: UUID
    texts: int
    in_part: bool
    found: Mapping[tuple[Place, int | None, Kind], _Tally]

    @property
    def kinds(self) -> set[str]:
        return {kind.value for _, _, kind in self.found}


def scan_segment(segment_id: SegmentId, *, vault: Vault, clock: Clock = time.thread_time) -> int:
    """Look through the segment's messages that were not yet, or not all of them; return how many were.

    What was found is noted in batches, so work that is cut short goes on where it stopped.
    Messages that do not open are passed over and noted as the stage's failure; then raises `Corrupt`.
    """
    wanted = _wanted(segment_id)
    failures: list[Corrupt] = []
    done = 0
    batch: list[_Scanned] = []
    for scanned in _scanned(segment_id, wanted, vault, clock, failures):
        batch.append(scanned)
        if len(batch) == BATCH_MESSAGES:
            done += _write(batch)
            batch = []
    done += _write(batch)
    _note(segment_id, str(failures[0]) if failures else "")
    if failures:
        raise failures[0]
    return done


def reopen_outdated(*, limit: int = REOPENED) -> int:
    """Make segments wait again whose messages an older detector looked through; return how many. None while others do.

    In portions, because a new version means the whole archive: what waits stays small, and new mail is not behind it.
    """
    stages = SegmentStage.objects.filter(stage=Stage.PERSONAL_DATA)
    if stages.filter(state=StageState.PENDING)[:limit].count() == limit:
        return 0
    older = PersonalScan.objects.filter(detector_version__lt=DETECTOR_VERSION)
    if not older.exists():
        return 0
    segments = Sighting.objects.filter(message__personal_scan__in=older).values("segment_id")
    rows = stages.filter(state=StageState.DONE, segment_id__in=segments)
    found = list(rows.values_list("segment_id", flat=True)[:limit])
    return stages.filter(segment_id__in=found).update(state=StageState.PENDING)


def _wanted(segment_id: SegmentId) -> dict[UUID, _Wanted]:
    """Return the messages of a segment that are to be looked through."""
    rows = Sighting.objects.filter(segment_id=segment_id).order_by("-id").values_list("message_id", "id")
    first = {message_id: SightingId(sighting_id) for message_id, sighting_id in rows}
    of_segment = Sighting.objects.filter(segment_id=segment_id).values("message_id")
    texts = dict(_texts(of_segment).values_list("part__message_id").annotate(Count("part_id")))
    scans = PersonalScan.objects.filter(message_id__in=of_segment, detector_version=DETECTOR_VERSION)
    for message_id, read in scans.values_list("message_id", "texts"):
        if read == texts.get(message_id, 0):
            first.pop(message_id, None)
    return {
        message_id: _Wanted(sighting_id=sighting_id, texts=texts.get(message_id, 0))
        for message_id, sighting_id in reversed(first.items())
    }


def _texts(message_ids: QuerySet | Sequence[UUID]) -> QuerySet[PartText]:
    return PartText.objects.filter(part__message_id__in=message_ids).exclude(text="").order_by()


def _scanned(
    segment_id: SegmentId,
    wanted: Mapping[UUID, _Wanted],
    vault: Vault,
    clock: Clock,
    failures: list[Corrupt],
) -> Iterator[_Scanned]:
    try:
        opened = vault.open(segment_id) if wanted else None
    except Corrupt as error:
        failures.append(error)
        return
    entries = {entry.sighting_id: entry for entry in opened.footer.frames} if opened else {}
    for message_id, one in wanted.items():
        try:
            raw = opened.open(entries.get(one.sighting_id) or opened.entry_of(one.sighting_id)).raw
        except Corrupt as error:
            failures.append(error)
            continue
        yield _scan(message_id, raw, clock, with_texts=one.texts > 0)


def _scan(message_id: UUID, raw: bytes, clock: Clock, *, with_texts: bool) -> _Scanned:
    parsed = parse(raw)
    reader = Reader(clock=clock)
    found: dict[tuple[Place, int | None, Kind], _Tally] = {}
    _tally(found, reader, Place.SUBJECT, None, parsed.subject)
    body = body_text(parsed)
    _tally(found, reader, Place.BODY, None, body[:MAX_BODY_CHARS])
    del parsed, raw
    texts = 0
    for part_id, text in _attachment_texts(message_id) if with_texts else ():
        _tally(found, reader, Place.ATTACHMENT, part_id, text)
        texts += 1
    in_part = reader.in_part or len(body) > MAX_BODY_CHARS
    return _Scanned(message_id=message_id, texts=texts, in_part=in_part, found=found)


def _attachment_texts(message_id: UUID) -> Iterator[tuple[int, str]]:
    return _texts([message_id]).order_by("part_id").values_list("part_id", "text").iterator()


def _tally(
    found: dict[tuple[Place, int | None, Kind], _Tally], reader: Reader, place: Place, part_id: int | None, text: str
) -> None:
    for finding in reader.read(text):
        tally = found.setdefault((place, part_id, finding.kind), _Tally(count=0, offsets=[]))
        tally.count += 1
        if len(tally.offsets) < MAX_OFFSETS:
            tally.offsets.append((finding.start, finding.end - finding.start))


def _write(batch: Sequence[_Scanned]) -> int:
    """Put what was found in place of what was noted before; messages that are gone meanwhile are left out."""
    return tried_again(lambda: _write_found(batch)) if batch else 0


def _write_found(batch: Sequence[_Scanned]) -> int:
    ids = [scanned.message_id for scanned in batch]
    with transaction.atomic():
        rows = Message.objects.select_for_update().filter(id__in=ids).order_by("id")
        there = set(rows.values_list("id", flat=True))
        before = _noted(ids)
        kept = [scanned for scanned in batch if scanned.message_id in there]
        _replace(kept, known=bool(before))
        mark_changed([one.message_id for one in kept if one.kinds != before.get(one.message_id, set())])
    return len(kept)


def _noted(ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """Return the kinds noted for messages that were looked through before."""
    noted: dict[UUID, set[str]] = {
        message_id: set()
        for message_id in PersonalScan.objects.filter(message_id__in=ids).values_list("message_id", flat=True)
    }
    if noted:
        rows = PersonalFinding.objects.filter(message_id__in=noted).values_list("message_id", "kind")
        for message_id, kind in rows:
            noted[message_id].add(kind)
    return noted


def _replace(scanned: Sequence[_Scanned], *, known: bool) -> None:
    if known:
        ids = [one.message_id for one in scanned]
        PersonalFinding.objects.filter(message_id__in=ids).delete()
        PersonalScan.objects.filter(message_id__in=ids).delete()
    now = timezone.now()
    insert(
        PersonalScan,
        ("message_id", "detector_version", "texts", "in_part", "scanned_at"),
        ((one.message_id, DETECTOR_VERSION, one.texts, one.in_part, now) for one in scanned),
    )
    insert(
        PersonalFinding,
        ("message_id", "kind", "place", "part_id", "count", "offsets"),
        (
            (one.message_id, kind.value, place.value, part_id, tally.count, tally.offsets)
            for one in scanned
            for (place, part_id, kind), tally in one.found.items()
        ),
    )


def _note(segment_id: SegmentId, failure: str) -> None:
    """Note the stage; as waiting still where text arrived or a message changed while it was read."""
    stage = SegmentStage.objects.filter(segment_id=segment_id, stage=Stage.PERSONAL_DATA)
    with transaction.atomic():
        state = StageState.FAILED if failure else StageState.DONE
        stage.update(state=state, reason=failure[:MAX_REASON_CHARS], attempts=F("attempts") + 1)
        if not failure and _wanted(segment_id):
            stage.update(state=StageState.PENDING)
