"""One sealed sighting: nonce ‖ AES-256-GCM( zstd( CBOR header ‖ CBOR recipe ) ). `docs/format.md` fixes it."""

import threading
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

import cbor2
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.errors import Corrupt
from muniment.ids import SightingId
from muniment.seal import header
from muniment.seal.sighting import Sighting

VERSION: Final = 1
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
KEY_BYTES: Final = 32
COMPRESSION_LEVEL: Final = 3  # zstd; 1 saves a third of 50 us on 8 KiB, 9 costs three times as much: our measurement
MAX_HEADER_BYTES: Final = 64 * 1024 * 1024  # 100,000 recipients of 320 octets with their parameters
PIECE_BYTES: Final = 1024 * 1024  # a large raw is sealed piece by piece: its packed form never stands whole in memory


class _Codecs(threading.local):
    """One compressor and one decompressor a thread: making one costs 250 us, five times an 8 KiB message."""

    def __init__(self) -> None:
        self.packer = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL)
        self.unpacker = zstandard.ZstdDecompressor()


_codecs: Final = _Codecs()

# RFC 8949 section 3: major types, the first number that stands in a byte of its own, and the most bytes of a number.
_BYTE_STRING: Final = 2
_ARRAY: Final = 4
_ONE_BYTE: Final = 24
_WIDEST: Final = 8


class FrameCorrupt(Corrupt):
    """A frame does not open, or opens to other bytes than were sealed."""


def commitment_of(salt: bytes, raw: bytes) -> bytes:
    """Return SHA-256(salt ‖ raw)."""
    digest = sha256(salt)
    digest.update(raw)
    return digest.digest()


def seal(sighting: Sighting, *, key: bytes, salt: bytes, nonce: bytes) -> tuple[bytes, bytes]:
    """Return the frame of a sighting and its commitment.

    `key` is 32 bytes and used for this frame alone, `salt` 32, `nonce` 12: all random.
    """
    encryptor = Cipher(algorithms.AES(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(_associated(sighting.id))
    out = BytesIO(nonce)  # it grows in its place, and what it holds is handed over without a copy
    out.seek(len(nonce))
    for packed in _packed(header.encode(sighting, salt), sighting.raw):
        out.write(encryptor.update(packed))
    out.write(encryptor.finalize())
    out.write(encryptor.tag)
    return out.getvalue(), commitment_of(salt, sighting.raw)


def decrypt(frame: bytes | memoryview, *, key: bytes, sighting_id: SightingId) -> bytes:
    """Return what a frame holds, still packed; raise `FrameCorrupt`. Nothing unproved is ever unpacked."""
    try:
        return AESGCM(key).decrypt(frame[:NONCE_BYTES], frame[NONCE_BYTES:], _associated(sighting_id))
    except (InvalidTag, ValueError) as error:
        raise FrameCorrupt(f"sighting {sighting_id}: the frame does not decrypt with its key") from error


def unpack(packed: bytes, *, sighting_id: SightingId, raw_bytes: int, commitment: bytes) -> tuple[Sighting, bytes]:
    """Rebuild raw from a decrypted frame and check it against its commitment; return the sighting and its salt.

    Raises `FrameCorrupt`.
    """
    try:
        head, raw = _unpacked(packed, limit=raw_bytes + MAX_HEADER_BYTES)
    except (zstandard.ZstdError, cbor2.CBORDecodeError, EOFError, RecursionError) as error:
        raise FrameCorrupt(f"sighting {sighting_id}: the frame holds no header and recipe ({error})") from error
    sighting, salt = header.decode(head, raw)
    if sighting.id != sighting_id or len(raw) != raw_bytes or commitment_of(salt, raw) != commitment:
        raise FrameCorrupt(f"sighting {sighting_id}: the bytes do not match their commitment")
    return sighting, salt


def _packed(head: bytes, raw: bytes) -> Iterator[bytes]:
    """Yield the compressed plaintext of a frame."""
    prefix = _literal_prefix(len(raw))
    packer = _codecs.packer.compressobj(size=len(head) + len(prefix) + len(raw))
    yield packer.compress(head + prefix)
    view = memoryview(raw)
    for start in range(0, len(raw), PIECE_BYTES):
        yield packer.compress(view[start : start + PIECE_BYTES])
    yield packer.flush()


def _associated(sighting_id: SightingId) -> bytes:
    return VERSION.to_bytes(2) + sighting_id.bytes


def _literal_prefix(length: int) -> bytes:
    """Return the CBOR head of a recipe that is one byte string of `length` bytes."""
    one = cbor2.dumps([b""], canonical=True)[:1]
    if length < _ONE_BYTE:
        return one + bytes((0x40 | length,))
    for code, size in ((0x58, 1), (0x59, 2), (0x5A, 4), (0x5B, 8)):
        if length < 1 << (8 * size):
            return one + bytes((code,)) + length.to_bytes(size)
    raise ValueError(length)


def _unpacked(packed: bytes, *, limit: int) -> tuple[Any, bytes]:
    """Return the decoded header and raw. Raw is unpacked straight into its place, never copied."""
    size = zstandard.frame_content_size(packed)
    if not 0 <= size <= limit:
        raise zstandard.ZstdError(f"it claims to unpack to {size} bytes")
    reader = _codecs.unpacker.stream_reader(packed)
    head = cbor2.CBORDecoder(reader).decode()
    literals = [_literal(reader, size) for _ in range(_head(reader, _ARRAY))]
    return head, literals[0] if len(literals) == 1 else b"".join(literals)


def _literal(reader: zstandard.ZstdDecompressionReader, limit: int) -> bytes:
    length = _head(reader, _BYTE_STRING)
    data = reader.read(length) if 0 < length <= limit else b""
    if len(data) != length:
        raise EOFError("the recipe is cut short")
    return data


def _head(reader: zstandard.ZstdDecompressionReader, kind: int) -> int:
    """Return the number in the head of the next CBOR item (RFC 8949 section 3), which must be of this major type."""
    first = reader.read(1)
    if not first or first[0] >> 5 != kind:
        raise EOFError(f"the recipe has an item that version {VERSION} does not know")
    number = first[0] & 0x1F
    if number < _ONE_BYTE:
        return number
    width = 1 << (number - _ONE_BYTE)
    found = reader.read(width) if width <= _WIDEST else b""
    if len(found) != width:
        raise EOFError(f"the recipe has an item that version {VERSION} does not know")
    return int.from_bytes(found)
