"""Hits in an exact order at any depth, from one state of the index.

An answer reaches `window` hits from its start. A page beyond is found by walking there from the nearer end,
`search_after` the last hit of each step, with no texts, in one point in time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from muniment.engines.opensearch.connection import Server
from muniment.engines.opensearch.rows import Query
from muniment.engines.opensearch.schema import BY_DATE, BY_DATE_DESC, BY_SENDER, BY_SIZE, ID, SECONDS
from muniment.engines.port import IndexUnavailable, Sort

KEEP_ALIVE: Final = "1m"  # of a point in time: between two questions, not for all of them
_ASC, _DESC = "asc", "desc"
_OTHER: Final = {_ASC: _DESC, _DESC: _ASC}
_FIRST, _LAST = "_first", "_last"

Body = dict[str, Any]
Ask = Callable[[Body], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A hit, with its source where texts are shown."""

    message_id: UUID
    score: float
    source: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, how many hits there are in all, and what was counted beside."""

    total: int
    found: tuple[Found, ...]
    counted: dict[str, Any]


def asker(server: Server, index: str) -> Ask:
    """Return how to ask an alias; every question sees the index as it is then."""
    return lambda body: _whole(server, _search(server, body, index=index))


@contextmanager
def one_state(server: Server, index: str) -> Iterator[Ask]:
    """Give how to ask one state of an alias, whatever is written meanwhile."""
    made = server.read(
        lambda client: client.create_pit(
            index=index, params={"keep_alive": KEEP_ALIVE, "allow_partial_pit_creation": "false"}
        )
    )
    pit = made["pit_id"]
    try:
        yield lambda body: _whole(
            server, _search(server, {**body, "pit": {"id": pit, "keep_alive": KEEP_ALIVE}}, index=None)
        )
    finally:
        with suppress(IndexUnavailable):  # it ends by itself
            server.read(lambda client: client.delete_pit(body={"pit_id": [pit]}, params={"ignore": "404"}))


def page_of(ask: Ask, body: Body, *, sort: Sort, offset: int, limit: int, window: int) -> Page:
    """Return hits `offset` to `offset + limit` of a question, and the exact total."""
    by = _sorts(sort)
    if limit == 0 or offset + limit <= window:
        near = {"from": offset, "size": limit, "sort": by} if limit else {"size": 0}
        return _page(ask({**body, **near}), turned=False)
    first = ask({**body, "size": 0, "track_total_hits": True})
    total = _total(first)
    wanted = max(0, min(limit, total - offset))
    found: tuple[Found, ...] = ()
    if wanted:
        only_hits = {"query": body["query"], "_source": body["_source"], "track_total_hits": False}
        after = total - offset - wanted
        turned = after < offset
        steps = _Steps(ask, only_hits, [_turned(one) for one in by] if turned else by, window)
        hits = _found(steps.after(after if turned else offset, wanted))
        found = hits[::-1] if turned else hits
    return Page(total=total, found=found, counted=first.get("aggregations", {}))


def all_ids(ask: Ask, query: Query, *, window: int) -> Iterator[UUID]:
    """Yield the id of every hit."""
    body: Body = {"query": query, "size": window, "_source": False, "track_total_hits": False}
    body["sort"] = [{"_shard_doc": _ASC}]
    while True:
        hits = ask(body)["hits"]["hits"]
        yield from (UUID(hex=hit["_id"]) for hit in hits)
        if len(hits) < window:
            return
        body["search_after"] = hits[-1]["sort"]


class _Steps:
    """Walk along an order."""

    def __init__(self, ask: Ask, body: Body, sort: list[Query], window: int) -> None:
        self._ask, self._body, self._sort, self._window = ask, body, sort, window

    def after(self, skipped: int, wanted: int) -> list[Any]:
        """Return so many hits after so many others."""
        last: list[Any] | None = None
        while skipped:
            step = min(self._window, skipped)
            hits = self._hits(step, last, {"_source": False})
            last, skipped = hits[-1]["sort"], skipped - step
        return self._hits(wanted, last, {})

    def _hits(self, size: int, last: list[Any] | None, changes: Body) -> list[Any]:
        body = {**self._body, **changes, "size": size, "sort": self._sort}
        if last is not None:
            body["search_after"] = last
        hits: list[Any] = self._ask(body)["hits"]["hits"]
        return hits


def _search(server: Server, body: Body, *, index: str | None) -> Any:
    params = {"allow_partial_search_results": "false"}
    if any("_score" in one for one in body.get("sort", ())):
        params["search_type"] = "dfs_query_then_fetch"  # how rare a word is, over all shards alike
    return server.read(lambda client: client.search(index=index, body=body, params=params))


def _whole(server: Server, answer: Any) -> Any:
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise IndexUnavailable(f"{server} answered from a part of the index only: try again later.")
    return answer


def _sorts(sort: Sort) -> list[Query]:
    match sort:
        case Sort.RELEVANCE:
            return [{"_score": _DESC}, {SECONDS: {"order": _DESC, "missing": _LAST}}, {ID: _ASC}]
        case Sort.DATE_DESC:
            return [{BY_DATE_DESC: _DESC}, {ID: _DESC}]
        case Sort.DATE_ASC:
            return [{BY_DATE: _ASC}, {ID: _ASC}]
        case Sort.SIZE_DESC:
            return [{BY_SIZE: _DESC}, {ID: _DESC}]
        case Sort.SIZE_ASC:
            return [{BY_SIZE: _ASC}, {ID: _ASC}]
        case Sort.SENDER:
            return [{BY_SENDER: _ASC}]


def _turned(sort: Query) -> Query:
    ((name, order),) = sort.items()
    if isinstance(order, str):
        return {name: _OTHER[order]}
    return {name: {"order": _OTHER[order["order"]], "missing": _FIRST if order["missing"] == _LAST else _LAST}}


def _page(answer: Any, *, turned: bool) -> Page:
    found = _found(answer["hits"]["hits"])
    return Page(total=_total(answer), found=found[::-1] if turned else found, counted=answer.get("aggregations", {}))


def _found(hits: list[Any]) -> tuple[Found, ...]:
    return tuple(
        Found(message_id=UUID(hex=hit["_id"]), score=hit["_score"] or 0.0, source=hit.get("_source", {}))
        for hit in hits
    )


def _total(answer: Any) -> int:
    return int(answer["hits"]["total"]["value"])
