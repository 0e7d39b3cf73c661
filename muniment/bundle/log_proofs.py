"""Log proofs for the segments of a bundle, all to one checkpoint."""

from collections.abc import Callable

from muniment.bundle.model import LogProof, LogState
from muniment.ids import SegmentId
from muniment.log.entries import LoggedEntry, SegmentSealed, decode
from muniment.log.reader import LogReader


class LogProver:
    """Finds the entry of a segment and proves it.

    `place_of` tells where the entry is; where it does not know, or is wrong, the whole log is read, once.
    """

    def __init__(self, reader: LogReader, *, place_of: Callable[[SegmentId], int | None] = lambda _id: None) -> None:
        self._reader = reader
        self._place_of = place_of
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
        place = self._place_of(segment_id)
        if place is None or not self._is_at(segment_id, place):
            place = self._found(segment_id)
        if place is None:
            return None
        path = self._reader.inclusion_proof(place)
        return LogProof(index=place, entry=self._reader.entry(place).hex(), path=tuple(step.hex() for step in path))

    def _is_at(self, segment_id: SegmentId, place: int) -> bool:
        return place < self._reader.checkpoint.size and _segment_of(self._reader.entry(place)) == segment_id

    def _found(self, segment_id: SegmentId) -> int | None:
        if self._places is None:
            self._places = {}
            for place, data in enumerate(self._reader.entries()):
                logged = _segment_of(data)
                if logged is not None:
                    self._places.setdefault(logged, place)
        return self._places.get(segment_id)


def _segment_of(data: bytes) -> SegmentId | None:
    logged = decode(data)
    sealed = logged.entry if isinstance(logged, LoggedEntry) else None
    return sealed.segment_id if isinstance(sealed, SegmentSealed) else None
