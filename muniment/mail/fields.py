"""Splits a header block into its fields, and finds where the body starts.

    [From_ line] *(blank line) *( name ":" value *(LWSP continuation) line-end ) blank-line body

A line ends at LF (with or without CR before it); a bare CR ends no line. What is no field is kept as a
malformed one when fields follow it, and starts the body when none does.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from muniment.mail.defects import DefectLog
from muniment.mail.model import DefectKind

MAX_HEADER_BYTES: Final = 4 * 1024 * 1024  # 20,000 recipients fit; Postfix takes 100 KiB by default (header_size_limit)
MAX_FIELDS: Final = 5_000
MAX_FIELD_BYTES: Final = 2 * 1024 * 1024  # of one field

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
    fields: list[RawField] = []
    by_key: dict[str, list[RawField]] = {}
    offset = start
    for place, chunk in enumerate(chunks):
        name, colon, value = chunk.partition(b":")
        if not colon or not _NAME.match(name):
            verdict = _judge_bad_line(chunks, place, fields)
            log.add(DefectKind.HEADER_MALFORMED, part=part, detail=chunk[:80].decode("ascii", "replace"))
            if verdict == "body":
                body_at = offset
                break
            if verdict == "fold":
                last = fields.pop()
                by_key[last.key].pop()
                name, value = last.name.encode(), last.raw + b"\n " + chunk
            else:
                offset += len(chunk) + 1
                continue
        offset += len(chunk) + 1
        if len(fields) >= MAX_FIELDS:
            log.add(DefectKind.HEADERS_TOO_MANY, part=part, detail=str(len(chunks)))
            break
        if len(value) > MAX_FIELD_BYTES:
            log.add(DefectKind.HEADER_TOO_LONG, part=part, detail=f"{len(value)} bytes in one field")
            value = value[:MAX_FIELD_BYTES]
        text = name.rstrip(b" \t").decode("ascii")
        entry = RawField(text, text.lower(), value.rstrip(b"\r"))
        fields.append(entry)
        by_key.setdefault(entry.key, []).append(entry)
    return Block(tuple(fields), body_at, by_key)


def _judge_bad_line(chunks: list[bytes], place: int, fields: list[RawField]) -> str:
    """Say what a line that is no field is: a broken "fold", "skip" it, or already the "body"."""
    if fields and fields[-1].raw.rstrip().endswith((b";", b",")):
        return "fold"
    following = chunks[place + 1 : place + 4]
    if any(_FIELD_LINE.match(chunk) for chunk in following):
        return "fold" if fields and len(chunks[place]) < 1000 and b" " not in chunks[place].strip() else "skip"  # noqa: PLR2004
    return "body"
