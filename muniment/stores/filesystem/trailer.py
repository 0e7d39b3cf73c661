"""The 56 bytes after an object's data in its file: `docs/format.md`, "Objects in a directory".

lock until 8 ‖ data length 8 ‖ SHA-256 of everything before 32 ‖ "MUNIOBJ1" 8
"""

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


def make(data: bytes, lock_until: datetime | None) -> bytes:
    """Return the trailer for an object's data."""
    fixed = (0 if lock_until is None else microseconds_of(lock_until)).to_bytes(8) + len(data).to_bytes(8)
    digest = sha256(data)
    digest.update(fixed)
    return fixed + digest.digest() + MAGIC


def parse(trailer: bytes, *, file_bytes: int, key: str) -> Trailer:
    """Return what a trailer says; raise `ObjectCorrupt` if it is none or does not fit the file's size."""
    if len(trailer) != BYTES or trailer[-8:] != MAGIC:
        raise ObjectCorrupt(f"{key}: the file is cut short, or no object of this store")
    data_bytes = int.from_bytes(trailer[8:16])
    if data_bytes + BYTES != file_bytes:
        raise ObjectCorrupt(f"{key}: the file has {file_bytes} bytes where {data_bytes + BYTES} were written")
    until = int.from_bytes(trailer[:8])
    return Trailer(lock_until=moment_of(until) if until else None, data_bytes=data_bytes, digest=trailer[16:48])


def check(content: bytes, trailer: Trailer, *, key: str) -> bytes:
    """Return the data of a whole file's content; raise `ObjectCorrupt` if it is not what was written."""
    view = memoryview(content)
    if sha256(view[: trailer.data_bytes + 16]).digest() != trailer.digest:
        raise ObjectCorrupt(f"{key}: the checksum does not match: bytes were changed after they were written")
    return content[: trailer.data_bytes]
