"""Read the ZIP of a bundle strictly: every byte of it is a file's content or follows from the files.

Nothing is ever written out or unpacked. What is not exactly as `docs/bundle.md` says is named: compressed or encrypted
entries, overlaps, gaps, names that lead out, names twice, links, times, comments. An entry is read only when its bytes
lie behind those of the entry before, so that no more is read than the file is long.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from muniment.bundle import layout
from muniment.verify import zip_records
from muniment.verify.report import Report
from muniment.verify.zip_records import Directory, Record

THE_ZIP: Final = "(the ZIP file itself)"
_PIECE_BYTES: Final = 1024 * 1024
_SHOWN_CHARS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of the bundle, and where its bytes are."""

    name: str
    size: int
    crc: int
    data_at: int


class Container:
    """The files of a bundle, by name."""

    def __init__(self, stream: BinaryIO, report: Report) -> None:
        """Read the directory and every local header; note in the report what is wrong with them."""
        self._stream = stream
        self._report = report
        self._length = stream.seek(0, 2)
        self.entries: dict[str, Entry] = {}
        self.damaged: set[str] = set()  # files that are there, named in the report, and cannot be read
        self._begin(end_of_files=self._length)
        directory = zip_records.directory_of(self._fetch, self._length)
        if directory is None:
            self._report.add(THE_ZIP, "it does not end as a bundle does: it was cut, extended or changed")
        elif not directory.intact:
            self._report.add(THE_ZIP, "its end records were changed")
        if directory is None or not self._read_directory(directory):
            self._walk()

    def read(self, entry: Entry) -> Iterator[bytes]:
        """Yield the bytes of a file; note when they do not match the CRC-32 of the ZIP."""
        left, at, crc = entry.size, entry.data_at, 0
        while left:
            piece = self._fetch(at, min(left, _PIECE_BYTES))
            if not piece:
                break
            left, at, crc = left - len(piece), at + len(piece), zlib.crc32(piece, crc)
            yield piece
        if crc != entry.crc:
            self._report.add(entry.name, "changed: its CRC-32 is not the one in the ZIP's directory")

    def _begin(self, *, end_of_files: int) -> None:
        self._end_of_files = end_of_files
        self._read_to = 0  # end of the last sound entry
        self._expected: int | None = 0  # where the next entry must begin; None behind a damaged one
        self.entries.clear()
        self.damaged.clear()

    def _read_directory(self, directory: Directory) -> bool:
        """Take the files from the directory; return False where it breaks off."""
        self._begin(end_of_files=directory.offset)
        at = directory.offset
        for number in range(directory.count):
            record = zip_records.central_record(self._fetch, at)
            if record is None or at + record.length > directory.end:
                self._report.add(THE_ZIP, f"its directory is damaged at entry {number + 1}, byte {at}")
                return False
            expected = self._fetch(at, record.length) == zip_records.expected_central(record)
            self._take(record, has_exact_entry=expected)
            at += record.length
        if at != directory.end:
            self._report.add(THE_ZIP, "there are bytes behind its directory")
        if self._expected not in {None, directory.offset}:
            self._report.add(THE_ZIP, "there are bytes between its last file and its directory")
        return True

    def _walk(self) -> None:
        """Take the files from their local headers, where there is no directory to go by."""
        self._begin(end_of_files=self._length)
        at = 0
        while len(self.entries) + len(self.damaged) < layout.MAX_FILES:
            record = zip_records.local_record(self._fetch, at)
            if record is None:
                return
            self._take(record, has_exact_entry=True)
            at += record.length + record.size

    def _take(self, record: Record, *, has_exact_entry: bool) -> None:
        """Take one file, unless it cannot be read safely."""
        name = record.name.decode("ascii", "backslashreplace")[:_SHOWN_CHARS]
        header = zip_records.expected_local(record)
        data_at = record.offset + len(header)
        fault = self._fault(record, name, data_at)
        if fault:
            self._report.add(name, fault)
            self.damaged.add(name)
            self._expected = None
            return
        if not has_exact_entry or self._fetch(record.offset, len(header)) != header:
            self._report.add(name, "the ZIP's headers of it were changed (name, size, checksum, time, mode or version)")
        self.entries[name] = Entry(name=name, size=record.size, crc=record.crc, data_at=data_at)
        self._expected = self._read_to = data_at + record.size

    def _fault(self, record: Record, name: str, data_at: int) -> str:
        """Return why a file cannot be read, or ""."""
        if name in self.entries or name in self.damaged:
            return "it is there twice: no reader can tell which one is meant"
        if not is_bundle_name(name):
            return "added: no bundle has a file of this name; do not unpack it"
        if not record.is_plain:
            return "it is compressed, encrypted, or no plain file (a link, a folder), which no bundle has: not read"
        if record.offset < self._read_to or data_at + record.size > self._end_of_files:
            return "its bytes lie over those of others, or outside of the ZIP: not read"
        if self._expected not in {None, record.offset}:
            return "there are bytes before it that belong to no file: not read"
        return ""

    def _fetch(self, at: int, length: int) -> bytes:
        if not 0 <= at <= self._length:
            return b""
        self._stream.seek(at)
        return self._stream.read(length)


def is_bundle_name(name: str) -> bool:
    """Return whether a bundle may hold a file of this name."""
    return (
        name in layout.FIXED_NAMES
        or layout.MESSAGE_NAME.fullmatch(name) is not None
        or layout.PAGE_NAME.fullmatch(name) is not None
    )
