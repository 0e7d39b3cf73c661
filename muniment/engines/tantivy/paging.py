"""One page of hits in an exact order, from what Tantivy can order by: one column, or the score.

A number or a score can be the same for several messages. The page is then read with a margin on both sides, widened
until the keys at its ends differ from those of the page, and equal keys are put in the order of the ids. The keys of
senders end in the message id, so no two are equal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tantivy import DocAddress, Order, Query, Searcher

from muniment.engines.ordering import DESCENDING, id_of
from muniment.engines.port import Sort
from muniment.engines.tantivy.schema import BY_DATE, BY_DATE_DESC, BY_SENDER, BY_SIZE, ID_HIGH, ID_LOW, RECENCY

_NUMBERS = {
    Sort.DATE_DESC: BY_DATE_DESC,
    Sort.DATE_ASC: BY_DATE,
    Sort.SIZE_DESC: BY_SIZE,
    Sort.SIZE_ASC: BY_SIZE,
}
_MARGIN = 8
_WIDER = 4


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


Hits = list[tuple[Any, DocAddress]]  # the key or score, and where the document is
_Read = Callable[[int, int], Hits]  # offset and limit → hits


def page_of(searcher: Searcher, query: Query, *, sort: Sort, offset: int, limit: int) -> Page:
    """Return hits `offset` to `offset + limit` in the order of `sort`, and the exact total."""
    if limit == 0 or offset >= searcher.num_docs:
        return Page(total=_search(searcher, query, 1).total, found=())
    match sort:
        case Sort.SENDER:
            return _by_sender(searcher, query, offset=offset, limit=limit)
        case Sort.RELEVANCE:
            return _by_number(searcher, query, offset=offset, limit=limit, weight_by_field=RECENCY)
        case _:
            order = Order.Desc if sort in DESCENDING else Order.Asc
            options = {"order_by_field": _NUMBERS[sort], "order": order}
            return _by_number(searcher, query, offset=offset, limit=limit, **options)


def ids_of(searcher: Searcher, addresses: Sequence[DocAddress]) -> list[UUID]:
    """Return the message ids of documents."""
    high = searcher.fast_field_values(ID_HIGH, list(addresses))
    low = searcher.fast_field_values(ID_LOW, list(addresses))
    return [UUID(int=(int(one or 0) << 64) | int(other or 0)) for one, other in zip(high, low, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    total: int
    hits: Hits


def _search(searcher: Searcher, query: Query, limit: int, **options: Any) -> _Result:
    result: Any = searcher.search(query, limit, **options)  # its type stub leaves out `count`
    return _Result(total=int(result.count), hits=result.hits)


def _by_number(searcher: Searcher, query: Query, *, offset: int, limit: int, **options: Any) -> Page:
    margin = _MARGIN
    while True:
        first = max(0, offset - margin)
        wanted = offset + limit + margin - first
        result = _search(searcher, query, wanted, offset=first, **options)
        keys = [key for key, _ in result.hits]
        begin, end = offset - first, min(offset + limit - first, len(keys))
        open_before = first > 0 and begin < len(keys) and keys[0] == keys[begin]
        open_after = len(keys) == wanted and end > begin and keys[-1] == keys[end - 1]
        if not open_before and not open_after:
            break
        margin *= _WIDER
    rows = _in_order(searcher, result.hits, by_score="order_by_field" not in options, rising=_rising(options))
    return Page(total=result.total, found=tuple(rows[begin:end]))


def _rising(options: dict[str, Any]) -> bool:
    return bool(options.get("order") == Order.Asc)


def _in_order(searcher: Searcher, hits: Hits, *, by_score: bool, rising: bool) -> list[Found]:
    ids = ids_of(searcher, [address for _, address in hits])
    rows = [
        (key, Found(message_id=i, score=key if by_score else 0.0, address=a))
        for i, (key, a) in zip(ids, hits, strict=True)
    ]
    if by_score:
        rows.sort(key=lambda row: (-row[0], row[1].message_id))
    else:
        rows.sort(key=lambda row: (row[0], row[1].message_id), reverse=not rising)
    return [found for _, found in rows]


def _by_sender(searcher: Searcher, query: Query, *, offset: int, limit: int) -> Page:
    """Read from the nearer end: Tantivy reads the text of every key before the page."""
    total = _search(searcher, query, 1).total
    after = max(0, total - offset - limit)
    wanted = min(limit, total - offset)
    if wanted <= 0:
        return Page(total=total, found=())
    from_start = offset <= after
    order, skip = (Order.Asc, offset) if from_start else (Order.Desc, after)
    hits = _search(searcher, query, wanted, order_by_field=BY_SENDER, order=order, offset=skip).hits
    found = [Found(message_id=id_of(key), score=0.0, address=address) for key, address in hits]
    return Page(total=total, found=tuple(found if from_start else reversed(found)))
