"""Which subtree hashes make a proof (RFC 9162 sections 2.1.3.1 and 2.1.4.1), without asking where they come from.

A proof is a list of ranges of entries; the hash of a range is the root of the tree over these entries alone.
"""

from dataclasses import dataclass

from muniment.errors import Refused


class NotInLog(Refused):
    """A proof is asked of an entry or a size that the log does not have."""


@dataclass(frozen=True, slots=True)
class Span:
    """Entries `start` up to but not including `stop`."""

    start: int
    stop: int

    def subtrees(self) -> "list[Span]":
        """Return the full subtrees that make up a span of the tree, left to right, each half as large or less."""
        found: list[Span] = []
        start = self.start
        while start < self.stop:
            length = 1 << ((self.stop - start).bit_length() - 1)
            found.append(Span(start, start + length))
            start += length
        return found


def inclusion(index: int, size: int) -> list[Span]:
    """Return the spans whose hashes prove entry `index` in a log of `size` entries, nearest first."""
    if not 0 <= index < size:
        raise NotInLog(f"entry {index} is not in a log of {size} entries")
    spans: list[Span] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            spans.append(Span(middle, stop))
            stop = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return spans[::-1]


def consistency(old: int, size: int) -> list[Span]:
    """Return the spans whose hashes prove that a log of `old` entries is the beginning of one of `size` entries."""
    if not 0 <= old <= size:
        raise NotInLog(f"a log of {old} entries is not the beginning of a log of {size} entries")
    if old in {0, size}:
        return []
    spans: list[Span] = []
    start, stop = 0, size
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            spans.append(Span(middle, stop))
            stop = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    if start:
        spans.append(Span(start, stop))
    return spans[::-1]


def _split(length: int) -> int:
    """Return the largest power of two that is smaller than a length of two or more."""
    return 1 << ((length - 1).bit_length() - 1)
