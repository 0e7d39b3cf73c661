"""One page of hits in an exact order, from what Tantivy can order by.

A sort goes by one text column whose keys end in the message id, so no two are equal. Relevance has equal scores: the
page is read with a margin on both sides, widened until the scores at its ends differ from those of the page, and equal
scores are put in the order of the ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tantivy import DocAddress, Order, Query, Searcher

from muniment.engines.ordering import DESCENDING, id_of
from muniment.engines.port import Sort
from muniment.engines.tantivy.schema import BY_DATE, BY_DATE_DESC, BY_SENDER, BY_SIZE, ID_HIGH, ID_LOW, RECENCY

_COLUMNS = {
    Sort.DATE_DESC: BY_DATE_DESC,
    Sort.DATE_ASC: BY_DATE,
    Sort.SIZE_DESC: BY_SIZE,
    Sort.SIZE_ASC: BY_SIZE,
    Sort.SENDER: BY_SENDER,
}
_MARGIN = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A hit before its texts are read."""

    message_id: UUID
    score: float
    address: DocAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, and how many hits there are in all."""

    total: int
    found: tuple[Found, ...]


def page_of(searcher: Searcher, query: Query, *, sort: Sort, offset: int, limit: int) -> Page:
    """Return hits `offset` to `offset + limit` in the order of `sort`, and the exact total."""
    if limit == 0 or offset >= searcher.num_docs:
        return Page(total=_count(searcher, query), found=())
    if sort is Sort.RELEVANCE:
        return _by_score(searcher, query, offset=offset, limit=limit)
    order = Order.Desc if sort in DESCENDING else Order.Asc
    result = _search(searcher, query, limit, order_by_field=_COLUMNS[sort], order=order, offset=offset)
    found = tuple(Found(message_id=id_of(key), score=0.0, address=address) for key, address in result.hits)
    return Page(total=result.total, found=found)


def ids_of(searcher: Searcher, addresses: Sequence[DocAddress]) -> list[UUID]:
    """Return the message ids of documents."""
    high = searcher.fast_field_values(ID_HIGH, list(addresses))
    low = searcher.fast_field_values(ID_LOW, list(addresses))
    return [UUID(int=(int(one or 0) << 64) | int(other or 0)) for one, other in zip(high, low, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    total: int
    hits: list[tuple[Any, DocAddress]]


def _search(searcher: Searcher, query: Query, limit: int, **options: Any) -> _Result:
    result: Any = searcher.search(query, limit, count=True, **options)  # its type stub leaves out `count`
    return _Result(total=int(result.count), hits=result.hits)


def _count(searcher: Searcher, query: Query) -> int:
    return _search(searcher, query, 1).total


def _by_score(searcher: Searcher, query: Query, *, offset: int, limit: int) -> Page:
    margin = _MARGIN
    while True:
        first = max(0, offset - margin)
        wanted = offset + limit + margin - first
        result = _search(searcher, query, wanted, offset=first, weight_by_field=RECENCY)
        scores = [score for score, _ in result.hits]
        begin, end = offset - first, min(offset + limit - first, len(scores))
        open_before = first > 0 and begin < len(scores) and scores[0] == scores[begin]
        open_after = len(scores) == wanted and end > 0 and scores[-1] == scores[end - 1]
        if not open_before and not open_after:
            break
        margin *= 4
    ids = ids_of(searcher, [address for _, address in result.hits])
    rows = [Found(message_id=i, score=s, address=a) for i, (s, a) in zip(ids, result.hits, strict=True)]
    rows.sort(key=lambda row: (-row.score, row.message_id))
    return Page(total=result.total, found=tuple(rows[begin:end]))
