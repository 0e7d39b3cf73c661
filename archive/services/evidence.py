"""Check the evidence log, and what it tells against what is kept: segments, notes, the audit trail (docs/log.md)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from archive.models import LogNote, Segment
from archive.services.audit_heads import LoggedHead, TrailCheck
from archive.services.notes import last_known
from archive.services.stamping import check_stamps
from archive.wiring import Archive
from muniment.errors import Corrupt
from muniment.log.entries import (
    AuditHead,
    BadEntry,
    LoggedEntry,
    OpaqueEntry,
    SegmentSealed,
    commitment_of,
    decode,
)
from muniment.log.fsck import fsck
from muniment.log.layout import CHECKPOINT_KEY, TILE_WIDTH, TILES
from muniment.log.reader import LogEmpty, LogReader

CHUNK_ENTRIES: Final = 4 * TILE_WIDTH  # compared with their rows at a time: whole bundles

Faults = Iterable[tuple[str, str]]  # what is damaged, and why


@dataclass(slots=True, kw_only=True)
class LogReport:
    """What a check of the log found: entries, root in hex, damage by object, and how many rows are not logged yet."""

    entries: int = 0
    root: str = ""
    damaged: list[dict[str, str]] = field(default_factory=list)
    not_logged: int = 0  # segments and notes
    whole: bool = False  # every object of the log is as it must be, and the log reaches as far as the rows know
    audit_heads: int = 0  # heads of the audit trail that were compared with it
    stamps: int = 0  # time-stamps that hold
    stamps_not_checked: int = 0  # because no authority is trusted

    def add(self, faults: Faults) -> None:
        """Add damage by object."""
        self.damaged.extend({"object": name, "reason": reason} for name, reason in faults)


def check_log(archive: Archive, *, progress: Callable[[int], None] = lambda _entries: None) -> LogReport:
    """Read the whole log and compare it with its signed checkpoint, and all that it tells with what is kept.

    Entries that no row knows are no damage: the database may be younger than the log.
    """
    waiting = [model.objects.filter(log_index__isnull=True) for model in (Segment, LogNote)]
    report = LogReport(not_logged=sum(rows.count() for rows in waiting))
    report.add(_commitment_faults())
    last = max(last_known(Segment), last_known(LogNote))  # read before the log, which may grow meanwhile
    store, verifiers = archive.vault.segments, [archive.signer.verifier]
    try:
        found = fsck(store, verifiers, progress=progress)
        reader = LogReader(store, found.checkpoint)
    except LogEmpty:
        lost = next(iter(store.keys(TILES)), None) is not None
        if lost:
            report.add([(CHECKPOINT_KEY, "it is missing, though tiles stand: put the last checkpoint back")])
        report.whole = _is_all_there(0, last, report) and not lost
        return report
    except Corrupt as error:
        report.add([("log", str(error))])
        return report
    report.entries, report.root = found.checkpoint.size, found.root.hex()
    report.add(found.damaged.items())
    if not found.damaged:
        report.whole = _is_all_there(reader.checkpoint.size, last, report)
        _compare(archive, reader, report)
    return report


def _compare(archive: Archive, reader: LogReader, report: LogReport) -> None:
    trail, size = TrailCheck(), reader.checkpoint.size
    for first in range(0, size, CHUNK_ENTRIES):
        entries = list(reader.entries(first, min(first + CHUNK_ENTRIES, size)))
        logged = [decode(data) for data in entries]
        report.add(_segment_faults(logged))
        report.add(_place_faults(first, entries, logged))
        trail.add(_heads(first, logged))
    report.audit_heads = trail.heads
    report.add(("audit trail", fault) for fault in trail.faults())
    stamps = check_stamps(archive, reader)
    report.stamps, report.stamps_not_checked = stamps.hold, stamps.not_checked
    report.add(stamps.faults.items())


def _segment_faults(logged: Sequence[LoggedEntry | OpaqueEntry]) -> Faults:
    """Compare the Merkle root of each segment with the logged one, whichever entry its row knows."""
    roots = {
        entry.entry.segment_id: entry.entry.root
        for entry in logged
        if isinstance(entry, LoggedEntry) and isinstance(entry.entry, SegmentSealed)
    }
    rows = Segment.objects.exclude(merkle_root=b"").filter(id__in=roots)
    for segment_id, root in rows.values_list("id", "merkle_root"):
        if bytes(root) != roots[segment_id]:
            yield f"segment {segment_id}", "its Merkle root is not the one logged"


def _place_faults(first: int, entries: Sequence[bytes], logged: Sequence[LoggedEntry | OpaqueEntry]) -> Faults:
    """Compare what rows say stands at their index with what stands there."""
    standing = {"log_index__gte": first, "log_index__lt": first + len(entries)}
    for index, segment_id in Segment.objects.filter(**standing).values_list("log_index", "id"):
        entry = logged[index - first]
        sealed = entry.entry if isinstance(entry, LoggedEntry) else None
        if not isinstance(sealed, SegmentSealed) or sealed.segment_id != segment_id:
            yield f"segment {segment_id}", f"entry {index} of the evidence log is not the segment's"
    for index, subject, data in LogNote.objects.filter(**standing).values_list("log_index", "subject", "entry"):
        if bytes(data) != entries[index - first]:
            yield subject, f"its note is not what was logged as entry {index}"


def _is_all_there(size: int, last: int, report: LogReport) -> bool:
    """Name what rows know to be logged, up to index `last`, and a log of that size does not reach."""
    beyond = {"log_index__gte": size, "log_index__lte": last}
    lost = [f"segment {found}" for found in Segment.objects.filter(**beyond).values_list("id", flat=True)]
    lost += LogNote.objects.filter(**beyond).values_list("subject", flat=True)
    report.add((name, f"it was logged, and the evidence log ends before it, at {size} entries") for name in lost)
    return not lost


def _commitment_faults() -> Faults:
    """Compare each note's document with the commitment in its entry, logged or not."""
    rows = LogNote.objects.order_by("id").values_list("subject", "entry", "document", "salt")
    for subject, data, document, salt in rows.iterator(chunk_size=CHUNK_ENTRIES):
        logged = decode(bytes(data))
        if not isinstance(logged, LoggedEntry):
            yield subject, "its note is no entry of the evidence log"
        elif not _commits(logged, document, bytes(salt)):
            yield subject, "its document is not the one that its entry commits to"


def _commits(logged: LoggedEntry, document: str, salt: bytes) -> bool:
    if isinstance(logged.entry, AuditHead | SegmentSealed):
        return (document, salt) == ("", b"")
    try:
        return commitment_of(document.encode(), salt) == logged.entry.commitment
    except BadEntry:
        return False


def _heads(first: int, logged: Sequence[LoggedEntry | OpaqueEntry]) -> Iterator[LoggedHead]:
    for index, entry in enumerate(logged, first):
        if isinstance(entry, LoggedEntry) and isinstance(entry.entry, AuditHead):
            yield LoggedHead(index=index, records=entry.entry.records, head=entry.entry.head)
