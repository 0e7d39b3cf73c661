"""Splits a header block into its fields, and finds where the body starts.

    [From_ line] *(blank line) *( name ":" value *(LWSP continuation) line-end ) blank-line body

A line ends at LF (with or without CR before it); a bare CR ends no line. What is no field is kept as a
malformed one when fields follow it, and starts the body when none does.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from muniment.mail.defects import DefectLog
from muniment.mail.model import DefectKind

MAX_HEADER_BYTES: Final = 4 * 1024 * 1024  # 20,000 recipients fit; Postfix takes 100 KiB by default (header_size_limit)
MAX_FIELDS: Final = 5_000
MAX_FIELD_BYTES: Final = 2 * 1024 * 1024  # of one field
_MAX_BROKEN_LINE: Final = 1000  # RFC 5322 section 2.1.1: a longer line is no broken fold

_Name = tuple[str, str]  # as written, and in lower case

_BLANK: Final = re.compile(rb"\n\r*\n")
_STARTS_BLANK: Final = re.compile(rb"\r*\n")
_FIELD_START: Final = re.compile(rb"\n(?![ \t])")
_NAME: Final = re.compile(rb"[!-9;-~]+[ \t]*\Z")
_FIELD_LINE: Final = re.compile(rb"[!-9;-~]+[ \t]*:")
_LEADING: Final = re.compile(rb"(?:[ \t\r]*\n)+")
_FROM_LINE: Final = re.compile(rb">?From [^\n]*(?:\n|\Z)")
_KNOWN_FIELD: Final = re.compile(rb"[A-Za-z][A-Za-z0-9-]*[ \t]*:")


@dataclass(frozen=True, slots=True)
class RawField:
    """One field: its name as written and its bytes after the colon, without the line end."""

    name: str
    key: str  # the name in lower case
    raw: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """A header block, and the offset at which the body starts."""

    fields: tuple[RawField, ...]
    body_at: int
    by_key: dict[str, list[RawField]] = field(repr=False)

    def first(self, key: str) -> bytes:
        """Return the raw value of the first field of that lower-case name, or b""."""
        found = self.by_key.get(key)
        return found[0].raw if found else b""


def split_message(data: bytes, start: int, end: int, log: DefectLog, *, part: str = "") -> Block:
    """Split a message's header: a `From ` line and blank lines before the first field are skipped."""
    at = start
    if (data[at : at + 1] or b"\n") in b" \t\r\n":
        match = _LEADING.match(data, at, end)
        if match and _KNOWN_FIELD.match(data, match.end(), end):
            at = match.end()
            log.add(DefectKind.HEADER_MALFORMED, part=part, detail="blank lines before the header")
    if data[at : at + 6].startswith((b"From ", b">From ")):
        match = _FROM_LINE.match(data, at, end)
        if match:
            at = match.end()
            log.add(DefectKind.HEADER_MALFORMED, part=part, detail="mbox From line")
    return split_fields(data, at, end, log, part=part)


def split_fields(data: bytes, start: int, end: int, log: DefectLog, *, part: str = "") -> Block:
    """Split the header block that starts at `start`; `end` bounds the whole entity."""
    blank = _STARTS_BLANK.match(data, start, end)
    if blank:
        return Block((), blank.end(), {})
    found = _BLANK.search(data, start, end)
    stop, body_at = (found.start(), found.end()) if found else (end, end)
    if stop - start > MAX_HEADER_BYTES:
        log.add(DefectKind.HEADER_TOO_LONG, part=part, detail=f"{stop - start} bytes")
        stop = start + MAX_HEADER_BYTES
    chunks = _FIELD_START.split(data[start:stop])
    if not found and chunks and not chunks[-1].strip(b"\r\n"):
        chunks.pop()
    lines, body_offset = _group(chunks, log, part)
    if body_offset is not None:
        body_at = start + body_offset
    fields = tuple(_field(name, pieces, log, part) for name, pieces in lines)
    by_key: dict[str, list[RawField]] = {}
    for entry in fields:
        by_key.setdefault(entry.key, []).append(entry)
    return Block(fields, body_at, by_key)


def _group(chunks: list[bytes], log: DefectLog, part: str) -> tuple[list[tuple[_Name, list[bytes]]], int | None]:
    """Return (name, pieces of the value) of each field, and the offset of a body that no blank line announces."""
    lines: list[tuple[_Name, list[bytes]]] = []
    offset = 0
    for place, chunk in enumerate(chunks):
        name, colon, value = chunk.partition(b":")
        known = _name(name) if colon and len(name) <= _MAX_BROKEN_LINE else None
        if known:
            if len(lines) >= MAX_FIELDS:
                log.add(DefectKind.HEADERS_TOO_MANY, part=part, detail=str(len(chunks)))
                break
            lines.append((known, [value]))
        else:
            log.add(DefectKind.HEADER_MALFORMED, part=part, detail=chunk[:80].decode("ascii", "replace"))
            if _is_fold(chunk, lines, chunks[place + 1 : place + 4]):
                lines[-1][1].append(chunk)
            elif not any(_FIELD_LINE.match(line) for line in chunks[place + 1 : place + 4]):
                return lines, offset
        offset += len(chunk) + 1
    return lines, None


def _is_fold(chunk: bytes, lines: list[tuple[_Name, list[bytes]]], following: list[bytes]) -> bool:
    """Say whether a line that is no field continues the field before it, its white space lost on the way."""
    if not lines:
        return False
    if lines[-1][1][-1][-3:].rstrip().endswith((b";", b",")):
        return True
    words = b" " in chunk[:_MAX_BROKEN_LINE].strip()
    return len(chunk) < _MAX_BROKEN_LINE and not words and any(_FIELD_LINE.match(line) for line in following)


@lru_cache(maxsize=4096)
def _name(name: bytes) -> _Name | None:
    if not _NAME.match(name):
        return None
    text = name.rstrip(b" \t").decode("ascii")
    return text, text.lower()


def _field(name: _Name, pieces: list[bytes], log: DefectLog, part: str) -> RawField:
    value = pieces[0] if len(pieces) == 1 else b"\n ".join(pieces)
    if len(value) > MAX_FIELD_BYTES:
        log.add(DefectKind.HEADER_TOO_LONG, part=part, detail=f"{len(value)} bytes in one field")
        value = value[:MAX_FIELD_BYTES]
    return RawField(*name, value.rstrip(b"\r"))
