"""MemoryEngine: the SearchEngine contract in plain Python, for tests. It reads every document for every search."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from muniment.engines.analysis import Analysed, analyse
from muniment.engines.figures import bar_number, bars, day_number, day_start, interval_for, most_frequent
from muniment.engines.highlight import Highlighter, Texts
from muniment.engines.matching import find, find_near
from muniment.engines.ordering import DESCENDING, date_key, seconds_of, sender_key, size_key
from muniment.engines.port import (
    RESTRICTED,
    Bucket,
    Document,
    Hit,
    Interval,
    Scope,
    SearchRequest,
    SearchResult,
    Sort,
)
from muniment.engines.selection import Selection, Values, facets_of, proximity, scope_terms, select
from muniment.engines.texts import Area, access_terms, filetypes_of, passages, sender_of, values
from muniment.engines.wildcards import python_regex
from muniment.query.tree import And, DateRange, Everything, Field, Near, Node, Not, Or, Phrase, SizeRange, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class _Indexed:
    document: Document
    areas: Mapping[Area, list[Analysed]]
    values: Mapping[Field, set[str]]
    access: set[str]


_Test = Callable[[_Indexed], int]  # how often it is found; 0 is not at all


class MemoryEngine:
    """A search engine that forgets: see `engines.port.SearchEngine` for the contract."""

    def __init__(self) -> None:
        self._documents: dict[UUID, _Indexed] = {}
        self._lock = threading.Lock()

    def put(self, documents: Sequence[Document]) -> None:
        """Add or replace documents."""
        indexed = {document.message_id: _indexed(document) for document in documents}
        with self._lock:
            self._documents = {**self._documents, **indexed}

    def delete(self, message_ids: Sequence[UUID]) -> None:
        """Remove documents."""
        gone = set(message_ids)
        with self._lock:
            self._documents = {key: value for key, value in self._documents.items() if key not in gone}

    def expunge(self, message_ids: Sequence[UUID]) -> None:
        """Remove documents; no file ever held them."""
        self.delete(message_ids)

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer a search."""
        test = _test(request.query, request.scope)
        found = [(one, test(one)) for one in self._documents.values() if _may_see(request.scope, one)]
        found = [(one, score) for one, score in found if score]
        ordered = _ordered(found, request.sort)
        marker = Highlighter(request.query) if request.highlight else None
        page = ordered[request.offset : request.offset + request.limit]
        documents = [one.document for one, _ in found]
        histogram, interval = _histogram(documents) if request.histogram else ((), Interval.DAY)
        return SearchResult(
            total=len(found),
            hits=tuple(_hit(one.document, score, marker) for one, score in page),
            histogram=histogram,
            interval=interval,
            undated=sum(document.date is None for document in documents) if request.histogram else 0,
            facets={facet: _facet(documents, facet) for facet in facets_of(request.facets, request.scope)},
        )

    def matching(self, query: Node, scope: Scope) -> Iterator[UUID]:
        """Yield the id of every document that a search finds."""
        test = _test(query, scope)
        yield from (key for key, one in self._documents.items() if _may_see(scope, one) and test(one))

    def message_ids(self) -> Iterator[UUID]:
        """Yield every id."""
        yield from self._documents

    def count(self) -> int:
        """Return the number of documents."""
        return len(self._documents)

    def clear(self) -> None:
        """Remove every document."""
        with self._lock:
            self._documents = {}


def _indexed(document: Document) -> _Indexed:
    areas = {area: [analyse(text) for text in texts] for area, texts in passages(document).items()}
    return _Indexed(document=document, areas=areas, values=values(document), access=access_terms(document))


def _may_see(scope: Scope, one: _Indexed) -> bool:
    if RESTRICTED in one.document.flags and not scope.restricted:
        return False
    return scope.everything or not one.access.isdisjoint(scope_terms(scope))


def _ordered(found: list[tuple[_Indexed, int]], sort: Sort) -> list[tuple[_Indexed, int]]:
    match sort:
        case Sort.RELEVANCE:
            return sorted(found, key=lambda pair: (-pair[1], pair[0].document.message_id))
        case Sort.SENDER:
            return sorted(found, key=lambda pair: sender_key(pair[0].document))
        case _:
            return sorted(found, key=lambda pair: _number(pair[0].document, sort), reverse=sort in DESCENDING)


def _number(document: Document, sort: Sort) -> tuple[int, UUID]:
    by_date = sort in {Sort.DATE_DESC, Sort.DATE_ASC}
    key = date_key(document, descending=sort in DESCENDING) if by_date else size_key(document)
    return key, document.message_id


def _hit(document: Document, score: int, marker: Highlighter | None) -> Hit:
    if marker is None:
        return Hit(message_id=document.message_id, score=float(score))
    attachment = "\n".join([*document.attachment_names, document.attachment_text])
    texts = Texts(subject=document.subject, body=document.body, attachment=attachment)
    return Hit(message_id=document.message_id, score=float(score), highlights=marker.highlights(texts))


def _histogram(documents: list[Document]) -> tuple[tuple[Bucket, ...], Interval]:
    days = [day_number(seconds_of(document.date)) for document in documents if document.date]
    if not days:
        return (), Interval.DAY
    interval = interval_for(min(days), max(days))
    return bars(Counter(bar_number(day, interval) for day in days), interval), interval


def _facet(documents: list[Document], facet: str) -> tuple[tuple[str, int], ...]:
    match facet:
        case "sender":
            return most_frequent(Counter(sender for each in documents if (sender := sender_of(each))))
        case "source":
            return most_frequent(Counter(source for each in documents for source in set(each.sources)))
        case "custodian":
            return most_frequent(Counter(custodian for each in documents for custodian in set(each.custodians)))
        case "personal":
            return most_frequent(Counter(kind for each in documents for kind in set(each.personal)), of=facet)
        case _:
            return most_frequent(Counter(kind for each in documents for kind in filetypes_of(each)))


def _test(node: Node, scope: Scope) -> _Test:
    match node:
        case Term() | Phrase():
            return _selected(select(node, blind=scope.blind, personal=scope.personal))
        case Near():
            near = proximity(node)
            return lambda one: sum(len(find_near(near, each)) for area in near.areas for each in one.areas[area])
        case DateRange():
            return lambda one: _in_dates(node, one.document)
        case SizeRange():
            return lambda one: _in_sizes(node, one.document.size_bytes)
        case And():
            tests = [_test(clause, scope) for clause in node.clauses]
            return lambda one: sum(counts) if all(counts := [test(one) for test in tests]) else 0
        case Or():
            tests = [_test(clause, scope) for clause in node.clauses]
            return lambda one: sum(test(one) for test in tests)
        case Not():
            inner = _test(node.clause, scope)
            return lambda one: not inner(one)
        case Everything():
            return lambda _: 1


def _selected(selection: Selection) -> _Test:
    def test(one: _Indexed) -> int:
        words = sum(len(find(selection.pattern, each)) for area in selection.areas for each in one.areas[area])
        return words + sum(_has_value(values, one.values[values.field]) for values in selection.values)

    return test


def _has_value(wanted: Values, values: set[str]) -> bool:
    if not values.isdisjoint(wanted.terms):
        return True
    return any(
        python_regex(wildcard, wanted.character).fullmatch(value) for wildcard in wanted.wildcards for value in values
    )


def _in_dates(node: DateRange, document: Document) -> bool:
    moment = document.date if node.field == "date" else document.captured_at
    if moment is None:
        return False
    seconds = seconds_of(moment)
    after = node.first is None or day_start(node.first) <= seconds
    return after and (node.last is None or seconds < day_start(node.last) + 86_400)


def _in_sizes(node: SizeRange, size_bytes: int) -> bool:
    after = node.at_least_bytes is None or node.at_least_bytes <= size_bytes
    return after and (node.at_most_bytes is None or size_bytes <= node.at_most_bytes)
