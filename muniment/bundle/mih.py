"""EDRM Message Identification Hash 1.0: MD5 of the Message-ID, to match copies of a message across products.

It matches; it proves nothing and suppresses nothing. Published implementations differ in whether the angle brackets
are hashed, so both values are given. Letters are upper case. A message without Message-ID has none.
"""

import re
from dataclasses import dataclass
from hashlib import md5
from typing import Final

HEADER_BYTES: Final = 1024 * 1024  # of a message, in which its Message-ID is looked for
_FIELD: Final = re.compile(rb"(?i)message-id[ \t]*:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mih:
    """`bracketed` hashes `<left@right>`, `bare` hashes `left@right`."""

    bracketed: str
    bare: str


def mih_of(message_id: bytes) -> Mih:
    """Return the hashes of a Message-ID, given with or without angle brackets."""
    bare = message_id.strip().removeprefix(b"<").partition(b">")[0].strip()
    return Mih(bracketed=_md5(b"<" + bare + b">"), bare=_md5(bare))


def message_id_of(beginning: bytes) -> bytes:
    """Return the first Message-ID field's value up to the first `>`, unfolded; b"" where there is none.

    `beginning` is the first `HEADER_BYTES` of the message as received. Linear in its length; never raises.
    """
    lines = beginning[:HEADER_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n").partition(b"\n\n")[0].split(b"\n")
    value: list[bytes] = []
    for line in lines:
        if value and line[:1] in {b" ", b"\t"}:
            value.append(line)
        elif value:
            break
        elif found := _FIELD.match(line):
            value.append(line[found.end() :])
    inside, bracket, _ = b"".join(value).strip(b" \t").partition(b">")
    return (inside[max(0, inside.find(b"<")) :] + bracket).strip()


def mih_in(beginning: bytes) -> Mih | None:
    """Return the hashes of the message that begins so, or None where it has no Message-ID."""
    message_id = message_id_of(beginning)
    return mih_of(message_id) if message_id.strip(b"<> ") else None


def _md5(value: bytes) -> str:
    return md5(value, usedforsecurity=False).hexdigest().upper()
