"""Containers: ZIP, tar and compressed files, opened in memory and within the reading's budgets.

Nothing is written to disk and no member's name is used as a path.
"""

import bz2
import lzma
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Final, Protocol

from muniment.extract.model import Outcome
from muniment.extract.reading import MIB, Exhausted, Item, Reading, Stop

MAX_DIRECTORY_ENTRIES: Final = 100_000  # zipfile loads the whole directory; each entry costs about 1 KB
_DIRECTORY_SIGNATURE: Final = b"PK\x01\x02"  # APPNOTE.TXT 4.3.12
_FIRST_MEMBER: Final = b"PK\x03\x04"  # APPNOTE.TXT 4.3.7, the flags at 6
_FLAGS_AT: Final = 6
_ENCRYPTED_FLAG: Final = 0x1  # APPNOTE.TXT 4.4.4, bit 0
# LZMA is left out: its dictionary, up to 4 GiB, is chosen by the sender.
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2})
_CHUNK_BYTES: Final = 64 * 1024
_XZ_MEMORY_BYTES: Final = 100 * MIB  # what `xz -9` needs is 65 MiB
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)
# When no member gave text, the reason a person most needs to know comes first.
_REASONS: Final = (
    Outcome.ENCRYPTED,
    Outcome.TOO_DEEP,
    Outcome.TOO_LARGE,
    Outcome.CORRUPT,
    Outcome.FAILED,
    Outcome.UNSUPPORTED,
)


class _Decompressor(Protocol):
    """What bz2 and lzma share."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def open_zip(content: bytes) -> zipfile.ZipFile:
    """Open a ZIP archive. Raises Stop when it is broken or its directory is too large."""
    if content.count(_DIRECTORY_SIGNATURE) > MAX_DIRECTORY_ENTRIES:
        raise Stop(Outcome.TOO_LARGE, f"The ZIP directory lists more than {MAX_DIRECTORY_ENTRIES:,} files.")
    try:
        return zipfile.ZipFile(BytesIO(content))
    except _BROKEN as error:
        if content.startswith(_FIRST_MEMBER) and content[_FLAGS_AT : _FLAGS_AT + 1] and content[_FLAGS_AT] & 1:
            raise Stop(Outcome.ENCRYPTED, "ZIP archive with a password, cut short.") from error
        raise Stop(Outcome.CORRUPT, "The ZIP archive is broken or cut short.") from error


def member_chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, reading: Reading) -> Iterator[bytes]:
    """Yield a member's content. Raises Stop (CORRUPT, ENCRYPTED, UNSUPPORTED) or Exhausted."""
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise Stop(Outcome.ENCRYPTED, "It needs a password.")
    if info.compress_type not in _METHODS:
        raise Stop(Outcome.UNSUPPORTED, f"ZIP compression method {info.compress_type} is not read.")
    reading.open_member()
    size = 0
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                reading.unpack(len(chunk))
                size += len(chunk)
                _check_ratio(size, info.compress_size, reading)
                yield chunk
    except _BROKEN as error:
        raise Stop(Outcome.CORRUPT, "A file inside is broken.") from error


def _check_ratio(unpacked: int, packed: int, reading: Reading) -> None:
    limits = reading.limits
    if unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * max(packed, 1):
        raise Exhausted(
            Outcome.TOO_LARGE, f"It unpacks to more than {limits.ratio} times its size, as a decompression bomb does."
        )


def read_zip_members(archive: zipfile.ZipFile, reading: Reading) -> str:
    """Read every file of a ZIP by the same rules; return the detail. Raises Stop when nothing could be read."""
    before = Counter(reading.members)
    for info in archive.infolist():
        if info.is_dir():
            continue
        reading.add(info.filename + "\n")
        try:
            content = b"".join(member_chunks(archive, info, reading))
        except Exhausted:
            raise
        except Stop as stop:
            reading.members[stop.outcome] += 1
            continue
        reading.dive(Item(content=content, filename=info.filename))
        reading.add("\n")
    return conclude(reading.members - before)


def conclude(members: Counter[Outcome]) -> str:
    """Return a container's detail, given how its members went. Raises Stop when limits cut it or nothing was read."""
    unread = {outcome: members[outcome] for outcome in _REASONS if members[outcome]}
    detail = ", ".join(f"{count} {outcome}" for outcome, count in unread.items())
    detail = f"Files inside that are not searched: {detail}." if detail else ""
    cut = next((outcome for outcome in (Outcome.TOO_DEEP, Outcome.TOO_LARGE) if outcome in unread), None)
    if cut is not None:
        raise Stop(cut, detail)
    if unread and not members[Outcome.TEXT]:
        raise Stop(next(iter(unread)), detail)
    return detail


def read_tar(content: bytes, reading: Reading) -> str:
    """Read every regular file of a tar archive; return the detail."""
    before = Counter(reading.members)
    try:
        with tarfile.open(fileobj=BytesIO(content), mode="r:") as archive:
            for info in archive:
                if not info.isreg():
                    continue
                reading.open_member()
                reading.unpack(info.size)
                reading.add(info.name + "\n")
                stream = archive.extractfile(info)
                reading.dive(Item(content=stream.read() if stream else b"", filename=info.name))
                reading.add("\n")
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise Stop(Outcome.CORRUPT, "The tar archive is broken or cut short.") from error
    return conclude(reading.members - before)


def read_gzip(item: Item, reading: Reading) -> str:
    """Read what a gzip file holds."""
    unpacker = zlib.decompressobj(wbits=31)
    return _read_compressed(item, reading, _Zlib(unpacker))


def read_bzip2(item: Item, reading: Reading) -> str:
    """Read what a bzip2 file holds."""
    return _read_compressed(item, reading, bz2.BZ2Decompressor())


def read_xz(item: Item, reading: Reading) -> str:
    """Read what an xz file holds."""
    return _read_compressed(item, reading, lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES))


class _Zlib:
    """zlib's decompressor with the interface of the others."""

    def __init__(self, unpacker: "zlib._Decompress") -> None:
        self._unpacker = unpacker

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    @property
    def unused_data(self) -> bytes:
        return self._unpacker.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._unpacker.decompress(self._unpacker.unconsumed_tail + data, max(max_length, 0))


def _read_compressed(item: Item, reading: Reading, unpacker: _Decompressor) -> str:
    reading.open_member()
    pieces: list[bytes] = []
    size = 0
    data = item.content
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(data, MIB)
            if not piece and not data:
                break
            data = b""
            reading.unpack(len(piece))
            size += len(piece)
            _check_ratio(size, len(item.content), reading)
            pieces.append(piece)
    except (*_BROKEN, lzma.LZMAError) as error:
        raise Stop(Outcome.CORRUPT, "The compressed file is broken.") from error
    verdict = reading.dive(Item(content=b"".join(pieces), filename=_inner_name(item.filename)))
    if verdict.outcome not in (Outcome.TEXT, Outcome.EMPTY):
        raise Stop(verdict.outcome, verdict.detail)
    if not unpacker.eof:
        raise Stop(Outcome.CORRUPT, "The compressed file is cut short.")
    return verdict.detail


def _inner_name(filename: str) -> str:
    stem, dot, suffix = filename.rpartition(".")
    if not dot:
        return filename
    return stem + ".tar" if suffix.lower() in {"tgz", "tbz", "tbz2", "txz"} else stem
