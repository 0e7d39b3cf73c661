"""Write the pack of an access message by message; the same decisions give the same bytes.

index.html            who asked for what, the information of Article 15(1), the first messages, what is withheld
index/0002.html …     further messages
messages/000001.eml   each message, as it was received but for fields that name other blind recipients
messages.json         the same messages as data
withheld.json         what is withheld, with ground and reason
SHA256SUMS            of every file
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO, Final
from uuid import UUID

from gdpr.packs import pages
from gdpr.packs.model import Copied, Head, Withheld
from muniment.bundle import layout
from muniment.bundle.archive_file import StoredZip, pieces_of
from muniment.bundle.writer import State, Streams

MESSAGES: Final = "messages.json"
WITHHELD: Final = "withheld.json"


class PackWriter:
    """Writes one pack. The streams stand where `state` says; `state` is where it can be gone on from."""

    def __init__(self, streams: Streams, head: Head, state: State) -> None:
        self._streams = streams
        self._head = head
        self.state = state
        self._zip = StoredZip(streams.bundle, streams.directory, state.place)

    def add(self, copied: Copied) -> None:
        """Add the next message."""
        counts = self.state.counts
        number = counts.messages + 1
        name = layout.message_name(number)
        self._add(name, copied.raw)
        record = {
            "id": str(copied.id),
            "number": number,
            "file": name,
            "sha256": sha256(copied.raw).hexdigest(),
            "message_id": copied.message_id,
            "date": copied.date,
            "from": copied.from_,
            "to": copied.to,
            "cc": copied.cc,
            "bcc": copied.bcc,
            "subject": copied.subject,
            "class": copied.concern,
            "fields_left_out": copied.left_out,
        }
        self.state.items_bytes += self._streams.items.write(_line(record))
        counts.messages, counts.files, counts.bytes = number, counts.files + 1, counts.bytes + len(copied.raw)
        self._next()

    def withhold(self, withheld: Withheld) -> None:
        """Note a message that is not in the pack."""
        record = {
            "date": withheld.date,
            "class": withheld.concern,
            "ground": withheld.ground,
            "reason": withheld.reason,
        }
        self.state.exceptions_bytes += self._streams.exceptions.write(_line(record))
        by_ground = self.state.counts.exceptions
        by_ground[withheld.ground] = by_ground.get(withheld.ground, 0) + 1
        self._next()

    def finish(self) -> int:
        """Write the pages and lists; return the size of the whole in bytes."""
        streams, count = self._streams, self.state.counts.messages
        records = _records(streams.items)
        withheld = list(_records(streams.exceptions))
        first = list(islice(records, pages.PAGE_MESSAGES))
        self._add(layout.INDEX, pages.index_page(self._head, first, withheld, count=count))
        number = 1
        while rest := list(islice(records, pages.PAGE_MESSAGES)):
            number += 1
            self._add(layout.page_name(number), pages.further_page(self._head, rest, number=number, count=count))
        self._add(MESSAGES, _array(_records(streams.items)))
        self._add(WITHHELD, _array(iter(withheld)))
        self._zip.add_stream(layout.SUMS, streams.sums)
        return self._zip.finish()

    def written(self) -> set[UUID]:
        """Return the ids of the messages that are in the pack."""
        return {UUID(record["id"]) for record in _records(self._streams.items)}

    def _next(self) -> None:
        self.state.done += 1
        self.state.place = self._zip.place

    def _add(self, name: str, content: bytes) -> None:
        self._zip.add(name, content)
        line = f"{sha256(content).hexdigest()}  {name}\n".encode()
        self.state.sums_bytes += self._streams.sums.write(line)


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, sort_keys=True).encode("utf-8", "backslashreplace") + b"\n"


def _records(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    rest = b""
    for piece in pieces_of(stream):
        *lines, rest = (rest + piece).split(b"\n")
        yield from (json.loads(line) for line in lines)


def _array(records: Iterator[dict[str, Any]]) -> bytes:
    return (json.dumps(list(records), ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
