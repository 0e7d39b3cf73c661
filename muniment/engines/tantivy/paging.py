"""One page of hits in an exact order, from what Tantivy can order by: one column, or the score.

A number or a score can be the same for several messages. The page is then read with a margin on both sides, widened
until the keys at its ends differ from those of the page, and equal keys are put in the order of the ids. A page far
from the start is read from the nearer end: Tantivy sorts all that comes before.

The keys of senders are texts that end in the message id, so no two are equal, but reading one costs some 30 µs. A page
far from both ends is therefore found by counting the messages of each sender.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from uuid import UUID

from tantivy import DocAddress, Occur, Order, Query, Schema, Searcher

from muniment.engines.ordering import DESCENDING, id_of
from muniment.engines.port import Sort
from muniment.engines.tantivy.counting import Sender, senders_of
from muniment.engines.tantivy.schema import (
    BY_DATE,
    BY_DATE_DESC,
    BY_SENDER,
    BY_SIZE,
    ID_HIGH,
    ID_LOW,
    RECENCY,
    facet_field,
)

_NUMBERS = {
    Sort.DATE_DESC: BY_DATE_DESC,
    Sort.DATE_ASC: BY_DATE,
    Sort.SIZE_DESC: BY_SIZE,
    Sort.SIZE_ASC: BY_SIZE,
}
_MARGIN = 8
_WIDER = 4
_FAR = 1_000  # hits before a page, from where the total is worth counting first


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


def page_of(searcher: Searcher, schema: Schema, query: Query, *, sort: Sort, offset: int, limit: int) -> Page:
    """Return hits `offset` to `offset + limit` in the order of `sort`, and the exact total."""
    if limit == 0 or offset >= searcher.num_docs:
        return Page(total=_search(searcher, query, 1).total, found=())
    match sort:
        case Sort.SENDER:
            return _by_sender(searcher, schema, query, offset=offset, limit=limit)
        case Sort.RELEVANCE:
            return _by_number(searcher, query, offset=offset, limit=limit, weight_by_field=RECENCY)
        case _:
            order = Order.Desc if sort in DESCENDING else Order.Asc
            return _by_column(searcher, query, _NUMBERS[sort], order, offset=offset, limit=limit)


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


def _by_column(searcher: Searcher, query: Query, field: str, order: Order, *, offset: int, limit: int) -> Page:
    """Read from the nearer end of the order."""
    if offset > _FAR:
        total = _search(searcher, query, 1).total
        after = total - offset - limit
        if offset >= total:
            return Page(total=total, found=())
        if after < offset:
            order = Order.Asc if order == Order.Desc else Order.Desc
            first, wanted = max(0, after), min(limit, total - offset)
            page = _by_number(searcher, query, offset=first, limit=wanted, order_by_field=field, order=order)
            return Page(total=total, found=page.found[::-1])
    return _by_number(searcher, query, offset=offset, limit=limit, order_by_field=field, order=order)


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


def _by_sender(searcher: Searcher, schema: Schema, query: Query, *, offset: int, limit: int) -> Page:
    total = _search(searcher, query, 1).total
    after = max(0, total - offset - limit)
    wanted = min(limit, total - offset)
    if wanted <= 0:
        return Page(total=total, found=())
    if min(offset, after) > _FAR:
        senders = senders_of(searcher, query, total)
        if senders:
            found = _of_senders(searcher, schema, query, senders, offset=offset, limit=wanted)
            return Page(total=total, found=tuple(found))
    if offset <= after:
        return Page(total=total, found=tuple(_texts(searcher, query, Order.Asc, offset, wanted)))
    return Page(total=total, found=tuple(reversed(_texts(searcher, query, Order.Desc, after, wanted))))


def _of_senders(
    searcher: Searcher, schema: Schema, query: Query, senders: Sequence[Sender], *, offset: int, limit: int
) -> list[Found]:
    """Return the rest of the messages of the sender that the page begins with, then those of the senders after."""
    ends = list(accumulate(sender.count for sender in senders))
    at = bisect_right(ends, offset)
    skipped = offset - ends[at] + senders[at].count
    wanted = min(limit, senders[at].count - skipped)
    page = _by_column(
        searcher, _by_these(schema, query, [senders[at]]), ID_HIGH, Order.Asc, offset=skipped, limit=wanted
    )
    if wanted == limit:
        return list(page.found)
    last = bisect_left(ends, offset + limit)
    later = _by_these(schema, query, senders[at + 1 : last + 1])
    return [*page.found, *_texts(searcher, later, Order.Asc, 0, limit - wanted)]


def _by_these(schema: Schema, query: Query, senders: Sequence[Sender]) -> Query:
    field = facet_field("sender")
    named = [Query.term_set_query(schema, field, [name for sender in senders for name in sender.names])]
    if not all(sender.names for sender in senders):
        some = Query.exists_query(field)
        named.append(Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, some)]))
    either = Query.boolean_query([(Occur.Should, part) for part in named])
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, either)])


def _texts(searcher: Searcher, query: Query, order: Order, offset: int, limit: int) -> list[Found]:
    hits = _search(searcher, query, limit, order_by_field=BY_SENDER, order=order, offset=offset).hits
    return [Found(message_id=id_of(key), score=0.0, address=address) for key, address in hits]
