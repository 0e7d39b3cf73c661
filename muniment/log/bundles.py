"""Entry bundles: entries one after the other, each behind its length in two bytes (C2SP tlog-tiles, "Log entries")."""

from collections.abc import Iterable
from typing import Final

from muniment.errors import Corrupt, Refused

MAX_ENTRY_BYTES: Final = 0xFFFF  # C2SP tlog-tiles: the length prefix is a uint16
_LENGTH_BYTES: Final = 2


class BundleCorrupt(Corrupt):
    """Bytes that should be an entry bundle are none."""


class EntryTooLong(Refused):
    """An entry does not fit its length prefix."""


def encode(entries: Iterable[bytes]) -> bytes:
    """Return the bundle of some entries; raise `EntryTooLong`."""
    pieces: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise EntryTooLong(
                f"a log entry has {len(entry)} bytes; at most {MAX_ENTRY_BYTES} fit: log a digest instead"
            )
        pieces.extend((len(entry).to_bytes(_LENGTH_BYTES), entry))
    return b"".join(pieces)


def decode(data: bytes) -> list[bytes]:
    """Return the entries of a bundle; raise `BundleCorrupt`."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start])
        if start > len(data) or at > len(data):
            raise BundleCorrupt(f"an entry bundle of {len(data)} bytes is cut short in entry {len(entries)}")
        entries.append(data[start:at])
    return entries
