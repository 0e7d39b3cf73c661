"""The evidence log: every sealed segment becomes a leaf, once (DESIGN.md section 5; docs/log.md).

The log tells what was logged, not the catalogue: rows learn their index from the log's entries, also after a rebuild.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.db.models import Max, QuerySet

from archive.models import Segment, SegmentStage, Stage, StageState
from archive.services.stages import turn
from archive.wiring import Archive
from muniment.errors import Corrupt
from muniment.ids import SegmentId
from muniment.log.entries import LoggedEntry, SegmentSealed, decode
from muniment.log.fsck import fsck
from muniment.log.reader import LogEmpty, LogReader
from muniment.log.writer import LogWriter

BATCH_SEGMENTS: Final = 5_000  # entries of some 100 bytes in one append


@dataclass(slots=True, kw_only=True)
class LogReport:
    """What a check of the log found: entries, root in hex, damage by object, and segments that are not logged yet."""

    entries: int = 0
    root: str = ""
    damaged: list[dict[str, str]] = field(default_factory=list)
    not_logged: int = 0


def log_segments(archive: Archive) -> int:
    """Log every catalogued segment that is not in the log; return how many. One process does so at a time.

    Killed between the append and its note, the next call finds the entries and notes them: none is logged twice.
    """
    logged = 0
    with turn(archive.data, "logging", wait=False) as mine:
        if not mine:
            return 0
        writer = LogWriter(archive.vault.segments, archive.signer)
        _learn(archive, writer)
        while batch := _not_logged():
            now = archive.vault.now()
            entries = [
                SegmentSealed(segment_id=SegmentId(row.id), root=bytes(row.merkle_root), frames=row.frame_count)
                for row in batch
            ]
            first = writer.append(entries, now).first_index
            _note({row.id: first + place for place, row in enumerate(batch)})
            logged += len(batch)
    return logged


def check_log(archive: Archive, *, progress: Callable[[int], None] = lambda _entries: None) -> LogReport:
    """Read the whole log and compare it with its signed checkpoint, and each segment's leaf with its segment."""
    report = LogReport(not_logged=Segment.objects.filter(log_index__isnull=True).count())
    store, verifiers = archive.vault.segments, [archive.signer.verifier]
    try:
        found = fsck(store, verifiers, progress=progress)
        reader = LogReader(store, found.checkpoint)
    except LogEmpty:
        return report
    except Corrupt as error:
        report.damaged.append({"object": "log", "reason": str(error)})
        return report
    report.entries, report.root = found.checkpoint.size, found.root.hex()
    report.damaged.extend({"object": key, "reason": reason} for key, reason in found.damaged.items())
    if not report.damaged:
        _compare(reader, report)
    return report


def _compare(reader: LogReader, report: LogReport) -> None:
    rows = dict(Segment.objects.exclude(merkle_root=b"").values_list("id", "merkle_root"))
    for entry in map(decode, reader.entries()):
        if isinstance(entry, LoggedEntry) and isinstance(entry.entry, SegmentSealed):
            root = rows.get(entry.entry.segment_id)
            if root is not None and bytes(root) != entry.entry.root:
                report.damaged.append(
                    {"object": f"segment {entry.entry.segment_id}", "reason": "its Merkle root is not the one logged"}
                )


def _learn(archive: Archive, writer: LogWriter) -> None:
    """Note what the log holds and the catalogue does not know: after a kill, or a rebuild."""
    known = Segment.objects.aggregate(last=Max("log_index"))["last"]
    start = 0 if known is None or _rebuilt() else known + 1
    checkpoint = writer.repair(archive.vault.now())
    if start >= checkpoint.size:
        return
    reader = LogReader(archive.vault.segments, checkpoint)
    found = {}
    for index, data in enumerate(reader.entries(start), start):
        entry = decode(data)
        if isinstance(entry, LoggedEntry) and isinstance(entry.entry, SegmentSealed):
            found.setdefault(entry.entry.segment_id, index)
    _note(found)


def _rebuilt() -> bool:
    """Tell whether a segment older than one that is logged is not: only a rebuild or a late find makes that so."""
    newest = Segment.objects.filter(log_index__isnull=False).aggregate(last=Max("id"))["last"]
    return newest is not None and _waiting().filter(id__lt=newest).exists()


def _not_logged() -> list[Segment]:
    return list(_waiting().order_by("id")[:BATCH_SEGMENTS])


def _waiting() -> QuerySet[Segment]:
    done = SegmentStage.objects.filter(stage=Stage.CATALOGUE, state=StageState.DONE).values("segment_id")
    return Segment.objects.filter(log_index__isnull=True, id__in=done)


def _note(index_of: dict) -> None:
    with transaction.atomic():
        for segment_id, index in index_of.items():
            Segment.objects.filter(id=segment_id, log_index__isnull=True).update(log_index=index)
