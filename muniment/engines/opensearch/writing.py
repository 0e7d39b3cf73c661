"""Puts and deletions in bulk: each item's own answer is looked at.

taken                     done
429 and 5xx of one item   sent again after a wait with jitter, those items alone
409                       there is a state of that time or of a later one: ours came twice, or too late
other 4xx                 refused: it would be again; told with its id
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from opensearchpy import OpenSearch

from muniment.engines.opensearch.connection import Server, is_later
from muniment.engines.port import IndexUnavailable

BULK_BYTES: Final = 8 << 20  # of one request: 5 to 15 MB are advised
MAX_DOCUMENT_BYTES: Final = 90 << 20  # of one document: a node takes requests of 100 MB (http.max_content_length)
_HEADERS: Final = {"content-type": "application/x-ndjson"}
_CONFLICT, _NOT_FOUND, _REFUSED, _FAILED = 409, 404, 400, 500  # statuses of an item; from the last two on


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One line of a bulk request, with its document where it is a put."""

    name: str  # the id
    index: str
    is_alias: bool
    version: int | None  # external: what is of the same or a later one stays
    source: bytes | None  # None: a deletion

    def lines(self) -> bytes:
        """Return what is sent."""
        about: dict[str, Any] = {"_index": self.index, "_id": self.name}
        if self.is_alias:
            about["require_alias"] = True
        if self.version is not None:
            about |= {"version": self.version, "version_type": "external"}
        head = json.dumps({"delete" if self.source is None else "index": about}).encode() + b"\n"
        return head if self.source is None else head + self.source + b"\n"


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of actions that were not done: met by a state of that version or later, or refused for good."""

    conflicts: dict[str, list[Action]] = field(default_factory=lambda: defaultdict(list))  # by index
    refused: dict[str, str] = field(default_factory=dict)  # by id, with why


def encode(source: dict[str, Any]) -> bytes:
    """Return a document as it is sent."""
    return json.dumps(source, ensure_ascii=False, separators=(",", ":")).encode()


def carry_out(server: Server, actions: Sequence[Action]) -> Outcome:
    """Send actions; raise `IndexUnavailable` where some were not taken in time."""
    outcome = Outcome()
    for some in _requests(actions):
        waits = server.waits()
        left: Sequence[Action] = some
        while left:
            left = _sent(server, left, outcome)
            if left and not waits.again():
                raise IndexUnavailable(
                    f"{server} took {len(some) - len(left)} of {len(some)} changes and is too busy for the others: "
                    "try again later."
                )
    return outcome


def overtaken(server: Server, outcome: Outcome) -> int:
    """Return how many puts met a later state, or a later deletion: the others came twice and are there."""
    count = 0
    for index, actions in outcome.conflicts.items():
        names = sorted({action.name for action in actions})
        answer = server.write(partial(_versions, index=index, names=names))
        there = {one["_id"]: one.get("_version") for one in answer["docs"]}
        count += sum(there[action.name] != action.version for action in actions)
    return count


def _versions(client: OpenSearch, *, index: str, names: list[str]) -> Any:
    return client.mget(index=index, body={"ids": names}, params={"_source": "false"})


def _sent(server: Server, actions: Sequence[Action], outcome: Outcome) -> Sequence[Action]:
    """Send once; return what is to be sent again."""
    body = b"".join(action.lines() for action in actions)
    answer = server.write(lambda client: client.bulk(body=body, headers=_HEADERS))
    again: list[Action] = []
    for action, item in zip(actions, answer["items"], strict=True):
        ((_, result),) = item.items()
        status = int(result["status"])
        if status == _CONFLICT:
            outcome.conflicts[result["_index"]].append(action)
        elif is_later(status) or status >= _FAILED:
            again.append(action)
        elif status >= _REFUSED and not (action.source is None and status == _NOT_FOUND):
            outcome.refused[action.name] = str(result["error"]["type"])
    return again


def _requests(actions: Iterable[Action]) -> Iterator[list[Action]]:
    some: list[Action] = []
    size = 0
    for action in actions:
        length = len(action.source or b"")
        if some and size + length > BULK_BYTES:
            yield some
            some, size = [], 0
        some.append(action)
        size += length
    if some:
        yield some
