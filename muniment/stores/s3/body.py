"""Bytes on their way to the store and back, within a time limit of their own."""

import io
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, Final

_READ_BYTES: Final = 32 * 1024  # between two looks at the clock


class TookTooLong(OSError):
    """Bytes went too slowly for the time that the whole call may take."""


class Upload(io.RawIOBase):
    """Pieces as one file to send: nothing is joined, and after `until` no more is given."""

    def __init__(self, pieces: Sequence[bytes], *, until: float, clock: Callable[[], float]) -> None:
        super().__init__()
        self._pieces = [piece for piece in pieces if piece]
        self._size = sum(map(len, self._pieces))
        self._until = until
        self._clock = clock
        self._piece = self._offset = self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to the place; only the beginning and the end are asked for, the rest walks."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = min(max(0, base + offset), self._size)
        self._piece, self._offset = 0, self._at
        while self._piece < len(self._pieces) and self._offset >= len(self._pieces[self._piece]):
            self._offset -= len(self._pieces[self._piece])
            self._piece += 1
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._clock() > self._until:
            raise TookTooLong("the object could not be sent in its time")
        room = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(room) and self._piece < len(self._pieces):
            piece = memoryview(self._pieces[self._piece])[self._offset :][: len(room) - filled]
            room[filled : filled + len(piece)] = piece
            filled += len(piece)
            self._offset += len(piece)
            if self._offset == len(self._pieces[self._piece]):
                self._piece, self._offset = self._piece + 1, 0
        self._at += filled
        return filled


def download(stream: Any, *, until: float, clock: Callable[[], float]) -> bytes:
    """Read an answer's body to its end; raise `TookTooLong`, or boto's errors where it is cut."""
    pieces: list[bytes] = []
    try:
        while piece := stream.read(_READ_BYTES):
            pieces.append(piece)
            if clock() > until:
                raise TookTooLong("the object could not be read in its time")
    finally:
        stream.close()
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def digest_of(pieces: Sequence[bytes]) -> bytes:
    """Return the SHA-256 of pieces as one."""
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()
