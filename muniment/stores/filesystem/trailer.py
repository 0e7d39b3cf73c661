"""The 56 bytes after an object's data in its file: `docs/format.md`, "Objects in a directory".

lock until 8 ‖ data length 8 ‖ SHA-256 of everything before 32 ‖ "MUNIOBJ1" 8
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from muniment.seal.header import microseconds_of, moment_of
from muniment.stores.port import ObjectCorrupt

MAGIC: Final = b"MUNIOBJ1"
BYTES: Final = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailer:
    """What a trailer says."""

    lock_until: datetime | None
    data_bytes: int
    digest: bytes


def make(pieces: Sequence[bytes], lock_until: datetime | None) -> bytes:
    """Return the trailer for an object's data."""
    fixed = _fixed(lock_until, sum(map(len, pieces)))
    return fixed + _digest(pieces, fixed) + MAGIC


def parse(trailer: bytes, *, file_bytes: int, key: str) -> Trailer:
    """Return what a trailer says; raise `ObjectCorrupt` if it is none or does not fit the file's size."""
    if len(trailer) != BYTES or trailer[-8:] != MAGIC:
        raise ObjectCorrupt(f"{key}: the file is cut short, or no object of this store")
    data_bytes = int.from_bytes(trailer[8:16])
    if data_bytes + BYTES != file_bytes:
        raise ObjectCorrupt(f"{key}: the file has {file_bytes} bytes where {data_bytes + BYTES} were written")
    until = int.from_bytes(trailer[:8])
    return Trailer(lock_until=moment_of(until) if until else None, data_bytes=data_bytes, digest=trailer[16:48])


def check(data: bytes, trailer: Trailer, *, key: str) -> None:
    """Raise `ObjectCorrupt` if data are not those that were written."""
    if _digest([data], _fixed(trailer.lock_until, trailer.data_bytes)) != trailer.digest:
        raise ObjectCorrupt(f"{key}: the checksum does not match: bytes were changed after they were written")


def _fixed(lock_until: datetime | None, data_bytes: int) -> bytes:
    return (0 if lock_until is None else microseconds_of(lock_until)).to_bytes(8) + data_bytes.to_bytes(8)


def _digest(pieces: Sequence[bytes], fixed: bytes) -> bytes:
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
    digest.update(fixed)
    return digest.digest()
