"""Write a bundle message by message, in memory that does not grow with it.

messages/…  log/…  index/…  index.html  README.txt  items.jsonl  exceptions.jsonl  manifest.json  SHA256SUMS

What is written goes to five streams. Where they end after a message is all the state there is: a bundle that was
interrupted is gone on with by cutting the streams to a state that was noted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, BinaryIO, Final

from muniment.bundle import layout, pages, records
from muniment.bundle.archive_file import Place, StoredZip, pieces_of
from muniment.bundle.model import Capture, Copies, Counts, Described, Missing, Request
from muniment.bundle.readme import README

_RECORDS_BYTES: Final = layout.MAX_LINE_BYTES // 2  # of the sightings that one line lists; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """Where a bundle is written: all seekable, for reading and writing."""

    bundle: BinaryIO
    directory: BinaryIO  # entries of the ZIP's directory
    items: BinaryIO
    exceptions: BinaryIO
    sums: BinaryIO


@dataclass(slots=True, kw_only=True)
class State:
    """How far a bundle is written, and how long each stream is then."""

    done: int = 0  # messages of the selection
    place: Place = field(default_factory=Place)
    items_bytes: int = 0
    exceptions_bytes: int = 0
    sums_bytes: int = 0
    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A bundle that is whole. `digest` is the SHA-256 of its SHA256SUMS, which vouches for every file."""

    size_bytes: int
    digest: str
    counts: Counts


class BundleWriter:
    """Writes one bundle. The streams stand where `state` says."""

    def __init__(self, streams: Streams, request: Request, state: State | None = None) -> None:
        self._streams = streams
        self._request = request
        self.state = state or State()
        self._zip = StoredZip(streams.bundle, streams.directory, self.state.place)

    def add(self, described: Described, captures: Iterable[Capture | Missing]) -> None:
        """Add the next message of the selection: its sightings, oldest first, opened one after the other."""
        listed: list[dict[str, Any]] = []
        files: dict[str, str] = {}  # SHA-256 → name in the bundle
        listed_bytes = 0
        for capture in captures:
            if isinstance(capture, Missing):
                self._except(described, capture)
                continue
            record = records.sighting_record(capture)
            listed_bytes += len(records.canonical(record))
            if listed_bytes > _RECORDS_BYTES or len(listed) >= layout.MAX_SIGHTINGS:
                if not listed:
                    self._except(described, _too_large(capture))
                break
            record["file"] = self._file(described.number, record["sha256"], capture.sighting.raw, files)
            listed.append(record)
        if listed:
            self._list(described, listed)
        self.state.done += 1
        self.state.place = self._zip.place

    def finish(self) -> Finished:
        """Write what stands behind the messages; return the digest to hand over apart from the bundle."""
        request, counts, streams = self._request, self.state.counts, self._streams
        if request.log is not None:
            self._add(layout.CHECKPOINT, request.checkpoint)
            self._add(layout.LOG_KEY, request.log_key.encode() + b"\n")
        for number, page in enumerate(pages.item_pages(streams.items, counts.messages), start=1):
            self._add(layout.page_name(number), page)
        self._add(layout.INDEX, pages.index_page(request, counts))
        self._add(layout.README, README.encode())
        self._add_stream(layout.ITEMS, streams.items)
        self._add_stream(layout.EXCEPTIONS, streams.exceptions)
        self._add(layout.MANIFEST, records.canonical(records.manifest_record(request, counts)))
        digest = _digest(streams.sums)
        self._zip.add_stream(layout.SUMS, streams.sums)
        return Finished(size_bytes=self._zip.finish(), digest=digest, counts=counts)

    def _file(self, number: int, digest: str, raw: bytes, files: dict[str, str]) -> str | None:
        """Put the bytes of a sighting into the bundle, unless they are there or not asked for; return their name."""
        if digest not in files and (not files or self._request.copies is Copies.ALL):
            name = layout.message_name(number, len(files) + 1)
            self._add(name, raw, digest)
            files[digest] = name
            self.state.counts.files += 1
            self.state.counts.bytes += len(raw)
        return files.get(digest)

    def _list(self, described: Described, listed: list[dict[str, Any]]) -> None:
        line = records.line(records.item_record(described, listed))
        self._streams.items.write(line)
        self.state.items_bytes += len(line)
        self.state.counts.messages += 1
        self.state.counts.sightings += len(listed)

    def _except(self, described: Described, missing: Missing) -> None:
        line = records.line(records.exception_record(described, missing))
        self._streams.exceptions.write(line)
        self.state.exceptions_bytes += len(line)
        by_code = self.state.counts.exceptions
        by_code[missing.code.value] = by_code.get(missing.code.value, 0) + 1

    def _add(self, name: str, content: bytes, digest: str = "") -> None:
        self._zip.add(name, content)
        self._sum(name, digest or sha256(content).hexdigest())

    def _add_stream(self, name: str, stream: BinaryIO) -> None:
        self._zip.add_stream(name, stream)
        self._sum(name, _digest(stream))

    def _sum(self, name: str, digest: str) -> None:
        self.state.sums_bytes += self._streams.sums.write(f"{digest}  {name}\n".encode())


def _digest(stream: BinaryIO) -> str:
    digest = sha256()
    for piece in pieces_of(stream):
        digest.update(piece)
    return digest.hexdigest()


def _too_large(capture: Capture) -> Missing:
    return Missing(
        sighting_id=capture.sighting.id,
        code=layout.ExceptionCode.TOO_LARGE,
        detail=f"what is known of its capture is longer than {_RECORDS_BYTES} bytes",
    )
