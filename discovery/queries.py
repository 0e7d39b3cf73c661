"""Search on behalf of somebody: one request to the index, one to the catalogue, every figure limited by the scope."""

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from accounts.permissions import scope_of
from archive.models import Message
from archive.queries.messages import visible_rows
from discovery.criteria import Criteria
from discovery.paging import Pages, pages
from muniment.engines.port import Highlight, Scope, SearchEngine, SearchRequest, SearchResult
from muniment.query.tree import Node

FACETS = ("sender", "source", "filetype", "personal")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMessage:
    """A hit with its catalogue row."""

    message: Message
    highlights: tuple[Highlight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of results and the figures of the whole search."""

    tree: Node
    result: SearchResult
    pages: Pages
    messages: tuple[FoundMessage, ...]
    vanished: int  # hits that the catalogue no longer shows: the index is behind


def search(actor: User, criteria: Criteria, *, engine: SearchEngine, today: date, scope: Scope | None = None) -> Found:
    """Return the page that `criteria` asks for, or the last one when it lies past the end.

    `scope` is a part of what the actor sees, such as a matter's; all of it when None. Raises `QueryError` for a query
    that is not understood and `IndexUnavailable`.
    """
    tree = criteria.tree(today=today)
    seen = scope_of(actor) if scope is None else scope
    wanted = _request(seen, criteria, tree, offset=(criteria.page - 1) * criteria.per)
    result = engine.search(wanted)
    page = pages(total=result.total, size=criteria.per, wanted=criteria.page)
    if page.number != criteria.page:
        result = engine.search(_request(seen, criteria, tree, offset=page.offset))
    rows = visible_rows(actor, [hit.message_id for hit in result.hits])
    messages = tuple(
        FoundMessage(message=rows[hit.message_id], highlights=hit.highlights)
        for hit in result.hits
        if hit.message_id in rows
    )
    return Found(tree=tree, result=result, pages=page, messages=messages, vanished=len(result.hits) - len(messages))


def _request(scope: Scope, criteria: Criteria, tree: Node, *, offset: int) -> SearchRequest:
    return SearchRequest(
        query=tree,
        scope=scope,
        sort=criteria.sort,
        offset=offset,
        limit=criteria.per,
        highlight=True,
        histogram=True,
        facets=FACETS,
    )
