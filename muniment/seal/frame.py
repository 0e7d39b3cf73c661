"""One sealed sighting: nonce ‖ AES-256-GCM( zstd( CBOR header ‖ CBOR recipe ) ). `docs/format.md` fixes it."""

import io
from hashlib import sha256
from typing import Final

import cbor2
import zstandard
from cryptography.exceptions import InvalidTag
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
    head = header.encode(sighting, salt)
    prefix = _literal_prefix(len(sighting.raw))
    size = len(head) + len(prefix) + len(sighting.raw)
    packer = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL).compressobj(size=size)
    packed = b"".join((packer.compress(head), packer.compress(prefix), packer.compress(sighting.raw), packer.flush()))
    sealed = AESGCM(key).encrypt(nonce, packed, _associated(sighting.id))
    return nonce + sealed, commitment_of(salt, sighting.raw)


def open_frame(
    frame: bytes, *, key: bytes, sighting_id: SightingId, raw_bytes: int, commitment: bytes
) -> tuple[Sighting, bytes]:
    """Decrypt a frame, rebuild raw, check it against its commitment; return the sighting and its salt.

    Raises `FrameCorrupt`.
    """
    try:
        packed = AESGCM(key).decrypt(frame[:NONCE_BYTES], frame[NONCE_BYTES:], _associated(sighting_id))
    except (InvalidTag, ValueError) as error:
        raise FrameCorrupt(f"sighting {sighting_id}: the frame does not decrypt with its key") from error
    plain = _unpack(packed, limit=raw_bytes + MAX_HEADER_BYTES, sighting_id=sighting_id)
    try:
        decoder = cbor2.CBORDecoder(io.BytesIO(plain))
        head, recipe = decoder.decode(), decoder.decode()
    except (cbor2.CBORDecodeError, EOFError, RecursionError) as error:
        raise FrameCorrupt(f"sighting {sighting_id}: the frame holds no header and recipe") from error
    raw = _follow(recipe, sighting_id)
    sighting, salt = header.decode(head, raw)
    if sighting.id != sighting_id or len(raw) != raw_bytes or commitment_of(salt, raw) != commitment:
        raise FrameCorrupt(f"sighting {sighting_id}: the bytes do not match their commitment")
    return sighting, salt


def _associated(sighting_id: SightingId) -> bytes:
    return VERSION.to_bytes(2) + sighting_id.bytes


def _literal_prefix(length: int) -> bytes:
    """Return the CBOR head of a recipe that is one byte string of `length` bytes."""
    one = cbor2.dumps([b""], canonical=True)[:1]
    if length < 24:  # noqa: PLR2004 - RFC 8949 section 3: the lengths' encodings
        return one + bytes((0x40 | length,))
    for code, size in ((0x58, 1), (0x59, 2), (0x5A, 4), (0x5B, 8)):
        if length < 1 << (8 * size):
            return one + bytes((code,)) + length.to_bytes(size)
    raise ValueError(length)


def _unpack(packed: bytes, *, limit: int, sighting_id: SightingId) -> bytes:
    try:
        size = zstandard.frame_content_size(packed)
        if not 0 <= size <= limit:
            raise FrameCorrupt(f"sighting {sighting_id}: the frame claims to unpack to {size} bytes")
        return zstandard.ZstdDecompressor().decompress(packed)
    except zstandard.ZstdError as error:
        raise FrameCorrupt(f"sighting {sighting_id}: the frame does not unpack") from error


def _follow(recipe: object, sighting_id: SightingId) -> bytes:
    if not isinstance(recipe, list) or not all(isinstance(item, bytes) for item in recipe):
        raise FrameCorrupt(f"sighting {sighting_id}: the recipe has an item that version {VERSION} does not know")
    return recipe[0] if len(recipe) == 1 else b"".join(recipe)
