"""Content-transfer-encodings: decode what decodes, and say when it was not whole (RFC 2045 section 6)."""

import re
from binascii import Error as BinasciiError
from binascii import a2b_base64, a2b_qp, a2b_uu
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

MAX_INLINE_FILES: Final = 100  # uuencoded blocks of one text; our choice

IDENTITY: Final = frozenset({"", "7bit", "8bit", "binary"})
_UU_NAMES: Final = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
_TOKEN: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ALIASES: Final = {
    "7-bit": "7bit", "8-bit": "8bit", "quotedprintable": "quoted-printable", "qp": "quoted-printable",
    "quoted_printable": "quoted-printable", "base-64": "base64", "b64": "base64", "x-base64": "base64",
    "7bits": "7bit", "8bits": "8bit", "x-quoted-printable": "quoted-printable", "none": "7bit",
}  # fmt: skip

_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_SPACE: Final = b" \t\r\n"
_PADDED: Final = re.compile(rb"=+[=\s]*")
_QP_SPACE: Final = re.compile(rb"=[ \t]+(?=\r?\n)")
_QP_BAD: Final = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r?\n|\Z)")
_UU_BEGIN: Final = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_UU_END: Final = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE)
_UU_MAX_LINE: Final = 80


def name_of(value: str) -> str:
    """Return the encoding that a Content-Transfer-Encoding value names: lower-cased, well-known slips mended."""
    match = _TOKEN.search(value.lower())
    if not match:
        return ""
    return _ALIASES.get(match.group(), match.group())


def decode(data: bytes, encoding: str, start: int = 0, end: int | None = None) -> tuple[bytes, bool]:
    """Decode `data[start:end]`; return the bytes and whether all of it decoded.

    An unknown encoding leaves the bytes alone.
    """
    if encoding == "base64":
        return decode_base64(data, start, end)
    data = data[start:end]
    if encoding in IDENTITY:
        return data, True
    if encoding == "quoted-printable":
        if b"= " in data or b"=\t" in data:
            data = _QP_SPACE.sub(b"=", data)
        return a2b_qp(data), _QP_BAD.search(data) is None
    if encoding in _UU_NAMES:
        begin = _UU_BEGIN.search(data)
        if begin:
            return _decode_uu(data, begin.end(), _end_of_uu(data, begin.end()))
    return data, False


def decode_base64(data: bytes, start: int = 0, end: int | None = None) -> tuple[bytes, bool]:
    """Decode `data[start:end]` as base64 with what wild senders add.

    That is: foreign characters, padding in the middle, a footer after the end.
    """
    end = len(data) if end is None else end
    whole = not any(piece.translate(None, _BASE64 + _SPACE + b"=") for piece in _pieces(data, start, end))
    if not whole:
        data = _without_prose(data[start:end])
        start, end = 0, len(data)
    padding = data.find(b"=", start, end)
    if padding < 0 or not data[padding:end].strip(b"= \t\r\n"):
        decoded, good = _quanta(data, start, end)
        return decoded, whole and good
    # Some senders encode piece by piece, each with its own padding.
    pieces = [_quanta(piece, 0, len(piece)) for piece in _PADDED.split(data[start:end])]
    return b"".join(piece for piece, _ in pieces), whole and all(good for _, good in pieces)


def _quanta(data: bytes, start: int, end: int) -> tuple[bytes, bool]:
    out = BytesIO()
    digits = b""  # the first of a quantum whose others follow
    for piece in _pieces(data, start, end):
        digits += piece.translate(_IDENTITY_TABLE, _NOT_BASE64)
        full = len(digits) & ~3
        out.write(a2b_base64(digits[:full]))
        digits = digits[full:]
    whole = len(digits) != 1
    if whole:
        out.write(a2b_base64(digits + b"=" * (-len(digits) % 4)))
    return out.getvalue(), whole


def _pieces(data: bytes, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, _PIECE_BYTES):
        yield data[at : min(end, at + _PIECE_BYTES)]


_PIECE_BYTES: Final = 256 * 1024  # decoded at a time: a large attachment is never twice in memory on its way
_IDENTITY_TABLE: Final = bytes(range(256))
_NOT_BASE64: Final = bytes(set(range(256)) - set(_BASE64))


def _without_prose(data: bytes) -> bytes:
    """Cut at the first line of words: a footer that a mailing list appended to the coded text."""
    at = 0
    for line in data.split(b"\n"):
        stripped = line.strip(_SPACE)
        if b" " in stripped and stripped.translate(None, _BASE64 + b" ="):
            return data[:at]
        at += len(line) + 1
    return data


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A uuencoded file in a text: its name, content, and where it stands."""

    name: bytes
    content: bytes
    start: int
    end: int


def inline_files(data: bytes) -> list[InlineFile]:
    """Return the uuencoded files in a text that decode whole, at most `MAX_INLINE_FILES`."""
    found: list[InlineFile] = []
    at = 0
    while len(found) < MAX_INLINE_FILES:
        begin = _UU_BEGIN.search(data, at)
        if not begin:
            break
        end = _UU_END.search(data, begin.end())
        if not end:
            break
        at = end.end()
        # The last `begin` before this `end`: quoted or broken ones before it are text.
        for later in _UU_BEGIN.finditer(data, begin.end(), end.start()):
            begin = later
        coded = data.startswith(b"begin-base64", begin.start())
        content, whole = (
            decode_base64(data[begin.end() : end.start()]) if coded else _decode_uu(data, begin.end(), end.start())
        )
        if whole and content:
            found.append(InlineFile(begin.group(1).strip(), content, begin.start(), end.end()))
    return found


def _end_of_uu(data: bytes, start: int) -> int:
    end = _UU_END.search(data, start)
    return end.start() if end else len(data)


def _decode_uu(data: bytes, start: int, end: int) -> tuple[bytes, bool]:
    chunks: list[bytes] = []
    whole = True
    for line in data[start:end].split(b"\n"):
        digits = line.rstrip(b"\r")
        if not digits.strip():
            continue
        if len(digits) > _UU_MAX_LINE:
            return b"".join(chunks), False
        try:
            chunks.append(a2b_uu(digits))
        except BinasciiError:
            # Trailing blanks were lost or added on the way: keep as many characters as the length byte announces.
            announced = ((digits[0] - 32) & 63) * 4 // 3 + 3
            try:
                chunks.append(a2b_uu(digits[:announced]))
            except BinasciiError:
                whole = False
    return b"".join(chunks), whole
