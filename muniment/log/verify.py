"""Check the proofs of a log against checkpoints, with no part of the code that writes logs but the hash functions.

Nothing is read from anywhere: a verified checkpoint (`checkpoint.open_checkpoint`), an entry and a proof go in.
"""

from collections.abc import Sequence

from muniment.errors import Corrupt
from muniment.log.checkpoint import Checkpoint
from muniment.log.merkle import EMPTY_ROOT, node_hash, root_from_proof


class ProofWrong(Corrupt):
    """A proof does not lead from what it should prove to the root."""


def check_inclusion(entry: bytes, *, index: int, checkpoint: Checkpoint, proof: Sequence[bytes]) -> None:
    """Return if the entry is number `index` (from 0) of the log at the checkpoint; else raise `ProofWrong`.

    RFC 9162 section 2.1.3.2.
    """
    try:
        root = root_from_proof(entry, index, checkpoint.size, proof)
    except ValueError as error:
        raise ProofWrong(f"entry {index} of {checkpoint.origin}: {error}") from error
    if root != checkpoint.root:
        raise ProofWrong(f"entry {index} of {checkpoint.origin} is not what the log had at {checkpoint.size} entries")


def check_consistency(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> None:
    """Return if the log at `new` begins with all that it was at `old`; else raise `ProofWrong`.

    RFC 9162 section 2.1.4.2; the empty log is the beginning of every log, by an empty proof.
    """
    if old.origin != new.origin or old.size > new.size:
        raise ProofWrong(f"{old.origin} at {old.size} is not an earlier state of {new.origin} at {new.size} entries")
    if old.size in {0, new.size}:
        same = old.root == (new.root if old.size else EMPTY_ROOT)
        if proof or not same:
            raise ProofWrong(
                f"two checkpoints of {old.origin} at {old.size} entries differ, or their proof is too long"
            )
        return
    if _roots(old, new, proof) != (old.root, new.root):
        raise ProofWrong(f"{new.origin} at {new.size} entries does not continue what it was at {old.size}")


def _roots(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of the old and of the new log that a proof leads to."""
    at, last = old.size - 1, new.size - 1
    while at % 2:
        at, last = at // 2, last // 2
    path = list(proof) if at else [old.root, *proof]  # a log of a power of two entries is its own first hash
    if not path:
        raise ProofWrong(f"the proof of {new.origin} from {old.size} to {new.size} entries is empty")
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofWrong(f"the proof of {new.origin} from {old.size} to {new.size} entries is too long")
        if at % 2 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            second = node_hash(second, sibling)
        at, last = at // 2, last // 2
    if last != 0:
        raise ProofWrong(f"the proof of {new.origin} from {old.size} to {new.size} entries is too short")
    return first, second
