"""OpenSearchEngine: the SearchEngine port over a cluster that many processes share."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from opensearchpy.exceptions import RequestError

from muniment.engines.figures import FACETS, bars, most_frequent
from muniment.engines.highlight import Highlighter
from muniment.engines.opensearch.compiling import compiled
from muniment.engines.opensearch.connection import Connection, Server, TooBroad
from muniment.engines.opensearch.counting import aggregations, bar_counts, facet_counts
from muniment.engines.opensearch.documents import texts_of, to_source
from muniment.engines.opensearch.expunging import expunge
from muniment.engines.opensearch.fitness import check
from muniment.engines.opensearch.indices import Generation, Indices, Layout
from muniment.engines.opensearch.paging import Ask, Found, Page, all_ids, asker, one_state, page_of
from muniment.engines.opensearch.schema import WINDOW
from muniment.engines.opensearch.writing import MAX_DOCUMENT_BYTES, Action, carry_out, encode, overtaken
from muniment.engines.port import (
    Document,
    DocumentsRefused,
    Hit,
    IndexUnavailable,
    Interval,
    Scope,
    SearchRequest,
    SearchResult,
)
from muniment.engines.selection import facets_of
from muniment.query.refusals import QueryError
from muniment.query.tree import And, Near, Node, Not, Or, Phrase, Term

MAX_LIMIT: Final = 1_000  # hits of one page (`SearchRequest`)
_TOO_LARGE: Final = "its words are more than OpenSearch takes in one document"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Put:
    name: str
    version: int | None
    source: bytes


class OpenSearchEngine:
    """A search engine in a cluster: see `engines.port.SearchEngine` for the contract."""

    def __init__(
        self,
        connection: Connection,
        layout: Layout | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        window: int = WINDOW,
        server: Server | None = None,
    ) -> None:
        self._server = server or Server(connection)
        self._layout = layout or Layout()
        self._indices = Indices(self._server, self._layout)
        self._now = now
        self._window = window
        self._lock = threading.Lock()  # one put at a time becomes visible

    def put(self, documents: Sequence[Document]) -> None:
        """Add or replace documents; those that were sent become visible together."""
        latest = {document.message_id.hex: document for document in documents}
        if not latest:
            return
        puts = [
            _Put(name=name, version=_version(document.as_of), source=encode(to_source(document)))
            for name, document in latest.items()
        ]
        taken = [put for put in puts if len(put.source) <= MAX_DOCUMENT_BYTES]
        with self._lock:
            self._make_missing()
            generations = self._indices.generations()
            outcome = carry_out(self._server, [action for one in generations for action in self._actions(one, taken)])
            self._refresh(generations)
            self._indices.roll_over()
        if late := overtaken(self._server, outcome):
            raise IndexUnavailable(
                f"{self._server} has {late} documents in a later state than those that were put: they are made again."
            )
        refused = {put.name: _TOO_LARGE for put in puts if len(put.source) > MAX_DOCUMENT_BYTES} | outcome.refused
        if refused:
            raise DocumentsRefused({UUID(hex=name): why for name, why in refused.items()})

    def delete(self, message_ids: Sequence[UUID]) -> None:
        """Remove documents; ids that are not there are ignored."""
        if not message_ids:
            return
        names = sorted({message_id.hex for message_id in message_ids})
        with self._lock:
            generations = self._indices.generations()
            version = _version(self._now())  # so that a put that was sent before and comes later is not taken
            actions = [
                Action(name=name, index=index, is_alias=False, version=version, source=None)
                for one in generations
                for index in one.indices
                for name in names
            ]
            met = carry_out(self._server, actions).conflicts
            ahead = [replace(action, version=None) for some in met.values() for action in some]
            carry_out(self._server, ahead)  # of a clock that is ahead of ours: gone all the same
            self._refresh(generations)

    def expunge(self, message_ids: Sequence[UUID]) -> None:
        """Remove documents from answers and files; see `expunging` for how, and how long it takes.

        Where something is left, the answers are without these documents already.
        """
        names = [index for one in self._indices.generations() for index in one.indices]
        expunge(self._server, names, lambda: self.delete(message_ids))

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer a search from one state of the index."""
        if request.offset < 0 or not 0 <= request.limit <= MAX_LIMIT:
            raise ValueError(f"limit must be 0 to {MAX_LIMIT} and offset not negative")
        if unknown := set(request.facets) - set(FACETS):
            raise ValueError(f"no such facet: {', '.join(sorted(unknown))}")
        query = compiled(request.query, request.scope)
        facets = facets_of(request.facets, request.scope)
        body = {
            "query": query,
            "_source": request.highlight,
            "track_total_hits": True,
            "aggs": aggregations(histogram=request.histogram, facets=facets),
        }
        with self._answering(request.query), self._asking(request) as ask:
            page = page_of(
                ask, body, sort=request.sort, offset=request.offset, limit=request.limit, window=self._window
            )
            counts, interval = (
                bar_counts(
                    page.counted, lambda wanted: ask({"query": query, "size": 0, "aggs": wanted})["aggregations"]
                )
                if request.histogram
                else ({}, Interval.DAY)
            )
        return _result(request, page, counts, interval, facets)

    def matching(self, query: Node, scope: Scope) -> Iterator[UUID]:
        """Yield the id of every document that a search finds, from one state of the index."""
        compiled_query = compiled(query, scope)
        with self._answering(query), one_state(self._server, self._indices.alias) as ask:
            found = list(all_ids(ask, compiled_query, window=self._window))
        yield from found  # whoever reads may take longer than a point in time is kept

    def message_ids(self) -> Iterator[UUID]:
        """Yield the id of every document, from one state of the index."""
        with one_state(self._server, self._indices.alias) as ask:
            found = list(all_ids(ask, {"match_all": {}}, window=self._window))
        yield from found

    def count(self) -> int:
        """Return the number of documents."""
        answer = self._server.read(lambda client: client.count(index=self._indices.alias))
        if answer["_shards"]["failed"]:
            raise IndexUnavailable(f"{self._server} counted a part of the index only: try again later.")
        return int(answer["count"])

    def clear(self) -> None:
        """Put an empty index of the present version in place of whatever is there."""
        with self._lock:
            self._indices.fresh()

    def check(self) -> None:
        """Raise `IndexUnfit` where the cluster cannot keep the index; see `fitness`."""
        check(self._server, self._layout)

    def make(self) -> None:
        """Make an empty index where there is none."""
        with self._lock:
            self._make_missing()

    def begin_renewal(self) -> None:
        """Begin an empty index beside the one that is searched; what is put and deleted goes to both."""
        with self._lock:
            self._indices.begin_next()

    def finish_renewal(self) -> None:
        """Search the index that was begun, in one step, and remove the other."""
        with self._lock:
            self._indices.adopt_next()

    def mark(self) -> str:
        """Return the mark in the index: it lies in the mappings, and so in every snapshot."""
        return self._indices.mark()

    def set_mark(self, text: str) -> None:
        """Leave a mark in the index."""
        self._indices.set_mark(text)

    def _make_missing(self) -> None:
        if not any(generation.alias == self._indices.alias for generation in self._indices.generations()):
            self._indices.fresh()

    def _actions(self, generation: Generation, puts: Sequence[_Put]) -> Iterator[Action]:
        homes = self._indices.homes(generation, [put.name for put in puts])
        for put in puts:
            home = homes.get(put.name)
            yield Action(
                name=put.name,
                index=home or generation.alias,
                is_alias=home is None,
                version=put.version,
                source=put.source,
            )

    def _refresh(self, generations: Sequence[Generation]) -> None:
        names = ",".join(index for one in generations for index in one.indices)
        if names:
            answer = self._server.write(lambda client: client.indices.refresh(index=names))
            if answer["_shards"]["failed"]:
                raise IndexUnavailable(f"{self._server} does not show what was put yet: try again later.")

    @contextmanager
    def _asking(self, request: SearchRequest) -> Iterator[Ask]:
        """Give how to ask: one state of the index where it takes more than one question."""
        if request.histogram or request.offset + request.limit > self._window:
            with one_state(self._server, self._indices.alias) as ask:
                yield ask
        else:
            yield asker(self._server, self._indices.alias)

    @contextmanager
    def _answering(self, query: Node) -> Iterator[None]:
        try:
            yield
        except (RequestError, TooBroad) as error:
            leaf = next(_wild_leaves(query), None)
            if leaf is None:
                raise IndexUnavailable(f"{self._server} does not understand a question: report it.") from error
            raise QueryError("too-broad", start=leaf.span.start, end=leaf.span.end, value=leaf.text) from error


def _version(moment: datetime | None) -> int | None:
    """Return the version of a state: microseconds since 1970."""
    if moment is None:
        return None
    between = moment - _EPOCH
    return (between.days * 86_400 + between.seconds) * 1_000_000 + between.microseconds


def _result(
    request: SearchRequest, page: Page, counts: dict[int, int], interval: Interval, facets: Sequence[str]
) -> SearchResult:
    marker = Highlighter(request.query) if request.highlight else None
    histogram = bars(counts, interval)
    return SearchResult(
        total=page.total,
        hits=tuple(_hit(found, marker) for found in page.found),
        histogram=histogram,
        interval=interval,
        undated=page.total - sum(bucket.count for bucket in histogram) if request.histogram else 0,
        facets={facet: most_frequent(facet_counts(page.counted, facet), of=facet) for facet in facets},
    )


def _hit(found: Found, marker: Highlighter | None) -> Hit:
    highlights = marker.highlights(texts_of(found.source)) if marker else ()
    return Hit(message_id=found.message_id, score=found.score, highlights=highlights)


def _wild_leaves(node: Node) -> Iterator[Term | Phrase]:
    match node:
        case Term() | Phrase():
            if "*" in node.text or "?" in node.text or (isinstance(node, Term) and node.fuzzy):
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
