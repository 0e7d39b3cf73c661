"""ZIP attachments, open and locked, and small pictures."""

import struct
import zlib

from demo.letters import Attachment
from demo.writing.mailboxes import zipped

_HEADER = bytes(range(12, 23))  # the random prefix of traditional encryption, fixed here


def zip_of(name: str, files: tuple[Attachment, ...]) -> Attachment:
    """Return a ZIP of other attachments."""
    return Attachment(
        name=name, content_type="application/zip", content=zipped({file.name: file.content for file in files})
    )


def locked_zip(name: str, file: Attachment, password: str) -> Attachment:
    """Return a ZIP of one file under a password (traditional PKWARE encryption, APPNOTE 6.1)."""
    crc = zlib.crc32(file.content)
    secret = _cipher(password.encode("ascii"), _HEADER + bytes([crc >> 24]) + file.content)
    title = file.name.encode("ascii")
    common = struct.pack("<HHHHHIIIHH", 20, 1, 0, 0x6000, 0x5A7F, crc, len(secret), len(file.content), len(title), 0)
    local = b"PK\3\4" + common + title + secret
    central = b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + title
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return Attachment(name=name, content_type="application/zip", content=local + central + end)


def png(name: str, width: int, height: int, colours: tuple[tuple[int, int, int], ...]) -> Attachment:
    """Return a picture of horizontal bands."""
    rows = b"".join(b"\0" + bytes(colours[y * len(colours) // height]) * width for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 0)) + _chunk(b"IEND", b"")
    return Attachment(name=name, content_type="image/png", content=b"\x89PNG\r\n\x1a\n" + body)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _cipher(password: bytes, data: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]
    for byte in password:
        _turn(keys, byte)
    out = bytearray()
    for byte in data:
        mask = (keys[2] | 2) & 0xFFFF
        out.append(byte ^ ((mask * (mask ^ 1)) >> 8 & 0xFF))
        _turn(keys, byte)
    return bytes(out)


def _turn(keys: list[int], byte: int) -> None:
    keys[0] = _crc_step(keys[0], byte)
    keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
    keys[2] = _crc_step(keys[2], keys[1] >> 24)


def _crc_step(crc: int, byte: int) -> int:
    return (zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF) & 0xFFFFFFFF
