"""Proofs for many sightings of one segment: its Merkle tree is hashed once, and every path is read off it."""

from muniment.bundle.model import LogProof, Proof
from muniment.errors import Corrupt
from muniment.ids import SightingId
from muniment.log import merkle
from muniment.seal.opening import OpenSegment
from muniment.seal.segment import FrameEntry
from muniment.seal.sighting import Sighting


class SegmentProver:
    """Opens sightings of a segment and proves that they were sealed in it."""

    def __init__(self, opened: OpenSegment, log: LogProof | None = None) -> None:
        """Raise `Corrupt` when the commitments of the segment do not give its Merkle root."""
        self._opened = opened
        self._log = log
        self._places = {entry.sighting_id: place for place, entry in enumerate(opened.footer.frames)}
        self._levels = [[merkle.leaf_hash(entry.commitment) for entry in opened.footer.frames]]
        while len(self._levels[-1]) > 1:
            self._levels.append(_parents(self._levels[-1]))
        if (self._levels[-1] or [merkle.EMPTY_ROOT])[0] != opened.footer.root:
            raise Corrupt(f"segment {opened.segment_id}: the Merkle root does not match the commitments")

    def open(self, sighting_id: SightingId) -> tuple[Sighting, Proof]:
        """Return a sighting, checked against its commitment, and its proof; raise `Corrupt`, `Erased`."""
        entry = self._entry(sighting_id)
        sighting, salt = self._opened.open_salted(entry)
        place = self._places[sighting_id]
        proof = Proof(
            salt=salt.hex(),
            commitment=entry.commitment.hex(),
            segment=str(self._opened.segment_id),
            place=place,
            frames=len(self._places),
            path=tuple(step.hex() for step in self._path(place)),
            root=self._opened.footer.root.hex(),
            log=self._log,
        )
        return sighting, proof

    def _entry(self, sighting_id: SightingId) -> FrameEntry:
        place = self._places.get(sighting_id)
        return self._opened.entry_of(sighting_id) if place is None else self._opened.footer.frames[place]

    def _path(self, place: int) -> list[bytes]:
        path: list[bytes] = []
        for level in self._levels[:-1]:
            sibling = place ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            place //= 2
        return path


def _parents(level: list[bytes]) -> list[bytes]:
    pairs = [merkle.node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + level[len(level) - len(level) % 2 :]
