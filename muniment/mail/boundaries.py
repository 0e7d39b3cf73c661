"""Cuts the body of a multipart at its boundary lines (RFC 2046 section 5.1.1), in time linear in its length."""

import re
from dataclasses import dataclass, field
from typing import Final

MAX_BOUNDARY_BYTES: Final = 1_000  # RFC 2046 allows 70; longer ones occur

_TAIL: Final = re.compile(rb"(--)?[ \t]*\r*(?:\n|\Z)")
_GUESS: Final = re.compile(rb"\s{0,100}--([^\s\x00-\x1f][^\r\n]{0,198})")
# What mailers write before the first part for readers without MIME: says nothing of this message.
_NOTICE: Final = re.compile(rb"\bmime\b|multi-?part|encrypted message|formato|format", re.IGNORECASE)
_MAX_NOTICE_BYTES: Final = 1_000

_LF: Final = 0x0A
_CR: Final = 0x0D

Span = tuple[int, int]


@dataclass(slots=True)
class Cut:
    """The spans of the parts, of words outside them, and whether a closing line stood at the end."""

    parts: list[Span] = field(default_factory=list)
    outside: list[Span] = field(default_factory=list)
    closed: bool = False
    found: bool = False
    full: bool = False  # more parts than allowed: the last span holds all the rest


def cut(data: bytes, start: int, end: int, boundary: bytes, *, limit: int) -> Cut:
    """Cut `data[start:end]` at the lines of `boundary`; parts after a closing line count too. At most `limit` parts."""
    out = Cut()
    needle = b"--" + boundary
    open_at, outside_at = -1, start
    at = data.find(needle, start, end)
    while at >= 0:
        tail = _TAIL.match(data, at + len(needle), end) if at == start or data[at - 1] == _LF else None
        if tail:
            out.found = True
            if open_at >= 0:
                if len(out.parts) + 1 >= limit:
                    out.full = True
                    out.parts.append((open_at, end))
                    return out
                _append(out.parts, data, open_at, at)
            else:
                _append(out.outside, data, outside_at, at)
            out.closed = tail.group(1) is not None
            open_at, outside_at = (-1, tail.end()) if out.closed else (tail.end(), -1)
        at = data.find(needle, tail.end() if tail else at + len(needle), end)
    if open_at >= 0:
        if open_at < end:
            out.parts.append((open_at, end))
    elif out.found:
        _append(out.outside, data, outside_at, end)
    return out


def _append(spans: list[Span], data: bytes, start: int, end: int) -> None:
    """Append a span without the line end before the boundary, which belongs to the boundary."""
    if end > start and data[end - 1] == _LF:
        end -= 1
        if end > start and data[end - 1] == _CR:
            end -= 1
    if end > start:
        spans.append((start, end))


def guess_boundary(data: bytes, start: int, end: int) -> bytes:
    """Return the boundary that the first line of a body seems to be, or b""."""
    match = _GUESS.match(data, start, end)
    if not match:
        return b""
    line = match.group(1).rstrip()
    return line if data.find(b"\n--" + line, match.end(), end) >= 0 else b""


def is_notice(text: bytes) -> bool:
    """Say whether words outside the parts are nothing but white space or a mailer's usual notice."""
    bare = text.strip()
    return not bare or (len(bare) <= _MAX_NOTICE_BYTES and _NOTICE.search(bare) is not None)
