"""Read an mbox message by message, from any seekable file, in constant memory.

    From_ line            at the start of the file or after a blank line (see from_line)
    message               lines; those that would look like a From_ line may be quoted with ">"
    blank line            belongs to the separator, not to the message

| dialect | where a message ends | quoting undone |
|---|---|---|
| mboxrd | next From_ line | one ">" off every line of one or more ">" and "From " |
| mboxo | next From_ line | ">From " becomes "From ": exact only if no line read ">From " before |
| mboxcl | Content-Length where it leads to a From_ line or the end, else next From_ line | as mboxo |
| mboxcl2 | as mboxcl | none |
| auto | as mboxcl | none in a message that ends by its Content-Length or has an unquoted "From " line: its writer did
not quote. Else as mboxrd |

Auto decides for each message by that message alone, so that bytes do not change when the mbox grows.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from muniment.mail.mailboxes.from_line import LINE_BYTES, is_from_line, is_git_line
from muniment.mail.mailboxes.model import MIB, Found, Item, Limits, MailFormat, Place

_WINDOW_BYTES = MIB
_HEADER_BYTES = 64 * 1024  # Content-Length is looked for in this much of a message's head
_LEADING_BLANK_BYTES = 4096
_CONTENT_LENGTH = re.compile(rb"^content-length:[ \t]{0,20}(\d{1,15})[ \t]{0,20}\r?$", re.IGNORECASE | re.MULTILINE)
_BLANK_LINE = re.compile(rb"\n\r?\n")
_QUOTED_RD = re.compile(rb"^>(>*From )", re.MULTILINE)
_QUOTED_O = re.compile(rb"^>(From )", re.MULTILINE)
_BY_LENGTH = frozenset({MailFormat.AUTO, MailFormat.MBOX, MailFormat.MBOXCL, MailFormat.MBOXCL2})
_DIGEST_PREFIX = 16  # bytes of SHA-256 kept to count equal messages: 128 bits, half the memory


class Window:
    """A seekable file seen through one buffer: finds bytes and reads spans by absolute offset."""

    def __init__(self, file: BinaryIO, *, size: int) -> None:
        self._file = file
        self.size = size
        self._base = 0
        self._buffer = b""

    def find(self, needle: bytes, start: int) -> int:
        """Return the offset of the first `needle` at or after `start`, or -1."""
        while start <= self.size - len(needle):
            if not self._base <= start <= self._base + len(self._buffer) - len(needle):
                self._load(start)
                if len(self._buffer) < len(needle):
                    return -1
            found = self._buffer.find(needle, start - self._base)
            if found >= 0:
                return self._base + found
            start = self._base + len(self._buffer) - len(needle) + 1
        return -1

    def at(self, start: int, length: int) -> bytes:
        """Return up to `length` bytes from `start`; fewer at the end of the file."""
        start = max(start, 0)
        end = min(start + length, self.size)
        if end <= start:
            return b""
        if end - start <= _WINDOW_BYTES:
            if not (self._base <= start and end <= self._base + len(self._buffer)):
                self._load(start)
            return self._buffer[start - self._base : end - self._base]
        self._file.seek(start)
        return self._file.read(end - start)

    def peek(self, start: int, length: int) -> bytes:
        """Return up to `length` bytes and leave the buffer where it is: a hostile offset costs one small read."""
        if self._base <= start and start + length <= self._base + len(self._buffer):
            return self._buffer[start - self._base : start - self._base + length]
        self._file.seek(start)
        return self._file.read(length)

    def _load(self, start: int) -> None:
        self._file.seek(start)
        self._base, self._buffer = start, self._file.read(_WINDOW_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where one message is: [start, end) of its bytes, and where its successor's From_ line is."""

    start: int
    end: int
    next: int
    by_length: bool  # its Content-Length led exactly to its end


def first_from_line(window: Window) -> int:
    """Return the offset of the From_ line that starts the file, blank lines skipped; -1 when there is none."""
    head = window.at(0, _LEADING_BLANK_BYTES + LINE_BYTES)
    start = len(head) - len(head.lstrip(b"\r\n"))
    return start if head.startswith(b"From ", start) else -1


def spans(window: Window, *, dialect: MailFormat) -> Iterator[Span]:
    """Yield the messages in order. The first line counts as From_ line whatever follows its `From `."""
    position = first_from_line(window)
    if position < 0:
        return
    git = is_git_line(window.at(position, LINE_BYTES))
    while position < window.size:
        newline = window.find(b"\n", position)
        start = window.size if newline < 0 else newline + 1
        span = _by_length(window, start) if dialect in _BY_LENGTH else None
        span = span or _by_separator(window, start, git=git)
        yield span
        position = span.next


def read_mbox(place: Place, file: BinaryIO, *, size: int, dialect: MailFormat, limits: Limits) -> Iterator[Found]:
    """Yield every message of an mbox, named `place#1`, `place#2`, …; what cannot be taken is refused by that name."""
    window = Window(file, size=size)
    if first_from_line(window) < 0:
        yield place.refusal('The file does not begin with a "From " line, so it is not an mbox.')
        return
    seen: dict[bytes, int] = {}
    for ordinal, span in enumerate(spans(window, dialect=dialect), start=1):
        here = Place(path=b"%s#%d" % (place.path, ordinal), identity=place.identity)
        length = span.end - span.start
        if length == 0:
            yield here.refusal("The message is empty.")
        elif length > limits.message_bytes:
            yield here.refusal(too_large(length, limits))
        else:
            # No name keeps the message alive while the reader waits: it may be very large.
            yield _counted(
                here, unquoted(window.at(span.start, length), dialect=dialect, by_length=span.by_length), seen
            )


def unquoted(raw: bytes, *, dialect: MailFormat, by_length: bool) -> bytes:
    """Undo the quoting of `From ` lines as the dialect says; see the table above."""
    if b">From " not in raw or dialect is MailFormat.MBOXCL2:
        return raw
    if dialect is MailFormat.MBOXRD:
        return _QUOTED_RD.sub(rb"\1", raw)
    if dialect in {MailFormat.MBOXO, MailFormat.MBOXCL}:
        return _QUOTED_O.sub(rb"\1", raw)
    if by_length or raw.startswith(b"From ") or b"\nFrom " in raw:
        return raw
    return _QUOTED_RD.sub(rb"\1", raw)


def too_large(size_bytes: int, limits: Limits) -> str:
    return f"The message has {size_bytes:,} bytes; the limit is {limits.message_bytes:,}."


def _counted(place: Place, raw: bytes, seen: dict[bytes, int]) -> Item:
    digest = hashlib.sha256(raw).digest()
    occurrence = seen.get(digest[:_DIGEST_PREFIX], 0)
    seen[digest[:_DIGEST_PREFIX]] = occurrence + 1
    return Item(name=place.shown, identity=place.identity, occurrence=occurrence, raw=raw, sha256=digest)


def _by_length(window: Window, start: int) -> Span | None:
    """Return the span that the message's Content-Length gives, if it leads exactly to a From_ line or the end."""
    head = window.at(start, _HEADER_BYTES)
    blank_line = _BLANK_LINE.search(head)
    if blank_line is None:
        return None
    lengths = set(_CONTENT_LENGTH.findall(head, 0, blank_line.end()))
    if len(lengths) != 1:
        return None
    end = start + blank_line.end() + int(lengths.pop())
    if end > window.size or window.peek(end - 1, 1) != b"\n":
        return None
    tail = window.peek(end, LINE_BYTES + 2)
    blank = next((blank for blank in (b"\n", b"\r\n") if tail.startswith(blank)), b"")
    following = end + len(blank)
    line = tail[len(blank) :].split(b"\n", 1)[0]
    if following < window.size and not is_from_line(line):
        return None
    return Span(start=start, end=end, next=following, by_length=True)


def _by_separator(window: Window, start: int, *, git: bool) -> Span:
    candidate = window.find(b"\nFrom ", start - 1)
    while candidate >= 0:
        following = candidate + 1
        before = window.at(candidate - 2, 3)[-3:]
        if (before.endswith(b"\n\n") or before == b"\n\r\n") and _separates(window, following, git=git):
            return Span(start=start, end=_without_blank_line(window, start, following), next=following, by_length=False)
        candidate = window.find(b"\nFrom ", following)
    return Span(start=start, end=_without_blank_line(window, start, window.size), next=window.size, by_length=False)


def _separates(window: Window, position: int, *, git: bool) -> bool:
    line = window.at(position, LINE_BYTES + 2).split(b"\n", 1)[0]
    return is_from_line(line) and (git or not is_git_line(line))


def _without_blank_line(window: Window, start: int, end: int) -> int:
    tail = window.at(max(start - 1, end - 3), end - max(start - 1, end - 3))
    if tail.endswith(b"\n\r\n"):
        return end - 2
    return end - 1 if tail.endswith(b"\n\n") else end
