"""The records of a ZIP as a verifier reads them, and as those of a bundle must be (APPNOTE.TXT 6.3.10, section 4.3).

local header       30 ‖ name ‖ extra ‖ content
directory entry    46 ‖ name ‖ extra ‖ comment
[ZIP64 end record 56 ‖ ZIP64 locator 20] ‖ end record 22
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from muniment.bundle import layout

LOCAL_BYTES: Final = 30
CENTRAL_BYTES: Final = 46
END_BYTES: Final = 22
_END64_BYTES: Final = 56
_LOCATOR_BYTES: Final = 20
LOCAL_MAGIC: Final = b"PK\3\4"
CENTRAL_MAGIC: Final = b"PK\1\2"
_ZIP64: Final = b"\1\0"
_KIND_OF_FILE: Final = 0o170000
_PLAIN_FILE: Final = 0o100000

Fetch = Callable[[int, int], bytes]  # offset and length; b"" outside of the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a local header or a directory entry says of a file."""

    name: bytes
    size: int
    crc: int
    offset: int  # of the local header
    is_plain: bool  # a plain file, stored, not encrypted
    length: int  # of the record itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Where the directory is. `intact` tells whether the end records are exactly those that a bundle has."""

    count: int
    offset: int
    end: int
    intact: bool


def local_record(fetch: Fetch, at: int) -> Record | None:
    """Return what the local header at an offset says, or None where there is none."""
    head = fetch(at, LOCAL_BYTES)
    if len(head) < LOCAL_BYTES or head[:4] != LOCAL_MAGIC:
        return None
    name_bytes, extra_bytes = _number(head, 26, 2), _number(head, 28, 2)
    size, _ = _from_zip64(_number(head, 22, 4), 0, fetch(at + LOCAL_BYTES + name_bytes, extra_bytes))
    return Record(
        name=fetch(at + LOCAL_BYTES, name_bytes),
        size=size,
        crc=_number(head, 14, 4),
        offset=at,
        is_plain=_number(head, 6, 2) & 1 == 0 and _number(head, 8, 2) == 0,
        length=LOCAL_BYTES + name_bytes + extra_bytes,
    )


def central_record(fetch: Fetch, at: int) -> Record | None:
    """Return what the directory entry at an offset says, or None where there is none."""
    head = fetch(at, CENTRAL_BYTES)
    if len(head) < CENTRAL_BYTES or head[:4] != CENTRAL_MAGIC:
        return None
    name_bytes, extra_bytes, comment_bytes = (_number(head, place, 2) for place in (28, 30, 32))
    extra = fetch(at + CENTRAL_BYTES + name_bytes, extra_bytes)
    size, offset = _from_zip64(_number(head, 24, 4), _number(head, 42, 4), extra)
    is_file = _number(head, 40, 2) & _KIND_OF_FILE == _PLAIN_FILE
    return Record(
        name=fetch(at + CENTRAL_BYTES, name_bytes),
        size=size,
        crc=_number(head, 16, 4),
        offset=offset,
        is_plain=is_file and _number(head, 8, 2) & 1 == 0 and _number(head, 10, 2) == 0,
        length=CENTRAL_BYTES + name_bytes + extra_bytes + comment_bytes,
    )


def directory_of(fetch: Fetch, length: int) -> Directory | None:
    """Return where the directory of a ZIP of `length` bytes is, or None where its end does not tell."""
    end = length - END_BYTES
    record = fetch(end, END_BYTES)
    if end < 0 or record[:4] != b"PK\5\6":
        return None
    count, size, offset = _number(record, 10, 2), _number(record, 12, 4), _number(record, 16, 4)
    if count == layout.MANY_IN_ZIP64 or layout.IN_ZIP64 in {size, offset}:
        end -= _LOCATOR_BYTES + _END64_BYTES
        large = fetch(end, _END64_BYTES) if end >= 0 else b""
        count, size, offset = (_number(large, place, 8) for place in (32, 40, 48))
    if offset + size != end or count > layout.MAX_FILES or count * CENTRAL_BYTES > size:
        return None
    intact = fetch(end, length - end) == _expected_end(count, size, offset)
    return Directory(count=count, offset=offset, end=end, intact=intact)


def expected_local(record: Record) -> bytes:
    """Return the local header that a bundle has before a file."""
    is_large = record.size >= layout.IN_ZIP64
    extra = _ZIP64 + _le(16, 2) + _le(record.size, 8) * 2 if is_large else b""
    version = layout.VERSION_ZIP64 if is_large else layout.VERSION_PLAIN
    return LOCAL_MAGIC + _le(version, 2) + _shared(record) + _le(len(extra), 2) + record.name + extra


def expected_central(record: Record) -> bytes:
    """Return the directory entry that a bundle has for a file."""
    values = _le(record.size, 8) * 2 if record.size >= layout.IN_ZIP64 else b""
    values += _le(record.offset, 8) if record.offset >= layout.IN_ZIP64 else b""
    extra = _ZIP64 + _le(len(values), 2) + values if values else b""
    version = layout.VERSION_ZIP64 if values else layout.VERSION_PLAIN
    return b"".join(
        (
            CENTRAL_MAGIC,
            _le(layout.UNIX << 8 | version, 2),
            _le(version, 2),
            _shared(record),
            _le(len(extra), 2),
            bytes(8),  # comment, disk, internal attributes, lower half of the external ones
            _le(layout.FILE_MODE, 2),
            _le(min(record.offset, layout.IN_ZIP64), 4),
            record.name,
            extra,
        )
    )


def _shared(record: Record) -> bytes:
    """Return the fields from the flags to the length of the name, which both headers have."""
    size = _le(min(record.size, layout.IN_ZIP64), 4)
    moment = _le(layout.DOS_TIME, 2) + _le(layout.DOS_DATE, 2)
    return bytes(4) + moment + _le(record.crc, 4) + size + size + _le(len(record.name), 2)


def _expected_end(count: int, size: int, offset: int) -> bytes:
    shown = _le(min(count, layout.MANY_IN_ZIP64), 2) * 2
    end = b"PK\5\6" + bytes(4) + shown + _le(min(size, layout.IN_ZIP64), 4) + _le(min(offset, layout.IN_ZIP64), 4)
    if count < layout.MANY_IN_ZIP64 and max(size, offset) < layout.IN_ZIP64:
        return end + bytes(2)
    versions = _le(layout.UNIX << 8 | layout.VERSION_ZIP64, 2) + _le(layout.VERSION_ZIP64, 2)
    numbers = _le(count, 8) * 2 + _le(size, 8) + _le(offset, 8)
    large = b"PK\6\6" + _le(_END64_BYTES - 12, 8) + versions + bytes(8) + numbers
    return large + b"PK\6\7" + bytes(4) + _le(offset + size, 8) + _le(1, 4) + end + bytes(2)


def _from_zip64(size: int, offset: int, extra: bytes) -> tuple[int, int]:
    """Return size and offset, from the ZIP64 extra field where they stand there."""
    values = extra[4:] if extra[:2] == _ZIP64 else b""
    if size == layout.IN_ZIP64:
        size, values = _number(values, 0, 8), values[16:]
    if offset == layout.IN_ZIP64:
        offset = _number(values, 0, 8)
    return size, offset


def _number(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "little")


def _le(number: int, width: int) -> bytes:
    return number.to_bytes(width, "little")
