"""Receiving a message's bytes: DATA up to CRLF.CRLF, or BDAT chunks. Any split of the input gives the same bytes.

No line is looked at for itself: the end is found with one search over each piece, dots are taken away in one pass.
"""

import re

_END = b"\r\n.\r\n"
_LINE_END = b"\r\n"
_OVERLAP = len(_END) - 1
# A dot alone between line ends, or at the start. It begins with the dot because the search for a literal first byte is
# some twenty times faster than that for a set; the look behind then holds for few.
_LONE_DOT = re.compile(rb"\.(?<![^\r\n]\.)[\r\n]")


class DotContent:
    """The data after DATA (RFC 5321 section 4.1.1.4): ends with CRLF.CRLF and nothing else."""

    __slots__ = ("_buffer", "_keeping", "_tail", "_wire", "complete", "size_bytes")

    def __init__(self) -> None:
        self._wire: bytes | None = None  # the data in one piece, where it came so
        # The line end of the DATA command itself counts as the first half of an end of data. When more than one
        # piece comes, they are gathered behind it.
        self._buffer = bytearray(_LINE_END)
        self._tail = _LINE_END  # the last bytes received, when nothing is kept
        self._keeping = True
        self.complete = False
        self.size_bytes = 0  # received so far, dots included

    def feed(self, data: bytes, start: int) -> int:
        """Take from `data[start:]` what belongs to this message and return where the rest begins."""
        if not self._keeping:
            return self._skip(data, start)
        if self.size_bytes == 0 and self._feed_whole(data, start):
            return start + len(self._wire or b"") + 3
        searched = max(0, len(self._buffer) - _OVERLAP)
        before = len(self._buffer)
        self._buffer += memoryview(data)[start:] if start else data
        end = self._buffer.find(_END, searched)
        if end < 0:
            self.size_bytes = len(self._buffer) - len(_LINE_END)
            return len(data)
        self.complete = True
        self._end_at(end)
        return start + end + len(_END) - before

    def _feed_whole(self, data: bytes, start: int) -> bool:
        end = -len(_LINE_END) if data.startswith(_END[2:], start) else data.find(_END, start) - start
        if end < 0 and end != -len(_LINE_END):
            return False
        self._wire = data[start : start + end + len(_LINE_END)]
        self.size_bytes = len(self._wire)
        self.complete = True
        return True

    def _end_at(self, end: int) -> None:
        del self._buffer[end + len(_LINE_END) :]
        self.size_bytes = len(self._buffer) - len(_LINE_END)

    def _skip(self, data: bytes, start: int) -> int:
        joined = self._tail + (data[start:] if start else data)
        end = joined.find(_END)
        if end < 0:
            self._tail = joined[-_OVERLAP:]
            return len(data)
        self.complete = True
        return start + end + len(_END) - len(self._tail)

    def discard(self) -> None:
        """Forget what was received; only look for the end from here."""
        self._keeping = False
        self._tail = bytes(self._buffer[-_OVERLAP:])
        self._buffer = bytearray()
        self._wire = None

    def wire(self) -> bytes:
        """Return the data as it was sent, dots included, without the last `.` CRLF."""
        if self._wire is None:
            self._wire = bytes(memoryview(self._buffer)[len(_LINE_END) :])
            self._buffer = bytearray()
        return self._wire

    def raw(self) -> bytes:
        """Return the message: the data without the dots that the client added (RFC 5321 section 4.5.2)."""
        wire = self.wire()
        if wire.startswith(b"."):
            wire = wire[1:]
        return wire.replace(b"\r\n.", _LINE_END) if b"\r\n." in wire else wire


class ChunkContent:
    """The octets after BDAT commands (RFC 3030): counted, never looked at."""

    __slots__ = ("_keeping", "_pieces", "_remaining", "complete", "size_bytes")

    def __init__(self) -> None:
        self._pieces = bytearray()
        self._remaining = 0
        self._keeping = True
        self.complete = False  # the chunk, not the message
        self.size_bytes = 0

    def expect(self, size_bytes: int) -> None:
        """Begin a chunk."""
        self._remaining = size_bytes
        self.complete = size_bytes == 0

    def feed(self, data: bytes, start: int) -> int:
        """Take from `data[start:]` what belongs to this chunk and return where the rest begins."""
        end = min(len(data), start + self._remaining)
        self._remaining -= end - start
        self.complete = self._remaining == 0
        if self._keeping:
            self._pieces += memoryview(data)[start:end]
            self.size_bytes = len(self._pieces)
        return end

    def discard(self) -> None:
        """Forget what was received; only count from here."""
        self._keeping = False
        self._pieces = bytearray()

    def raw(self) -> bytes:
        """Return the message."""
        return bytes(self._pieces)


def has_bare_line_end(wire: bytes) -> bool:
    """Say whether a CR or LF stands alone."""
    pairs = wire.count(_LINE_END)
    return wire.count(b"\n") != pairs or wire.count(b"\r") != pairs


def looks_ended(wire: bytes) -> bool:
    """Say whether the data hold a lone dot between line ends of which one at least is a bare CR or LF.

    A server that takes a bare CR or LF for a line end would see the end of the data there, and commands behind it.
    CRLF.CRLF itself cannot stand in `wire`, so every lone dot in it is such a one.
    """
    return _LONE_DOT.search(wire) is not None
