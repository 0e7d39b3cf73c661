"""A query tree and a scope → an OpenSearch query. The scope is a filter beside the query, whatever that says."""

import re
from collections.abc import Iterator

from muniment.engines.figures import day_start
from muniment.engines.opensearch.rows import Query, any_of, near_query, row_query, wildcard_place
from muniment.engines.opensearch.schema import ACCESS, CAPTURED, SECONDS, SIZE, place_of, value_field, words_field
from muniment.engines.patterns import Piece, Row
from muniment.engines.port import RESTRICTED, Scope
from muniment.engines.selection import Proximity, Selection, Values, proximity, scope_terms, select
from muniment.engines.texts import Area
from muniment.engines.wildcards import ANY
from muniment.query.tree import And, DateRange, Everything, Field, Near, Node, Not, Or, Phrase, SizeRange, Term

_DAY_SECONDS = 86_400
_SUBJECT_WEIGHT = 2.0  # a word of the subject says more about a message than one of its body
_SPECIAL = re.compile(r"([^\w])", re.ASCII)  # of Lucene's expressions: more than Python's


def compiled(node: Node, scope: Scope) -> Query:
    """Return the query of a tree within the scope; raise `QueryError` where no index can answer."""
    parts: Query = {"must": [_Compiler(scope).node(node)]}
    if not scope.restricted:
        parts["must_not"] = [{"term": {value_field(Field.IS): {"value": RESTRICTED}}}]
    if not scope.everything:
        terms = sorted(scope_terms(scope))
        parts["filter"] = [{"terms": {ACCESS: terms}} if terms else {"match_none": {}}]
    return {"bool": parts}


class _Compiler:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def node(self, node: Node) -> Query:
        match node:
            case Term() | Phrase():
                return _selection(select(node, blind=self._scope.blind, personal=self._scope.personal))
            case Near():
                return _proximity(proximity(node))
            case DateRange():
                return _dates(node)
            case SizeRange():
                return _range(SIZE, node.at_least_bytes, node.at_most_bytes)
            case And():
                return self._all(node)
            case Or():
                return any_of([self.node(clause) for clause in node.clauses])
            case Not():
                return {"bool": {"must_not": [self.node(node.clause)]}}
            case Everything():
                return {"match_all": {}}

    def _all(self, node: And) -> Query:
        parts: dict[str, list[Query]] = {"must": [], "must_not": []}
        for clause in node.clauses:
            if isinstance(clause, Not):
                parts["must_not"].append(self.node(clause.clause))
            else:
                parts["must"].append(self.node(clause))
        return {"bool": {name: queries for name, queries in parts.items() if queries}}


def _dates(node: DateRange) -> Query:
    first = None if node.first is None else day_start(node.first)
    last = None if node.last is None else day_start(node.last) + _DAY_SECONDS - 1
    return _range(SECONDS if node.field == "date" else CAPTURED, first, last)


def _range(name: str, least: int | None, most: int | None) -> Query:
    ends = {end: value for end, value in (("gte", least), ("lte", most)) if value is not None}
    within: Query = {"range": {name: ends}} if ends else {"exists": {"field": name}}
    return {"constant_score": {"filter": within, "boost": 0.0}}


def _selection(selection: Selection) -> Query:
    words = (_row(area, row) for area in selection.areas for row in selection.pattern)
    values = (query for each in selection.values for query in _values(each))
    return any_of([*words, *values])


def _values(values: Values) -> Iterator[Query]:
    name = value_field(values.field)
    if values.terms:
        yield {"terms": {name: list(values.terms)}}
    for wildcard in values.wildcards:
        if values.character == ANY:
            yield {"wildcard": {name: {"value": wildcard.replace("\\", "\\\\")}}}
        else:
            yield {"regexp": {name: {"value": _regex(wildcard, values.character), "flags": "NONE"}}}


def _regex(wildcard: str, character: str) -> str:
    star, mark = f"{character}*", character
    parts = re.split(r"([*?])", wildcard)
    return "".join(star if part == "*" else mark if part == "?" else _SPECIAL.sub(r"\\\1", part) for part in parts)


def _row(area: Area, row: Row) -> Query:
    query = _piece(area, row[0][1]) if len(row) == 1 else row_query(area, row)
    return {"bool": {"must": [query], "boost": _SUBJECT_WEIGHT}} if area is Area.SUBJECT else query


def _piece(area: Area, piece: Piece) -> Query:
    if piece.wildcard is not None:
        field, pattern = wildcard_place(area, piece.wildcard)
        return {"wildcard": {field: {"value": pattern}}}
    if piece.fuzzy:
        # A constant score takes every word within so many edits; the usual rewriting stops at the best fifty.
        fuzzy = {"value": piece.terms[0], "fuzziness": str(piece.fuzzy), "rewrite": "constant_score"}
        return {"fuzzy": {words_field(area): fuzzy}}
    places = [place for place in (place_of(term, area) for term in piece.terms) if place]
    terms: list[Query] = [{"term": {field: {"value": token}}} for field, token in places]
    return terms[0] if len(terms) == 1 else {"dis_max": {"queries": terms}}


def _proximity(near: Proximity) -> Query:
    sides = [(left, right) for left in near.left for right in near.right]
    if not near.ordered:
        sides += [(right, left) for left, right in sides]
    return any_of([near_query(area, sides, near.distance) for area in near.areas]) if sides else any_of([])
