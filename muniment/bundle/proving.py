"""Proofs for many sightings of one segment: each Merkle tree is hashed once, and every path is read off it.

A sighting that was packed is proved in the segment into which it was sealed first: the packed one keeps what that takes
(`muniment.seal.origins`). So its proof is the same as before it was packed, and as old.
"""

from collections.abc import Callable, Sequence

from muniment.bundle.model import LogProof, Proof
from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId
from muniment.log import merkle
from muniment.seal.opening import OpenSegment
from muniment.seal.segment import FrameEntry
from muniment.seal.sighting import Sighting

Log = Callable[[SegmentId], LogProof | None]  # proves that a segment is in the evidence log, if it is


class _Tree:
    """The Merkle tree of a segment."""

    def __init__(self, segment_id: SegmentId, commitments: Sequence[bytes], root: bytes) -> None:
        self.segment_id = segment_id
        self.frames = len(commitments)
        self._levels = [[merkle.leaf_hash(commitment) for commitment in commitments]]
        while len(self._levels[-1]) > 1:
            self._levels.append(_parents(self._levels[-1]))
        self.root = (self._levels[-1] or [merkle.EMPTY_ROOT])[0]
        if self.root != root:
            raise Corrupt(f"segment {segment_id}: the Merkle root does not match the commitments")

    def path(self, place: int) -> list[bytes]:
        """Return the inclusion path of a leaf, nearest hash first."""
        path: list[bytes] = []
        for level in self._levels[:-1]:
            sibling = place ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            place //= 2
        return path


class SegmentProver:
    """Opens sightings of a segment and proves that they were sealed in it, or in what it was packed from."""

    def __init__(self, opened: OpenSegment, log: Log = lambda _segment_id: None) -> None:
        """Raise `Corrupt` when the commitments of the segment do not give its Merkle root."""
        self._opened = opened
        self._log = log
        self._commitments = [entry.commitment for entry in opened.footer.frames]
        self._places = {entry.sighting_id: place for place, entry in enumerate(opened.footer.frames)}
        self._own = _Tree(opened.segment_id, self._commitments, opened.footer.root)
        self._first = {
            here: (origin, there)
            for origin in sorted(opened.footer.origins, key=lambda one: one.segment_id, reverse=True)
            for here, there in origin.places().items()
        }
        self._trees: dict[SegmentId, _Tree] = {}
        self._logged: dict[SegmentId, LogProof | None] = {}

    def open(self, sighting_id: SightingId) -> tuple[Sighting, Proof]:
        """Return a sighting, checked against its commitment, and its proof; raise `Corrupt`, `Erased`."""
        entry = self._entry(sighting_id)
        sighting, salt = self._opened.open_salted(entry)
        tree, place = self._sealed_in(self._places[sighting_id])
        proof = Proof(
            salt=salt.hex(),
            commitment=entry.commitment.hex(),
            segment=str(tree.segment_id),
            place=place,
            frames=tree.frames,
            path=tuple(step.hex() for step in tree.path(place)),
            root=tree.root.hex(),
            log=self._proved(tree.segment_id),
        )
        return sighting, proof

    def _entry(self, sighting_id: SightingId) -> FrameEntry:
        place = self._places.get(sighting_id)
        return self._opened.entry_of(sighting_id) if place is None else self._opened.footer.frames[place]

    def _sealed_in(self, here: int) -> tuple[_Tree, int]:
        """Return the tree of the segment into which a frame was sealed first, and its place there.

        Where the log knows only the packed one, that is returned.
        """
        if here not in self._first:
            return self._own, here
        origin, there = self._first[here]
        if origin.segment_id not in self._trees:
            commitments = origin.commitments(self._commitments)
            self._trees[origin.segment_id] = _Tree(origin.segment_id, commitments, origin.root)
        if self._proved(origin.segment_id) is None and self._proved(self._own.segment_id) is not None:
            return self._own, here
        return self._trees[origin.segment_id], there

    def _proved(self, segment_id: SegmentId) -> LogProof | None:
        if segment_id not in self._logged:
            self._logged[segment_id] = self._log(segment_id)
        return self._logged[segment_id]


def _parents(level: list[bytes]) -> list[bytes]:
    pairs = [merkle.node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + level[len(level) - len(level) % 2 :]
