"""The message inside an opaque S/MIME signature (RFC 8551 section 3.5.2): signed, not encrypted, so it can be read.

    ContentInfo SEQUENCE { OID signedData, [0] SEQUENCE { INTEGER, SET digests,
        SEQUENCE { OID data, [0] OCTET STRING content }, … } }          RFC 5652 sections 3 and 5.1

Lengths may be indefinite and the octet string come in pieces (BER), as signers that stream write it. The signature is
not verified: that is no matter of search.
"""

from typing import Final

from muniment.extract.model import Outcome
from muniment.extract.reading import Item, Reading, Stop

_END: Final = 0x00  # closes a value of indefinite length
_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_INTEGER: Final = 0x02
_OID: Final = 0x06
_EXPLICIT: Final = 0xA0
_OCTETS: Final = 0x04
_OCTETS_IN_PIECES: Final = 0x24
_INDEFINITE: Final = 0x80
_MAX_LENGTH_BYTES: Final = 8
# The way to the content: what is entered, and what is stepped over.
_WAY: Final = (
    (_SEQUENCE, True),
    (_OID, False),
    (_EXPLICIT, True),
    (_SEQUENCE, True),
    (_INTEGER, False),
    (_SET, False),
    (_SEQUENCE, True),
    (_OID, False),
    (_EXPLICIT, True),
)


class _Malformed(Exception):
    """The bytes are not the structure above."""


def read_signed(item: Item, reading: Reading) -> str:
    """Read what a signature encloses by the same rules. Raises Stop (UNSUPPORTED) when it encloses nothing."""
    try:
        content = signed_content(item.content)
    except _Malformed as error:
        raise Stop(Outcome.CORRUPT, "S/MIME signed message that is broken.") from error
    if content is None:
        raise Stop(Outcome.UNSUPPORTED, "S/MIME signature.")
    reading.open_member()
    reading.unpack(len(content))
    verdict = reading.dive(Item(content=content, content_type="message/rfc822"))
    if verdict.outcome not in {Outcome.TEXT, Outcome.EMPTY}:
        raise Stop(verdict.outcome, verdict.detail)
    return verdict.detail


def signed_content(data: bytes) -> bytes | None:
    """Return the enclosed bytes, or None when the signature stands alone. Raises _Malformed."""
    at = 0
    end: int | None = None  # of the innermost sequence entered, where its length is given
    for expected, enter in _WAY:
        tag, start, length = _header(data, at)
        if expected == _EXPLICIT and (at == end or tag == _END):
            return None
        if tag != expected:
            raise _Malformed
        if enter:
            end = None if length is None else start + length
        at = start if enter else _after(start, length)
    tag, start, length = _header(data, at)
    if tag == _OCTETS:
        return data[start : _after(start, length)]
    if tag != _OCTETS_IN_PIECES:
        raise _Malformed
    return _joined(data, start, None if length is None else start + length)


def _joined(data: bytes, at: int, end: int | None) -> bytes:
    pieces: list[bytes] = []
    while end is None or at < end:
        tag, start, length = _header(data, at)
        if tag != _OCTETS:
            break
        at = _after(start, length)
        pieces.append(data[start:at])
    return b"".join(pieces)


def _header(data: bytes, at: int) -> tuple[int, int, int | None]:
    """Return tag, start of the value and its length, None for an indefinite one."""
    if at + 2 > len(data):
        raise _Malformed
    tag, first = data[at], data[at + 1]
    at += 2
    if first < _INDEFINITE:
        return tag, at, first
    if first == _INDEFINITE:
        return tag, at, None
    size = first - _INDEFINITE
    if size > _MAX_LENGTH_BYTES or at + size > len(data):
        raise _Malformed
    return tag, at + size, int.from_bytes(data[at : at + size])


def _after(start: int, length: int | None) -> int:
    if length is None:
        raise _Malformed
    return start + length
