"""The archive's evidence log as an export needs it: at one checkpoint, from the job's making to its end."""

from archive.exporting.orders import LogAt, LogProofs
from archive.models import PackedSegment, Segment
from archive.services.notes import log_pending
from archive.wiring import Archive
from muniment.bundle.log_proofs import LogProver
from muniment.ids import SegmentId
from muniment.log.checkpoint import open_checkpoint
from muniment.log.reader import LogEmpty, LogReader


def log_at(archive: Archive) -> LogAt:
    """Return what opens the log. The newest checkpoint is taken when all that waits is logged."""
    store, verifiers = archive.vault.segments, [archive.signer.verifier]

    def opened(checkpoint: bytes, /) -> LogProofs | None:
        if checkpoint:
            return LogProver(LogReader(store, open_checkpoint(checkpoint, verifiers)), place_of=_place_of)
        log_pending(archive)
        try:
            return LogProver(LogReader.latest(store, verifiers), place_of=_place_of)
        except LogEmpty:
            return None

    return opened


def _place_of(segment_id: SegmentId) -> int | None:
    known = Segment.objects.filter(id=segment_id).values_list("log_index", flat=True).first()
    if known is not None:
        return known
    packed = PackedSegment.objects.filter(source_id=segment_id, log_index__isnull=False)
    return packed.values_list("log_index", flat=True).first()
