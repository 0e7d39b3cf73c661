"""Log proofs for the segments of a bundle, all to one checkpoint."""

from muniment.bundle.model import LogProof, LogState
from muniment.ids import SegmentId
from muniment.log.entries import LoggedEntry, SegmentSealed, decode
from muniment.log.reader import LogReader


class LogProver:
    """Finds the entry of a segment and proves it. The log is read once, at the first question."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._places: dict[SegmentId, int] | None = None

    @property
    def checkpoint(self) -> bytes:
        """The signed note that the proofs lead to."""
        return self._reader.checkpoint.note

    @property
    def state(self) -> LogState:
        """What the checkpoint says."""
        found = self._reader.checkpoint
        return LogState(origin=found.origin, size=found.size, root=found.root.hex())

    def prove(self, segment_id: SegmentId) -> LogProof | None:
        """Return the proof of a segment's entry, or None where it is not in the log yet; raise `LogCorrupt`."""
        if self._places is None:
            self._places = self._read()
        place = self._places.get(segment_id)
        if place is None:
            return None
        path = self._reader.inclusion_proof(place)
        return LogProof(index=place, entry=self._reader.entry(place).hex(), path=tuple(step.hex() for step in path))

    def _read(self) -> dict[SegmentId, int]:
        places: dict[SegmentId, int] = {}
        for place, data in enumerate(self._reader.entries()):
            logged = decode(data)
            if isinstance(logged, LoggedEntry) and isinstance(logged.entry, SegmentSealed):
                places.setdefault(logged.entry.segment_id, place)
        return places
