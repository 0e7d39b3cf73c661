"""The SearchEngine port: what Muniment asks of a full-text index.

The index is derived: everything in it can be made again from the object store.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable
from uuid import UUID

from muniment.errors import Refused, Transient
from muniment.query.tree import Node

RESTRICTED: Final = "restricted"  # the flag of a document that only a scope with `restricted` finds


class IndexUnavailable(Transient):
    """The index is missing, locked by another writer or damaged: try again, or run `rebuild index`."""


class IndexUnfit(Refused):
    """The server of the index cannot keep it as it is set up; the message says what to change."""


class DocumentsRefused(Refused):
    """The index took all documents of a put but these, and would refuse them again: too large, say."""

    def __init__(self, reasons: Mapping[UUID, str]) -> None:
        super().__init__(f"The index refused {len(reasons)} documents: {', '.join(sorted(set(reasons.values())))}")
        self.reasons = dict(reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One message as the index sees it. Texts are plain Unicode; addresses lower-cased."""

    message_id: UUID
    subject: str
    body: str
    from_: tuple[str, ...]  # "name <address>" or the address alone
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]  # blind recipients: of the Bcc field, and of the envelope where no field names them
    participants: tuple[str, ...]  # every bare address that each reader of the message may know: no blind recipient
    access: tuple[str, ...]  # every bare address that `Scope.addresses` is compared with, blind ones too
    attachment_names: tuple[str, ...] = ()
    attachment_types: tuple[str, ...] = ()  # media types and file extensions, lower-cased
    attachment_text: str = ""
    date: datetime | None = None  # aware
    captured_at: datetime  # aware UTC, of the first sighting
    size_bytes: int
    has_attachment: bool = False
    sources: tuple[str, ...] = ()
    custodians: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    rfc_message_id: str = ""
    thread_id: str = ""
    personal: tuple[str, ...] = ()  # kinds of personal data found in it, such as "iban"; see `muniment.pii.model.Kind`
    flags: tuple[str, ...] = ()  # values of `is:`, such as "encrypted", "reply", "defective"; and RESTRICTED
    as_of: datetime | None = None  # aware: when the rows were read that it is made from; see `SearchEngine.put`


class Sort(StrEnum):
    """Order of the hits; ties are broken by message id, so that paging is stable."""

    RELEVANCE = "relevance"
    DATE_DESC = "-date"
    DATE_ASC = "date"
    SIZE_DESC = "-size"
    SIZE_ASC = "size"
    SENDER = "sender"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the searcher may see: added by the server, never by words of the query.

    `everything=True` sees all; otherwise a message is seen if any of its `access` addresses, or the domain of one, is
    listed. An empty scope sees nothing. Without `blind`, blind recipients are found by no word, wildcard or field.
    Without `personal`, `pii:` and `has:pii` are refused, so that nobody learns what a message holds by asking.
    Without `restricted`, messages whose processing is restricted (GDPR Article 18) are not there at all.
    """

    everything: bool = False
    blind: bool = False
    personal: bool = False
    restricted: bool = False
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A fragment of a hit: alternating plain and marked text; `field` is subject, body or attachment."""

    field: str
    fragments: tuple[tuple[str, bool], ...]  # (text, marked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One found message."""

    message_id: UUID
    score: float
    highlights: tuple[Highlight, ...] = ()


class Interval(StrEnum):
    """The width of a bar of the histogram."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bar of the histogram: the first day of its interval (UTC) and how many messages."""

    start: date
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One search: tree, scope, order and page. `limit` 0 to 1,000; `offset` any."""

    query: Node
    scope: Scope
    sort: Sort = Sort.DATE_DESC
    offset: int = 0
    limit: int = 25
    highlight: bool = False
    histogram: bool = False
    facets: Sequence[str] = ()  # of `figures.FACETS`; "custodian" only if `scope.blind`, "personal" if `scope.personal`


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Exact total, one page of hits, and the figures asked for."""

    total: int
    hits: tuple[Hit, ...]
    histogram: tuple[Bucket, ...] = ()  # of messages with a date; interval chosen by the span: day, month or year
    interval: Interval = Interval.DAY  # of the histogram's bars
    undated: int = 0  # hits without a date, which the histogram leaves out
    # Most frequent first, at most 20 (of "personal" all); what is not for the scope is absent.
    facets: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


class SearchEngine(Protocol):
    """Index documents and answer queries.

    `put` replaces any document of the same message id and may be repeated; when it returns, the documents survive
    a crash of the process and are found by the next search of any process. Thread-safe.

    Where requests can overtake each other (a cluster), a document with an earlier `as_of` than the one that is there,
    or than a deletion of it, is not taken: `IndexUnavailable`, for a newer one is to be made.
    """

    def put(self, documents: Sequence[Document]) -> None:
        """Add or replace documents in one durable commit; raise `IndexUnavailable` with nothing half-done.

        A cluster may have taken some of them then: the same call completes it. Raises `DocumentsRefused`, with all
        others taken, for documents that it will never take.
        """
        ...

    def delete(self, message_ids: Sequence[UUID]) -> None:
        """Remove documents; ids that are not there are ignored."""
        ...

    def expunge(self, message_ids: Sequence[UUID]) -> None:
        """Remove documents so that no file of the index holds anything that was ever put under these ids.

        What `delete` and a later `put` left behind goes too. Ids that are not there are ignored, and the call may be
        repeated: killed at any moment, it is completed by the next one. Searches and other processes go on meanwhile;
        a reader of the old files lets go of them at its next search. Raises `IndexUnavailable` where something is
        left, with the answers as they were: `clear` and `put` then do it.
        """
        ...

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer a search; hits of one request are consistent with each other."""
        ...

    def matching(self, query: Node, scope: Scope) -> Iterator[UUID]:
        """Yield the id of every document that a search finds, in no order, from one state of the index."""
        ...

    def message_ids(self) -> Iterator[UUID]:
        """Yield the id of every document, in no order."""
        ...

    def count(self) -> int:
        """Return the number of documents."""
        ...

    def clear(self) -> None:
        """Remove every document (before a rebuild)."""
        ...


@runtime_checkable
class RemoteIndex(Protocol):
    """What an index has besides that lies in a server and not in the archive's folders."""

    def check(self) -> None:
        """Raise `IndexUnfit` where the server cannot keep the index, `IndexUnavailable` where it does not answer."""
        ...

    def make(self) -> None:
        """Make an empty index where there is none."""
        ...

    def begin_renewal(self) -> None:
        """Begin an empty index beside the one that is searched; puts, deletions and expunctions go to both from now."""
        ...

    def finish_renewal(self) -> None:
        """Search the index that was begun from now, and remove the other; nothing where none was begun."""
        ...

    def mark(self) -> str:
        """Return what `set_mark` left in the index, "" where nothing: a backup that is put back has an older one."""
        ...

    def set_mark(self, text: str) -> None:
        """Leave a mark in the index."""
        ...
