"""Where the frames of a packed segment were sealed first: what keeps the proofs of that time (`docs/format.md`).

A packed segment names the segments that its frames came from. Of each it keeps the commitments in their order, by the
frame's place here where the frame is here, and as bytes where it was left behind because its key was gone. So the
Merkle root that the evidence log knows since the mail was captured can be computed again, and the proof of a message
reaches back to its capture although the object that it was captured into is gone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from muniment.errors import Corrupt
from muniment.ids import SegmentId
from muniment.log import merkle

Leaf = int | bytes  # the place of the frame here, from 0, or the commitment of one that is not here


class OriginCorrupt(Corrupt):
    """A packed segment says of a frame that it came from where it did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A segment that frames came from: its id, its Merkle root, and each of its frames in their order there."""

    segment_id: SegmentId
    root: bytes
    leaves: tuple[Leaf, ...]

    def commitments(self, here: Sequence[bytes]) -> list[bytes]:
        """Return the commitments of that segment; `here` are those of the packed one. Raise `OriginCorrupt`.

        They are proved: their Merkle root is the one that was sealed.
        """
        try:
            found = [here[leaf] if isinstance(leaf, int) else leaf for leaf in self.leaves]
        except IndexError as error:
            raise OriginCorrupt(f"a frame of segment {self.segment_id} is said to be where none is") from error
        if not found or merkle.root(found) != self.root:
            raise OriginCorrupt(
                f"the frames said to come from segment {self.segment_id} do not lead to its Merkle root"
            )
        return found

    def places(self) -> dict[int, int]:
        """Return for each frame that is here its place here and its place there."""
        return {leaf: there for there, leaf in enumerate(self.leaves) if isinstance(leaf, int)}


def origin_of(segment_id: SegmentId, commitments: Sequence[bytes], moved: Mapping[int, int]) -> Origin:
    """Return the origin of frames that move; `moved` gives for a place there the place here."""
    leaves = tuple(moved.get(there, commitment) for there, commitment in enumerate(commitments))
    return Origin(segment_id=segment_id, root=merkle.root(commitments), leaves=leaves)


def moved_on(origins: Iterable[Origin], commitments: Sequence[bytes], moved: Mapping[int, int]) -> Iterator[Origin]:
    """Yield what becomes of the origins of a packed segment when its frames move again, where any of theirs do.

    `commitments` are those of the packed segment; `moved` gives for a place in it the new place.
    """
    for origin in origins:
        leaves = tuple(moved.get(leaf, commitments[leaf]) if isinstance(leaf, int) else leaf for leaf in origin.leaves)
        if any(isinstance(leaf, int) for leaf in leaves):
            yield Origin(segment_id=origin.segment_id, root=origin.root, leaves=leaves)


def plain(origins: Iterable[Origin]) -> list[Any]:
    """Return what the footer holds of origins."""
    return [[origin.segment_id.bytes, origin.root, list(origin.leaves)] for origin in origins]


def from_plain(found: Any) -> tuple[Origin, ...]:
    """Return the origins of a footer; raise `TypeError` or `ValueError` where they are malformed."""
    return tuple(
        Origin(segment_id=SegmentId(UUID(bytes=segment_id)), root=bytes(root), leaves=tuple(map(_leaf, leaves)))
        for segment_id, root, leaves in found
    )


def _leaf(found: Any) -> Leaf:
    if isinstance(found, bytes) or (isinstance(found, int) and not isinstance(found, bool) and found >= 0):
        return found
    raise ValueError(f"{found!r} is neither a place nor a commitment")
