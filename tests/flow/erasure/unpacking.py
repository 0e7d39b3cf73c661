"""Bytes of a file → the bytes that are packed inside them, wherever they begin and even where the end is missing.

Known: zstd frames, gzip and zlib streams, entries of ZIP files (by their local headers, so those of a file that was
never finished too), and the store of a Tantivy segment: blocks of LZ4, each after its unpacked length.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

import zstandard

MOST_BYTES = 256 << 20  # unpacked from one place
_ZSTD = b"\x28\xb5\x2f\xfd"
_GZIP = b"\x1f\x8b\x08"
_ZIP = b"PK\x03\x04"
_ZLIB = tuple(bytes([0x78, flags]) for flags in (0x01, 0x5E, 0x9C, 0xDA))
_DEFLATED = 8


def unpacked(content: bytes, *, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield what is packed in a file: how it is packed and where, and the bytes."""
    for at in places(content, _ZSTD):
        yield from _named(f"zstd at {at}", _zstd(content[at:]))
    for at in places(content, _GZIP):
        yield from _named(f"gzip at {at}", _inflate(content[at:], wbits=31))
    for magic in _ZLIB:
        for at in places(content, magic):
            yield from _named(f"zlib at {at}", _inflate(content[at:], wbits=15))
    for at in places(content, _ZIP):
        yield from _named(f"zip at {at}", _zip_entry(content[at:]))
    if name.endswith(".store"):
        for at, block in lz4_blocks(content):
            yield f"lz4 at {at}", block


def places(content: bytes, wanted: bytes) -> Iterator[int]:
    """Yield each offset of some bytes."""
    at = content.find(wanted)
    while at >= 0:
        yield at
        at = content.find(wanted, at + 1)


def lz4_blocks(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the blocks that stand one after another from the start, until what follows is none."""
    at = 0
    while at + 4 < len(content):
        size = int.from_bytes(content[at : at + 4], "little")
        if not 0 < size <= MOST_BYTES:
            return
        try:
            block, end = _lz4(content, at + 4, size)
        except (IndexError, ValueError):
            return
        yield at, block
        at = end


def _named(where: str, found: bytes) -> Iterator[tuple[str, bytes]]:
    if found:
        yield where, found


def _zstd(content: bytes) -> bytes:
    out = b""
    with suppress(zstandard.ZstdError):
        unpacking = zstandard.ZstdDecompressor().decompressobj()
        for start in range(0, len(content), 1 << 16):
            out += unpacking.decompress(content[start : start + (1 << 16)])
            if unpacking.eof or len(out) > MOST_BYTES:
                break
    return out


def _inflate(content: bytes, *, wbits: int) -> bytes:
    unpacking = zlib.decompressobj(wbits)
    out = b""
    with suppress(zlib.error):
        for start in range(0, len(content), 1 << 16):
            out += unpacking.decompress(content[start : start + (1 << 16)])
            if unpacking.eof or len(out) > MOST_BYTES:
                break
    return out


def _zip_entry(content: bytes) -> bytes:
    with suppress(struct.error):
        (method,) = struct.unpack_from("<H", content, 8)
        name, extra = struct.unpack_from("<HH", content, 26)
        if method == _DEFLATED:
            return _inflate(content[30 + name + extra :], wbits=-15)
    return b""


def _lz4(content: bytes, at: int, size: int) -> tuple[bytes, int]:
    """Return one unpacked block and where it ends (the LZ4 block format: literals, then a copy of what came before)."""
    out = bytearray()
    while True:
        token = content[at]
        literals, at = _length(token >> 4, content, at + 1)
        if at + literals > len(content):
            raise ValueError
        out += content[at : at + literals]
        at += literals
        if len(out) == size:
            return bytes(out), at
        back = int.from_bytes(content[at : at + 2], "little")
        copied, at = _length(token & 15, content, at + 2)
        if not 0 < back <= len(out) or len(out) + copied + 4 > size:
            raise ValueError
        for _ in range(copied + 4):
            out.append(out[-back])


def _length(nibble: int, content: bytes, at: int) -> tuple[int, int]:
    if nibble < 15:
        return nibble, at
    while True:
        more, at = content[at], at + 1
        nibble += more
        if more < 255:
            return nibble, at
