"""Checkpoints (C2SP tlog-checkpoint): what the log was at one size, signed.

    <origin>
    <size, decimal>
    <root, base64>

The origin is the name of the key that signs.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from muniment.log import merkle
from muniment.log.note import NoteCorrupt, NoteSigner, NoteVerifier, from_base64, open_note

MAX_SIZE: Final = (1 << 63) - 1  # readers of tlog-tiles keep sizes in signed 64-bit numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A log's size and root, and the signed note that says so."""

    origin: str
    size: int
    root: bytes
    note: bytes

    def says_the_same_as(self, other: "Checkpoint") -> bool:
        """Return whether both speak of one log at one size with one root, whoever signed."""
        return (self.origin, self.size, self.root) == (other.origin, other.size, other.root)


def sign(signer: NoteSigner, *, size: int, root: bytes) -> Checkpoint:
    """Return the signed checkpoint of a log whose origin is the signer's name."""
    unsigned = Checkpoint(origin=signer.verifier.name, size=size, root=root, note=b"")
    return replace(unsigned, note=signer.sign(text_of(unsigned)))


def text_of(checkpoint: Checkpoint) -> str:
    """Return the three lines that are signed. Lines that others put behind them are not among these."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"


def open_checkpoint(data: bytes, verifiers: Sequence[NoteVerifier]) -> Checkpoint:
    """Return the checkpoint in a note signed by one of the verifiers, whose name is its origin; raise `NoteCorrupt`.

    Several verifiers of one name are a key that was changed: those of old and new checkpoints.
    """
    origin = data.partition(b"\n")[0].decode(errors="replace")
    trusted = [verifier for verifier in verifiers if verifier.name == origin]
    if not trusted:
        raise NoteCorrupt(f"the checkpoint is of the log {origin!r}, which is not among the trusted keys")
    size, encoded = (*open_note(data, trusted).split("\n"), "", "")[1:3]
    if not (size.isascii() and size.isdigit()) or size != str(int(size[:20])) or int(size) > MAX_SIZE:
        raise NoteCorrupt(f"the checkpoint of {origin} has no size")
    try:
        root = from_base64(encoded)
    except ValueError as error:
        raise NoteCorrupt(f"the checkpoint of {origin} has no root") from error
    if len(root) != merkle.HASH_BYTES:
        raise NoteCorrupt(f"the checkpoint of {origin} has no root of {merkle.HASH_BYTES} bytes")
    return Checkpoint(origin=origin, size=int(size), root=root, note=data)
