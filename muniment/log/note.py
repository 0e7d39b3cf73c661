"""Signed notes (C2SP signed-note): a text, a blank line, and signature lines; Ed25519 alone.

<text, ends in a line end>
<empty line>
— <key name> base64( key id, 4 bytes ‖ Ed25519 signature of the text, 64 bytes )

key id = SHA-256(key name ‖ 0A ‖ 01 ‖ public key)[:4]
verifier key, as text = <key name>+<key id, 8 hex digits>+base64(01 ‖ public key)
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from muniment.errors import Corrupt, Refused

KEY_BYTES: Final = 32  # RFC 8032 section 5.1.5, of both seed and public key
MAX_NOTE_BYTES: Final = 1_000_000  # as golang.org/x/mod/sumdb/note
MAX_SIGNATURES: Final = 100  # C2SP signed-note asks for at least 16; golang.org/x/mod/sumdb/note takes 100
_ED25519: Final = b"\x01"
_KEY_ID_BYTES: Final = 4
_SIGNATURE_PREFIX: Final = "— "
_SPACE: Final = 0x20


class NoteCorrupt(Corrupt):
    """A note is malformed, or carries no good signature of a key that is trusted."""


class BadNoteKey(Refused):
    """A key name or an encoded key cannot be used."""


@dataclass(frozen=True, slots=True)
class NoteVerifier:
    """A key whose signatures are trusted."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not self.name or "+" in self.name or any(char.isspace() or ord(char) < _SPACE for char in self.name):
            raise BadNoteKey(f"{self.name!r} is no key name: not empty, and no space, control character or '+'")
        if len(self.public_key) != KEY_BYTES:
            raise BadNoteKey(f"a public key of {self.name} has {len(self.public_key)} bytes; it must have {KEY_BYTES}")

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:_KEY_ID_BYTES]

    def encode(self) -> str:
        """Return the key as text, as other clients of signed notes take it."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(_ED25519 + self.public_key)}"

    @classmethod
    def decode(cls, text: str) -> Self:
        """Return the key that a text holds; raise `BadNoteKey`."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            key = from_base64(encoded)
            Ed25519PublicKey.from_public_bytes(key[1:])
        except ValueError as error:
            raise BadNoteKey(f"{text!r} holds no Ed25519 key: expected name+id+base64") from error
        verifier = cls(name, key[1:])
        if key[:1] != _ED25519 or verifier.key_id.hex() != key_id:
            raise BadNoteKey(f"{text!r}: its id does not belong to its name and key, or it is not an Ed25519 key")
        return verifier

    def accepts(self, text: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text)
        except InvalidSignature:
            return False
        return True


class NoteSigner:
    """A key that signs notes. The same text gives the same note: Ed25519 uses no randomness."""

    def __init__(self, name: str, *, seed: bytes) -> None:
        """Take a key name and the 32 secret random bytes of an Ed25519 private key."""
        if len(seed) != KEY_BYTES:
            raise BadNoteKey(f"the seed of a log key has {len(seed)} bytes; it must have {KEY_BYTES}")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = NoteVerifier(name, self._private.public_key().public_bytes_raw())

    def sign(self, text: str) -> bytes:
        """Return the signed note of a text, which ends in a line end."""
        signature = self.verifier.key_id + self._private.sign(text.encode())
        return f"{text}\n{_SIGNATURE_PREFIX}{self.verifier.name} {_base64(signature)}\n".encode()


def open_note(data: bytes, verifiers: Sequence[NoteVerifier]) -> str:
    """Return the text of a note that at least one of the verifiers signed; raise `NoteCorrupt`.

    Signatures of unknown keys are passed over; a bad signature of a known key condemns the note
    (C2SP signed-note, "Signatures").
    """
    text, lines = _split(data)
    good = 0
    for line in lines:
        name, key_id, signature = _signature(line)
        for verifier in verifiers:
            if verifier.name == name and verifier.key_id == key_id:
                if not verifier.accepts(text.encode(), signature):
                    raise NoteCorrupt(f"the signature of {name} does not match the note")
                good += 1
    if not good:
        raise NoteCorrupt(f"no trusted key ({', '.join(known.name for known in verifiers)}) signed the note")
    return text


def _split(data: bytes) -> tuple[str, list[str]]:
    try:
        whole = data.decode() if len(data) <= MAX_NOTE_BYTES else ""
    except UnicodeDecodeError as error:
        raise NoteCorrupt("a note is not UTF-8") from error
    if any(ord(char) < _SPACE and char != "\n" for char in whole):
        raise NoteCorrupt("a note holds control characters")
    text, blank, signatures = whole.rpartition("\n\n")
    lines = signatures.split("\n")
    if not blank or lines[-1] or not 1 < len(lines) <= MAX_SIGNATURES + 1:
        raise NoteCorrupt(
            f"{len(data)} bytes are no signed note: a text, an empty line and signature lines are expected"
        )
    return text + "\n", lines[:-1]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_SIGNATURE_PREFIX).partition(" ")
    try:
        found = from_base64(encoded)
    except ValueError as error:
        raise NoteCorrupt("a signature line of a note is malformed") from error
    if not line.startswith(_SIGNATURE_PREFIX) or not name or len(found) <= _KEY_ID_BYTES:
        raise NoteCorrupt("a signature line of a note is malformed")
    return name, found[:_KEY_ID_BYTES], found[_KEY_ID_BYTES:]


def from_base64(text: str) -> bytes:
    """Return the bytes that a text spells; raise `ValueError` unless it is their only spelling.

    The last character before the padding has two or four bits that stand for nothing (RFC 4648 section 3.5).
    Where they may be set, a text can be changed and none of its signatures notices.
    """
    data = base64.b64decode(text, validate=True)
    if _base64(data) != text:
        raise ValueError(f"{text!r} is not the base64 of {len(data)} bytes as RFC 4648 section 3.5 wants it")
    return data


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
