"""The Merkle tree hash of RFC 9162 section 2.1: root, proofs over entries at hand, and their checks.

leaf = SHA-256(00 ‖ entry)    node = SHA-256(01 ‖ left ‖ right)    empty tree = SHA-256("")
"""

from collections.abc import Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def root(entries: Sequence[bytes]) -> bytes:
    """Return the root over entries in order (RFC 9162 section 2.1.1)."""
    return fold([leaf_hash(entry) for entry in entries])


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes in order: of equal, full subtrees, the last of which may be an incomplete one."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def inclusion_proof(entries: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the sibling hashes that lead from entry `index` to the root, nearest first (RFC 9162 section 2.1.3.1)."""
    if not 0 <= index < len(entries):
        raise IndexError(index)
    level = [leaf_hash(entry) for entry in entries]
    proof: list[bytes] = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level = _parents(level)
        index //= 2
    return tuple(proof)


def root_from_proof(entry: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root that a proof leads to (RFC 9162 section 2.1.3.2); compare it with the root that is known.

    Raises `ValueError` when the proof has the wrong length for the place.
    """
    if not 0 <= index < size:
        raise ValueError(f"entry {index} is not in a tree of {size}")
    at, last = index, size - 1
    current = leaf_hash(entry)
    for sibling in proof:
        if last == 0:
            raise ValueError("the proof is too long")
        if at % 2 or at == last:
            current = node_hash(sibling, current)
            while at % 2 == 0 and at != 0:
                at //= 2
                last //= 2
        else:
            current = node_hash(current, sibling)
        at //= 2
        last //= 2
    if last != 0:
        raise ValueError("the proof is too short")
    return current


def _parents(level: list[bytes]) -> list[bytes]:
    """Pair a level's hashes; an odd last one moves up as it is: RFC 9162 splits at the largest power of two."""
    parents = [node_hash(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    return parents + level[len(level) - len(level) % 2 :]
