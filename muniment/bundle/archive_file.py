"""Write a ZIP whose bytes follow from its files alone: stored, no time, no owner, in the order of adding.

Stored, because Deflate gives other bytes with each version of its library; and a flipped bit stays where it was
flipped. ZIP64 records stand only where a number needs them. Nothing is kept in memory: the central directory goes to
a stream of its own and is copied behind the files at the end.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from muniment.bundle import layout

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_COPY_BYTES: Final = 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Place:
    """How far a ZIP is written: what a journal keeps to go on from."""

    files: int = 0
    offset: int = 0
    directory_bytes: int = 0


class StoredZip:
    """Adds files to `out` behind what `place` says is there, and their directory entries to `directory`."""

    def __init__(self, out: BinaryIO, directory: BinaryIO, place: Place | None = None) -> None:
        """Both streams stand where their part of `place` ends."""
        self._out = out
        self._directory = directory
        self.place = place or Place()

    def add(self, name: str, content: bytes) -> None:
        """Add a file that is in memory."""
        self.add_pieces(name, (content,), size=len(content), crc=zlib.crc32(content))

    def add_stream(self, name: str, stream: BinaryIO) -> None:
        """Add a file from a seekable stream, which is read twice from its beginning."""
        size, crc = 0, 0
        for piece in pieces_of(stream):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
        self.add_pieces(name, pieces_of(stream), size=size, crc=crc)

    def add_pieces(self, name: str, pieces: Iterable[bytes], *, size: int, crc: int) -> None:
        """Add a file whose size and CRC-32 are known before its pieces are read."""
        encoded = name.encode("ascii")
        offset = self.place.offset
        header = _local_header(encoded, size, crc)
        self._out.write(header)
        written = 0
        for piece in pieces:
            self._out.write(piece)
            written += len(piece)
        if written != size:
            raise ValueError(f"{name}: {written} bytes came where {size} were announced")
        entry = _central_header(encoded, size, crc, offset)
        self._directory.write(entry)
        self.place = Place(
            files=self.place.files + 1,
            offset=offset + len(header) + size,
            directory_bytes=self.place.directory_bytes + len(entry),
        )

    def finish(self) -> int:
        """Write the directory behind the files, and the end records; return the size of the ZIP in bytes."""
        for piece in pieces_of(self._directory):
            self._out.write(piece)
        end = _end_records(self.place)
        self._out.write(end)
        return self.place.offset + self.place.directory_bytes + len(end)


def pieces_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yield a seekable stream from its beginning."""
    stream.seek(0)
    while piece := stream.read(_COPY_BYTES):
        yield piece


def _local_header(name: bytes, size: int, crc: int) -> bytes:
    large = size >= layout.IN_ZIP64
    extra = struct.pack("<2H2Q", 1, 16, size, size) if large else b""
    shown = layout.IN_ZIP64 if large else size
    version = layout.VERSION_ZIP64 if large else layout.VERSION_PLAIN
    fields = (b"PK\3\4", version, 0, 0, layout.DOS_TIME, layout.DOS_DATE, crc, shown, shown, len(name), len(extra))
    return _LOCAL.pack(*fields) + name + extra


def _central_header(name: bytes, size: int, crc: int, offset: int) -> bytes:
    sizes = struct.pack("<2Q", size, size) if size >= layout.IN_ZIP64 else b""
    values = sizes + (struct.pack("<Q", offset) if offset >= layout.IN_ZIP64 else b"")
    extra = struct.pack("<2H", 1, len(values)) + values if values else b""
    version = layout.VERSION_ZIP64 if values else layout.VERSION_PLAIN
    shown = min(size, layout.IN_ZIP64)
    head = (b"PK\1\2", layout.UNIX << 8 | version, version, 0, 0, layout.DOS_TIME, layout.DOS_DATE, crc, shown, shown)
    tail = (len(name), len(extra), 0, 0, 0, layout.FILE_MODE << 16, min(offset, layout.IN_ZIP64))
    return _CENTRAL.pack(*head, *tail) + name + extra


def _end_records(place: Place) -> bytes:
    files, size, offset = place.files, place.directory_bytes, place.offset
    shown = min(files, layout.MANY_IN_ZIP64)
    end = _END.pack(b"PK\5\6", 0, 0, shown, shown, min(size, layout.IN_ZIP64), min(offset, layout.IN_ZIP64), 0)
    if files < layout.MANY_IN_ZIP64 and max(size, offset) < layout.IN_ZIP64:
        return end
    made_by = layout.UNIX << 8 | layout.VERSION_ZIP64
    record = _END64.pack(b"PK\6\6", _END64.size - 12, made_by, layout.VERSION_ZIP64, 0, 0, files, files, size, offset)
    return record + _LOCATOR.pack(b"PK\6\7", 0, offset + size, 1) + end
