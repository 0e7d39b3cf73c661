"""OpenSearchEngine: the SearchEngine port over a cluster that many processes share."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from opensearchpy.exceptions import RequestError

from muniment.engines.figures import FACETS, bars, most_frequent
from muniment.engines.highlight import Highlighter
from muniment.engines.opensearch.compiling import compiled
from muniment.engines.opensearch.connection import Connection, Server
from muniment.engines.opensearch.counting import aggregations, bar_counts, facet_counts
from muniment.engines.opensearch.documents import texts_of, to_source
from muniment.engines.opensearch.indices import Generation, Indices, Layout
from muniment.engines.opensearch.paging import Ask, Found, Page, all_ids, asker, one_state, page_of
from muniment.engines.opensearch.schema import WINDOW
from muniment.engines.opensearch.writing import Action, carry_out, encode
from muniment.engines.port import (
    Document,
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
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
        self._indices = Indices(self._server, layout or Layout())
        self._now = now
        self._window = window
        self._lock = threading.Lock()  # one put at a time becomes visible

    def put(self, documents: Sequence[Document]) -> None:
        """Add or replace documents; those that were sent become visible together."""
        latest = {document.message_id.hex: document for document in documents}
        if not latest:
            return
        sources = {name: encode(to_source(document)) for name, document in latest.items()}
        with self._lock:
            generations = self._indices.generations()
            if not any(generation.alias == self._indices.alias for generation in generations):
                self._indices.fresh()
                generations = self._indices.generations()
            outcome = carry_out(self._server, [action for one in generations for action in self._puts(one, sources)])
            self._refresh(generations)
            self._indices.roll_over()
        if outcome.refused:
            raise IndexUnavailable(f"{self._server} refused {len(outcome.refused)} documents")

    def delete(self, message_ids: Sequence[UUID]) -> None:
        """Remove documents; ids that are not there are ignored."""
        if not message_ids:
            return
        names = sorted({message_id.hex for message_id in message_ids})
        with self._lock:
            generations = self._indices.generations()
            version = _version(self._now())
            actions = [
                Action(name=name, index=index, is_alias=False, version=version, source=None)
                for one in generations
                for index in one.indices
                for name in names
            ]
            carry_out(self._server, actions)
            self._refresh(generations)

    def expunge(self, message_ids: Sequence[UUID]) -> None:
        """Remove documents from answers and files."""
        self.delete(message_ids)

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
            yield from all_ids(ask, compiled_query, window=self._window)

    def message_ids(self) -> Iterator[UUID]:
        """Yield the id of every document, from one state of the index."""
        with one_state(self._server, self._indices.alias) as ask:
            yield from all_ids(ask, {"match_all": {}}, window=self._window)

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

    def _puts(self, generation: Generation, sources: dict[str, bytes]) -> Iterator[Action]:
        homes = self._indices.homes(generation, list(sources))
        for name, source in sources.items():
            home = homes.get(name)
            yield Action(name=name, index=home or generation.alias, is_alias=home is None, version=None, source=source)

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
        except RequestError as error:
            leaf = next(_wild_leaves(query), None)
            if leaf is None:
                raise self._server.unavailable(error) from error
            raise QueryError("too-broad", start=leaf.span.start, end=leaf.span.end, value=leaf.text) from error


def _version(moment: datetime) -> int:
    """Return the version of a state: microseconds since 1970."""
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
