"""Unpack gzip, bzip2, xz and zstd as streams, under a budget that stops a decompression bomb."""

import bz2
import gzip
import lzma
import tempfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

import zstandard

from muniment.mail.mailboxes.model import Limits
from muniment.mail.mailboxes.sniff import Kind

_COPY_BYTES = 256 * 1024
_ZSTD_WINDOW_BYTES = 1 << 27  # what `zstd --long` writes; more memory than this is not given to a file
_XZ_MEMORY_BYTES = 256 * 1024 * 1024
SUFFIXES = {Kind.GZIP: (b".gz", b".z"), Kind.BZIP2: (b".bz2",), Kind.XZ: (b".xz", b".lzma"), Kind.ZSTD: (b".zst",)}
_TAR_SUFFIXES = {b".tgz": b".tar", b".tbz": b".tar", b".tbz2": b".tar", b".txz": b".tar", b".tzst": b".tar"}

# What Python's and zstandard's decompressors raise on bytes that are cut short, damaged or not theirs.
DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError, ValueError)


class TooMuch(Exception):
    """The budget of one archive is spent. The message is the sentence for the refusal."""


class Readable(Protocol):
    """What can be read forward."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; b"" at the end."""
        ...


class Budget:
    """How much may still be unpacked from one archive, all its levels together."""

    def __init__(self, *, packed_bytes: int, limits: Limits) -> None:
        by_ratio = max(limits.unpack_floor_bytes, packed_bytes * limits.unpack_ratio)
        self._limit = min(by_ratio, limits.unpack_bytes)
        self._left = self._limit
        self._members_limit = self._members_left = limits.members

    def take(self, size_bytes: int) -> None:
        self._left -= size_bytes
        if self._left < 0:
            msg = f"It unpacks to more than {self._limit:,} bytes, as a decompression bomb does."
            raise TooMuch(msg)

    def take_member(self) -> None:
        self._members_left -= 1
        if self._members_left < 0:
            msg = f"It holds more than {self._members_limit:,} files."
            raise TooMuch(msg)


class Bounded:
    """A stream whose every byte is taken from a budget."""

    def __init__(self, stream: Readable, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, or raise TooMuch."""
        data = self._stream.read(size)
        self._budget.take(len(data))
        return data


def unpacked(file: BinaryIO, kind: Kind) -> Readable:
    """Return the unpacked stream of a compressed file. Reading it may raise any of DAMAGED."""
    if kind is Kind.GZIP:
        return cast("Readable", gzip.GzipFile(fileobj=file))
    if kind is Kind.BZIP2:
        return bz2.BZ2File(file)
    if kind is Kind.XZ:
        return _Xz(file)
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    return cast("Readable", decompressor.stream_reader(file, read_across_frames=True))


def inner_name(name: bytes, kind: Kind) -> bytes:
    """Return what a compressed file is called when unpacked: "all.mbox.gz" holds "all.mbox"."""
    lower = name.lower()
    for suffix, instead in _TAR_SUFFIXES.items():
        if lower.endswith(suffix):
            return name[: -len(suffix)] + instead
    suffix = next((suffix for suffix in SUFFIXES[kind] if lower.endswith(suffix)), b"")
    return (name[: -len(suffix)] if suffix else name) or name


def spool(head: bytes, stream: Readable, *, limits: Limits, folder: Path | None) -> tuple[IO[bytes], int]:
    """Copy a stream to memory, or to a temporary file without a name when it is large. Return it with its size."""
    file = tempfile.SpooledTemporaryFile(max_size=limits.spool_memory_bytes, dir=str(folder) if folder else None)  # noqa: SIM115 - the caller's
    try:
        file.write(head)
        size = len(head)
        while chunk := stream.read(_COPY_BYTES):
            file.write(chunk)
            size += len(chunk)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return cast("IO[bytes]", file), size


def read_up_to(stream: Readable, size: int) -> bytes:
    """Read until `size` bytes are there or the stream ends; a single read may return fewer."""
    out = BytesIO()  # it grows in its place, and what it holds is handed over without a copy
    while size > 0 and (chunk := stream.read(min(size, _COPY_BYTES))):
        out.write(chunk)
        size -= len(chunk)
    return out.getvalue()


class _Xz:
    """xz with a bound on the dictionary, which lzma.LZMAFile cannot set. Concatenated streams are read as one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES)
        self._ended = False

    def read(self, size: int, /) -> bytes:
        while not self._ended:
            pending = b""
            if self._decoder.eof:
                pending = self._decoder.unused_data or self._file.read(_COPY_BYTES)
                if not pending.strip(b"\0"):  # padding between streams and at the end
                    self._ended = True
                    break
                self._decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES)
            elif self._decoder.needs_input:
                pending = self._file.read(_COPY_BYTES)
                if not pending:
                    msg = "cut short"
                    raise EOFError(msg)
            data = self._decoder.decompress(pending, size)
            if data:
                return data
        return b""
