"""Read a tar file forward, in constant memory, whatever its headers say.

    header 512   name 100 · … · size at 124 (12, octal or base 256) · type at 156 · magic at 257 · prefix at 345 (155)
    content      size bytes, padded to 512
    end          blocks of NUL

Types: 0 file, 5 folder, 1 2 links, L next name is long (GNU), x attributes of the next member
(POSIX.1-2001 pax), g global ones.
Python's tarfile keeps every member and reads name blocks of any size into memory, so it is not used on hostile input.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from muniment.mail.mailboxes.streams import Budget, Readable, read_up_to

_BLOCK = 512
_ATTRIBUTE_BYTES = 64 * 1024  # of one long name or pax block; PATH_MAX is 4,096
_SKIP_BYTES = 256 * 1024
_FILE_TYPES = frozenset({b"0", b"\0", b"7"})
_SILENT_TYPES = frozenset({b"5", b"g", b"K", b"V"})  # folder, global attributes, long link name, volume label
_BASE_256 = 0x80


class TarDamaged(Exception):
    """The tar structure does not hold; nothing after this place can be read."""


class MemberStream:
    """The content of one member. Reading it whole or in part is up to the caller."""

    def __init__(self, stream: Readable, size: int) -> None:
        self._stream = stream
        self._left = size
        self.padding = -size % _BLOCK

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes of this member; raise EOFError when the tar ends before it does."""
        wanted = min(size, self._left)
        if wanted <= 0:
            return b""
        data = self._stream.read(wanted)
        if not data:
            msg = "the tar file ends inside this file"
            raise EOFError(msg)
        self._left -= len(data)
        return data

    def skip(self) -> None:
        """Read to the end of the member and its padding."""
        while self.read(_SKIP_BYTES):
            pass
        read_up_to(self._stream, self.padding)


@dataclass(frozen=True, slots=True, kw_only=True)
class TarMember:
    """One member; `refused` holds the reason where it is no plain file."""

    name: bytes
    size: int
    stream: MemberStream
    refused: str = ""


@dataclass(slots=True, kw_only=True)
class _Attributes:
    """What the blocks before a header say of it."""

    name: bytes = b""
    size: int | None = None


def tar_members(stream: Readable, budget: Budget) -> Iterator[TarMember]:
    """Yield the members that are no folders; each stream is good until the next is asked for."""
    attributes = _Attributes()
    while True:
        header = read_up_to(stream, _BLOCK)
        if not header.strip(b"\0"):  # the end, or a tar file without one
            return
        if len(header) < _BLOCK or not _checksum_holds(header):
            msg = "a header of the tar file is damaged"
            raise TarDamaged(msg)
        kind = header[156:157]
        size = _number(header[124:136])
        if kind in {b"L", b"x"}:
            _read_attributes(stream, kind, size, attributes)
            continue
        if attributes.size is not None:
            size = attributes.size
        content = MemberStream(stream, 0 if kind in {b"1", b"2", b"5"} else size)
        name = attributes.name or _name(header)
        attributes = _Attributes()
        if kind not in _SILENT_TYPES:
            budget.take_member()
            yield TarMember(name=name, size=size, stream=content, refused=_refusal_of(kind))
        content.skip()


def _read_attributes(stream: Readable, kind: bytes, size: int, attributes: _Attributes) -> None:
    if size > _ATTRIBUTE_BYTES:
        msg = "a name in the tar file is longer than any real one"
        raise TarDamaged(msg)
    content = MemberStream(stream, size)
    data = read_up_to(content, size)
    content.skip()
    if kind == b"L":
        attributes.name = data.rstrip(b"\0")
        return
    while data:  # pax records: "LENGTH KEY=VALUE\n"
        digits, _, _ = data.partition(b" ")
        length = int(digits) if digits.isdigit() and len(digits) < 8 else 0  # noqa: PLR2004 - more digits than bytes
        if not len(digits) < length <= len(data):
            return
        key, _, value = data[len(digits) + 1 : length - 1].partition(b"=")
        if key == b"path":
            attributes.name = value
        elif key == b"size" and value.isdigit() and len(value) < 19:  # noqa: PLR2004 - below 2^63
            attributes.size = int(value)
        data = data[length:]


def _name(header: bytes) -> bytes:
    name = header[:100].split(b"\0", 1)[0]
    prefix = header[345:500].split(b"\0", 1)[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _number(field: bytes) -> int:
    if field[0] & _BASE_256:
        return int.from_bytes(field[4:])
    digits = field.strip(b" \0")
    try:
        return int(digits, 8) if digits else 0
    except ValueError as error:
        msg = "a header of the tar file is damaged"
        raise TarDamaged(msg) from error


def _checksum_holds(header: bytes) -> bool:
    try:
        stated = _number(header[148:156])
    except TarDamaged:
        return False
    return stated == sum(header[:148]) + 8 * 0x20 + sum(header[156:])


def _refusal_of(kind: bytes) -> str:
    if kind in _FILE_TYPES:
        return ""
    if kind in {b"1", b"2"}:
        return "It is a link; what it points to is imported at its own place."
    return "It is not a plain file."
