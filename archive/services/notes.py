"""The evidence log: each sealed segment and each act that it has to tell of is an entry, once (docs/log.md).

An act is noted in its own transaction, so that both stand or fall together; what waits is appended soon after.
The log tells what was logged, not the database: rows learn their index from the log's entries, also after a kill, a
rebuild, or a database that was put back from a backup.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from archive.models import LogNote, Segment, SegmentStage, Stage, StageState
from archive.services.continuity import refuse_unless_settled
from archive.services.stages import turn
from archive.wiring import Archive
from muniment.errors import Refused
from muniment.ids import SegmentId, UuidSequence, unix_ms_of
from muniment.log.checkpoint import Checkpoint, open_checkpoint
from muniment.log.entries import SALT_BYTES, Entry, LoggedEntry, SegmentSealed, commitment_of, decode, encode
from muniment.log.layout import TILE_WIDTH
from muniment.log.reader import LogEmpty, LogReader
from muniment.log.verify import check_consistency
from muniment.log.writer import LogForked, LogWriter

BATCH_ROWS: Final = 5_000  # of each kind in one append: entries of some 100 bytes
CLOCKS_APART: Final = timedelta(minutes=10)  # by how much the clocks of who seals and who logs may differ
_CHUNK_ENTRIES: Final = 16 * TILE_WIDTH  # read back and noted in one transaction
_IDS: Final = UuidSequence()

Row = Segment | LogNote


class NotLogged(Refused):
    """The proof of a note is asked for that is not in the log yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """An entry as the log keeps it, and the salt of its commitment."""

    entry: bytes
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProof:
    """That an entry is in the log, and what it commits to: all that `muniment.log` needs to check it, but the key."""

    index: int
    entry: bytes
    checkpoint: str  # the signed note
    path: tuple[bytes, ...]  # inclusion proof: nearest hash first
    salt: bytes
    document: str  # "" where the entry has no commitment


def write(make: Callable[[bytes], Entry], *, subject: str, document: str, at: datetime) -> LogNote:
    """Note an act for the log: `make` returns its entry, given the commitment of `document`. Return the row.

    Call it inside the transaction of the act. `subject` is "kind:id"; `at` (aware) is the time of the act. The
    document stays in the database with its salt: the log holds only the commitment.
    """
    leaf = leaf_of(make, document=document, salt=secrets.token_bytes(SALT_BYTES), at=at)
    return put(leaf, subject=subject, document=document)


def leaf_of(make: Callable[[bytes], Entry], *, document: str, salt: bytes, at: datetime) -> Leaf:
    """Return the entry that commits to `document` with a salt that was kept: the same bytes each time."""
    return Leaf(entry=encode(make(commitment_of(document.encode(), salt)), at=at), salt=salt)


def put(leaf: Leaf, *, subject: str, document: str, index: int | None = None) -> LogNote:
    """Note an entry inside the transaction of its act; `index` is where `find` found it in the log already."""
    return LogNote.objects.create(
        id=_IDS.next(), entry=leaf.entry, subject=subject, document=document, salt=leaf.salt, log_index=index
    )


def write_plain(entry: Entry, *, subject: str, at: datetime) -> LogNote:
    """Note an entry that has no commitment, such as the head of the audit trail."""
    return LogNote.objects.create(id=_IDS.next(), entry=encode(entry, at=at), subject=subject)


def find(archive: Archive, entry: bytes, *, since: datetime) -> int | None:
    """Return where an entry that was made at or after `since` stands in the log; None where it does not stand there.

    The log is read back from its end. Raises `Corrupt` where it is damaged, `StoreUnavailable`.
    """
    try:
        reader = LogReader.latest(archive.vault.segments, [archive.signer.verifier])
    except LogEmpty:
        return None
    for place in range((reader.checkpoint.size - 1) // TILE_WIDTH, -1, -1):
        bundle = reader.bundle(place)
        if entry in bundle:
            return place * TILE_WIDTH + bundle.index(entry)
        first = next(filter(None, map(_sealed, bundle)), None)
        if first is not None and first[1] < since - CLOCKS_APART:
            return None
    return None


def log_pending(archive: Archive, *, wait: bool = False) -> int:
    """Append every note and every catalogued segment that is not in the log; return how many. Repeat it at will.

    One process does so at a time: without `wait`, 0 is returned at once where another is at it. Killed between the
    append and its note, the next call finds the entries and notes them: none is logged twice. Raises
    `DatabaseReturned`, `StoreUnavailable`, `LogBusy`; `Corrupt` where the log is not what was signed, or not all that
    the rows know.
    """
    logged = 0
    with turn(archive.data, "logging", wait=wait) as mine:
        if not mine or not (_waiting_notes().exists() or _waiting_segments().exists()):
            return 0
        refuse_unless_settled()  # what the log holds beyond the rows tells which holds are lost
        writer = LogWriter(archive.vault.segments, archive.signer)
        _learn(archive, writer.repair(archive.vault.now()))
        while batch := _batch():
            now = archive.vault.now()
            first = writer.append_encoded([_entry_of(row, now) for row in batch], now).first_index
            _keep({(type(row), row.id): first + place for place, row in enumerate(batch)})
            logged += len(batch)
    return logged


def proof_of(archive: Archive, note: LogNote) -> LogProof:
    """Return the proof of a note at the newest checkpoint; raise `NotLogged`, `Corrupt` where the log is damaged."""
    index = LogNote.objects.values_list("log_index", flat=True).get(id=note.id)
    if index is None:
        raise NotLogged(f"{note.subject} is not in the evidence log yet: it will be within seconds, ask again then")
    reader = LogReader.latest(archive.vault.segments, [archive.signer.verifier])
    return LogProof(
        index=index,
        entry=reader.entry(index),
        checkpoint=reader.checkpoint.note.decode(),
        path=reader.inclusion_proof(index),
        salt=bytes(note.salt),
        document=note.document,
    )


def consistency(archive: Archive, old_checkpoint: str, new_checkpoint: str) -> tuple[bytes, ...]:
    """Return the proof that the log at a new checkpoint begins with all that it was at an old one.

    Both are signed notes as `LogProof` has them. Raises `Corrupt` where one was not signed by this log's key, or where
    the log does not continue the old one: nobody signs both of one log, unless it was rewritten.
    """
    keys = [archive.signer.verifier]
    old, new = (open_checkpoint(note.encode(), keys) for note in (old_checkpoint, new_checkpoint))
    proof = LogReader(archive.vault.segments, new).consistency_proof(old.size)
    check_consistency(old, new, proof)
    return proof


def last_known(model: type[Row]) -> int:
    """Return the largest index in the log that a row of a kind knows, -1 if none does."""
    last: int | None = model.objects.aggregate(last=Max("log_index"))["last"]
    return -1 if last is None else last


def _learn(archive: Archive, checkpoint: Checkpoint) -> None:
    """Note what the log holds and the rows do not know: after a kill, a rebuild, or a backup that was put back.

    The log is read back from its end, beyond all that no row knows, and beyond the time at which the oldest waiting
    segment was made: a catalogue that is rebuilt finds the entries of its segments, however late they come.
    """
    last = max(last_known(Segment), last_known(LogNote))
    if last >= checkpoint.size:
        raise LogForked(
            f"the database knows entry {last} of the evidence log, which has {checkpoint.size}: an older copy of the "
            "log stands in the store; put the newest back"
        )
    reader, size = LogReader(archive.vault.segments, checkpoint), checkpoint.size
    notes = {bytes(entry): note_id for note_id, entry in _waiting_notes().values_list("id", "entry").iterator()}
    for start in range(_unknown_from(reader, last), size, _CHUNK_ENTRIES):
        found: dict[tuple[type[Row], UUID], int] = {}
        for index, data in enumerate(reader.entries(start, min(start + _CHUNK_ENTRIES, size)), start):
            if (sealed := _sealed(data)) is not None:
                found.setdefault((Segment, sealed[0]), index)
            elif data in notes:
                found.setdefault((LogNote, notes.pop(data)), index)
        _keep(found)


def _unknown_from(reader: LogReader, last: int) -> int:
    """Return the index (of the first entry of a bundle) before which no waiting row has its entry."""
    made = _oldest_made()
    start, is_older = reader.checkpoint.size, made is None
    while start and not (start <= last + 1 and is_older):
        start = (start - 1) // TILE_WIDTH * TILE_WIDTH
        first = next(filter(None, map(_sealed, reader.bundle(start // TILE_WIDTH))), None)
        is_older = made is None or (first is not None and first[1] < made - CLOCKS_APART)
    return start


def _sealed(data: bytes) -> tuple[SegmentId, datetime] | None:
    """Return which segment an entry tells of, and when it was logged; None if it tells of something else."""
    logged = decode(data)
    if isinstance(logged, LoggedEntry) and isinstance(logged.entry, SegmentSealed):
        return logged.entry.segment_id, logged.at
    return None


def _keep(index_of: dict[tuple[type[Row], UUID], int]) -> None:
    """Write down where rows stand in the log, in one transaction. What a row knows already stays.

    Called in the order of the log, so that whoever is killed leaves no gap below an index that is known.
    """
    with transaction.atomic():
        for model in (Segment, LogNote):
            indexes = {row_id: index for (kind, row_id), index in index_of.items() if kind is model}
            rows = model.objects.filter(id__in=indexes, log_index__isnull=True)
            for row_id in list(rows.values_list("id", flat=True)):
                model.objects.filter(id=row_id).update(log_index=indexes[row_id])


def _batch() -> list[Row]:
    """Return rows that wait, in the order in which they were made."""
    rows: list[Row] = [*_waiting_segments()[:BATCH_ROWS], *_waiting_notes()[:BATCH_ROWS]]
    return sorted(rows, key=lambda row: row.id)


def _entry_of(row: Row, now: datetime) -> bytes:
    if isinstance(row, LogNote):
        return bytes(row.entry)
    sealed = SegmentSealed(segment_id=SegmentId(row.id), root=bytes(row.merkle_root), frames=row.frame_count)
    return encode(sealed, at=now)


def _waiting_segments() -> QuerySet[Segment]:
    done = SegmentStage.objects.filter(stage=Stage.CATALOGUE, state=StageState.DONE).values("segment_id")
    return Segment.objects.filter(log_index__isnull=True, id__in=done).order_by("id")


def _waiting_notes() -> QuerySet[LogNote]:
    return LogNote.objects.filter(log_index__isnull=True).order_by("id")


def _oldest_made() -> datetime | None:
    """Return when the oldest segment that waits was made, None if none waits."""
    oldest = _waiting_segments().values_list("id", flat=True).first()
    return None if oldest is None else datetime.fromtimestamp(unix_ms_of(oldest) / 1000, UTC)
