"""TantivyEngine: the SearchEngine port over one folder that many processes share."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tantivy import Index, IndexWriter, Query, Searcher

from muniment.engines.figures import FACETS
from muniment.engines.highlight import Highlighter
from muniment.engines.port import Document, Hit, IndexUnavailable, Scope, SearchRequest, SearchResult
from muniment.engines.selection import facets_of
from muniment.engines.tantivy.compiling import Compiler
from muniment.engines.tantivy.counting import figures_of
from muniment.engines.tantivy.documents import texts_of, to_tantivy
from muniment.engines.tantivy.expunging import expunge
from muniment.engines.tantivy.folder import Folder, Stamp, reporting
from muniment.engines.tantivy.paging import Found, ids_of, page_of
from muniment.engines.tantivy.residence import given_back
from muniment.engines.tantivy.schema import ID, STORED
from muniment.query.refusals import QueryError
from muniment.query.tree import And, Near, Node, Not, Or, Phrase, Term

MAX_LIMIT = 1_000  # hits of one page (`SearchRequest`)
WAIT_SECONDS = 60.0  # for another writer: a merge of large segments takes seconds
_HEAP_BYTES = 64 << 20  # of the writer; Tantivy refuses less than 15 MB a thread
_WRITER_THREADS = 1  # documents are analysed in Python, so a second thread would wait for them
_ATTEMPTS = 3  # to open the index while other processes commit and clear
_IDS_AT_ONCE = 10_000
_TOO_BROAD = "max expansions"  # in Tantivy's message when a wildcard in a phrase stands for too many words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    stamp: Stamp
    process: int
    index: Index


class TantivyEngine:
    """A search engine in one folder: see `engines.port.SearchEngine` for the contract.

    Readers notice commits of other processes by the change of one small file. Writers take turns by a lock that dies
    with its process. `path` is made by the first `put` or `clear`.
    """

    def __init__(self, path: Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._folder = Folder(path, wait_seconds=wait_seconds)
        self._opened: _Opened | None = None
        self._lock = threading.Lock()

    def put(self, documents: Sequence[Document]) -> None:
        """Add or replace documents in one durable commit."""
        latest = {document.message_id: document for document in documents}
        if not latest:
            return
        made = [(document.message_id, to_tantivy(document)) for document in latest.values()]
        with self._folder.writing():
            if not self._folder.exists():
                self._folder.create()
            with reporting(self._folder.path), given_back(self._folder.path), self._writer() as writer:
                for message_id, document in made:
                    writer.delete_documents_by_term(ID, message_id.hex)
                    writer.add_document(document)

    def delete(self, message_ids: Sequence[UUID]) -> None:
        """Remove documents; ids that are not there are ignored."""
        if not message_ids or not self._folder.exists():
            return
        with self._folder.writing(), reporting(self._folder.path), self._writer() as writer:
            for message_id in message_ids:
                writer.delete_documents_by_term(ID, message_id.hex)

    def expunge(self, message_ids: Sequence[UUID]) -> None:
        """Remove documents from answers and files, in one step; see `expunging` for how."""
        if not self._folder.exists():
            return
        with self._folder.writing(), reporting(self._folder.path), given_back(self._folder.path):
            expunge(self._folder, message_ids)

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer a search from one state of the index."""
        if request.offset < 0 or not 0 <= request.limit <= MAX_LIMIT:
            raise ValueError(f"limit must be 0 to {MAX_LIMIT} and offset not negative")
        if unknown := set(request.facets) - set(FACETS):
            raise ValueError(f"no such facet: {', '.join(sorted(unknown))}")
        index = self._current()
        query = Compiler(index.schema, request.scope).compile(request.query)
        with self._answering(request.query):
            return _answer(index, query, request)

    def matching(self, query: Node, scope: Scope) -> Iterator[UUID]:
        """Yield the id of every document that a search finds, from one state of the index."""
        index = self._current()
        compiled = Compiler(index.schema, scope).compile(query)
        with self._answering(query):
            yield from _all_ids(index.searcher(), compiled)

    def message_ids(self) -> Iterator[UUID]:
        """Yield the id of every document, from one state of the index."""
        with reporting(self._folder.path):
            yield from _all_ids(self._current().searcher(), Query.all_query())

    def count(self) -> int:
        """Return the number of documents."""
        return self._current().searcher().num_docs

    def clear(self) -> None:
        """Make an empty index of the present version in place of whatever is there."""
        with self._folder.writing():
            self._folder.create()

    @contextmanager
    def _writer(self) -> Iterator[IndexWriter]:
        """Give a writer and commit; or roll back. Merges end before the lock is let go: they belong to this writer."""
        writer = self._folder.open(self._folder.stamp().generation).writer(_HEAP_BYTES, _WRITER_THREADS)
        try:
            yield writer
            writer.commit()
        except BaseException:
            with suppress(ValueError, OSError):
                writer.rollback()
                writer.wait_merging_threads()
            raise
        writer.wait_merging_threads()

    @contextmanager
    def _answering(self, query: Node) -> Iterator[None]:
        try:
            with reporting(self._folder.path):
                yield
        except IndexUnavailable as error:
            if _TOO_BROAD not in str(error):
                raise
            raise _too_broad(query) from error

    def _current(self) -> Index:
        """Return the index as it is now, opened again where another process changed it."""
        for attempt in range(_ATTEMPTS):
            stamp = self._folder.stamp()
            opened = self._opened
            if opened is not None and opened.stamp == stamp and opened.process == os.getpid():
                return opened.index
            try:
                return self._reopened(stamp)
            except IndexUnavailable:
                if attempt == _ATTEMPTS - 1 or self._folder.stamp() == stamp:
                    raise
        raise IndexUnavailable(f"The search index in {self._folder.path} keeps changing: try again.")

    def _reopened(self, stamp: Stamp) -> Index:
        with self._lock:
            opened = self._opened
            if opened is None or opened.stamp.generation != stamp.generation or opened.process != os.getpid():
                index = self._folder.open(stamp.generation)
            else:
                index = opened.index
                with reporting(self._folder.path):
                    index.reload()
            self._opened = _Opened(stamp=stamp, process=os.getpid(), index=index)
            return index


def _all_ids(searcher: Searcher, query: Query) -> Iterator[UUID]:
    hits = searcher.search(query, searcher.num_docs).hits if searcher.num_docs else []
    for start in range(0, len(hits), _IDS_AT_ONCE):
        yield from ids_of(searcher, [address for _, address in hits[start : start + _IDS_AT_ONCE]])


def _answer(index: Index, query: Query, request: SearchRequest) -> SearchResult:
    searcher = index.searcher()
    page = page_of(searcher, index.schema, query, sort=request.sort, offset=request.offset, limit=request.limit)
    shown = facets_of(request.facets, request.scope)
    figures = figures_of(searcher, query, histogram=request.histogram, facets=shown)
    marker = Highlighter(request.query) if request.highlight else None
    return SearchResult(
        total=page.total,
        hits=tuple(_hit(searcher, found, marker) for found in page.found),
        histogram=figures.histogram,
        interval=figures.interval,
        undated=page.total - sum(bucket.count for bucket in figures.histogram) if request.histogram else 0,
        facets=figures.facets,
    )


def _hit(searcher: Searcher, found: Found, marker: Highlighter | None) -> Hit:
    if marker is None:
        return Hit(message_id=found.message_id, score=found.score)
    texts = texts_of(bytes(searcher.doc(found.address)[STORED][0]))
    return Hit(message_id=found.message_id, score=found.score, highlights=marker.highlights(texts))


def _too_broad(query: Node) -> QueryError:
    leaf = next(_wild_leaves(query))
    return QueryError("too-broad", start=leaf.span.start, end=leaf.span.end, value=leaf.text)


def _wild_leaves(node: Node) -> Iterator[Term | Phrase]:
    match node:
        case Term() | Phrase():
            if "*" in node.text or "?" in node.text:
                yield node
        case Near():
            yield from (*_wild_leaves(node.left), *_wild_leaves(node.right))
        case And() | Or():
            for clause in node.clauses:
                yield from _wild_leaves(clause)
        case Not():
            yield from _wild_leaves(node.clause)
        case _:
            return
