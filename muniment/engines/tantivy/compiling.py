"""A query tree and a scope → a Tantivy query."""

from collections.abc import Iterable, Iterator
from itertools import product

from tantivy import FieldType, Occur, Query, Schema

from muniment.engines.figures import day_start
from muniment.engines.patterns import Piece, Row
from muniment.engines.port import RESTRICTED, Scope
from muniment.engines.selection import Proximity, Selection, Values, proximity, scope_terms, select
from muniment.engines.tantivy.schema import (
    ACCESS,
    BACKWARDS,
    CAPTURED,
    SECONDS,
    SIZE,
    SLACK,
    SLOTS,
    STRIDE,
    area_field,
    value_field,
)
from muniment.engines.texts import Area
from muniment.engines.wildcards import escape, tantivy_regex
from muniment.query.refusals import QueryError
from muniment.query.tree import And, DateRange, Everything, Field, Near, Node, Not, Or, Phrase, SizeRange, Span, Term

_DAY_SECONDS = 86_400
_SUBJECT_WEIGHT = 2.0  # a word of the subject says more about a message than one of its body

_RESTRICTED = Term(field=Field.IS, text=RESTRICTED, span=Span(start=0, end=0))


class Compiler:
    """Compile trees for one schema and one scope."""

    def __init__(self, schema: Schema, scope: Scope) -> None:
        self._schema = schema
        self._scope = scope

    def compile(self, node: Node) -> Query:
        """Return the query of a tree within the scope; raise `QueryError` where the engine cannot answer."""
        query = self._node(node)
        if not self._scope.restricted:
            query = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, self._leaf(_RESTRICTED))])
        if self._scope.everything:
            return query
        terms = sorted(scope_terms(self._scope))
        if not terms:
            return Query.empty_query()
        seen = Query.const_score_query(Query.term_set_query(self._schema, ACCESS, terms), 0.0)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, seen)])

    def _node(self, node: Node) -> Query:
        match node:
            case Term() | Phrase() | Near():
                return self._leaf(node)
            case DateRange():
                return self._dates(node)
            case SizeRange():
                return self._range(SIZE, node.at_least_bytes, node.at_most_bytes)
            case And():
                return _all(self._clauses(node))
            case Or():
                return any_of(self._node(clause) for clause in node.clauses)
            case Not():
                return Query.boolean_query(
                    [(Occur.Must, Query.all_query()), (Occur.MustNot, self._node(node.clause))],
                )
            case Everything():
                return Query.all_query()

    def _leaf(self, leaf: Term | Phrase | Near) -> Query:
        try:
            if isinstance(leaf, Near):
                return self._proximity(proximity(leaf))
            return self._selection(select(leaf, blind=self._scope.blind, personal=self._scope.personal))
        except ValueError as error:  # an automaton that Tantivy finds too large
            text = leaf.left.text if isinstance(leaf, Near) else leaf.text
            raise QueryError("too-broad", start=leaf.span.start, end=leaf.span.end, value=text) from error

    def _clauses(self, node: And) -> Iterator[tuple[Occur, Query]]:
        for clause in node.clauses:
            if isinstance(clause, Not):
                yield Occur.MustNot, self._node(clause.clause)
            else:
                yield Occur.Must, self._node(clause)

    def _dates(self, node: DateRange) -> Query:
        first = None if node.first is None else day_start(node.first)
        last = None if node.last is None else day_start(node.last) + _DAY_SECONDS - 1
        return self._range(SECONDS if node.field == "date" else CAPTURED, first, last)

    def _range(self, name: str, least: int | None, most: int | None) -> Query:
        within = Query.range_query(self._schema, name, FieldType.Integer, least, most)
        return Query.const_score_query(within, 0.0)

    def _selection(self, selection: Selection) -> Query:
        words = (self._row(area, row) for area in selection.areas for row in selection.pattern)
        values = (query for each in selection.values for query in self._values(each))
        return any_of([*words, *values])

    def _values(self, values: Values) -> Iterator[Query]:
        name = value_field(values.field)
        for term in values.terms:
            yield Query.term_query(self._schema, name, term, "basic")
        for wildcard in values.wildcards:
            yield Query.regex_query(self._schema, name, tantivy_regex(wildcard, values.character))

    def _row(self, area: Area, row: Row) -> Query:
        alone = len(row) == 1
        query = self._piece(area_field(area), row[0][1]) if alone else any_of(self._at_distance(area, row))
        return Query.boost_query(query, _SUBJECT_WEIGHT) if area is Area.SUBJECT else query

    def _piece(self, name: str, piece: Piece) -> Query:
        if piece.wildcard is not None:
            return Query.regex_query(self._schema, name, _words_only(piece.wildcard))
        if piece.fuzzy:
            return Query.fuzzy_term_query(self._schema, name, piece.terms[0], piece.fuzzy)
        return any_of(Query.term_query(self._schema, name, term, "freq") for term in piece.terms)

    def _placed(self, area: Area, pieces: list[tuple[int, Piece]], *, slop: int) -> Query:
        """Find pieces at these positions; with two pieces, each may be `slop` positions off."""
        name = area_field(area)
        if any(piece.wildcard for _, piece in pieces):
            regexes: list[str | tuple[int, str]] = [(position, _regex_of(piece)) for position, piece in pieces]
            return Query.regex_phrase_query(self._schema, name, regexes, slop)
        choices = product(*[[(position, term) for term in piece.terms] for position, piece in pieces])
        return any_of(Query.phrase_query(self._schema, name, list(words), slop) for words in choices)

    def _proximity(self, near: Proximity) -> Query:
        sides = [(left, right) for left in near.left for right in near.right]
        if not near.ordered:
            sides += [(right, left) for left, right in sides]
        return any_of(
            query for area in near.areas for left, right in sides for query in self._in_order(area, left, right, near)
        )

    def _in_order(self, area: Area, left: Row, right: Row, near: Proximity) -> Iterator[Query]:
        """Find two rows in order: two words by one range of positions, longer rows at each distance."""
        if len(left) == 1 and len(right) == 1:
            nearest, farthest = STRIDE - SLACK, STRIDE * (near.distance + 1) + SLACK
            middle = (nearest + farthest) // 2
            yield self._placed(area, [(0, left[0][1]), (middle, right[0][1])], slop=middle - nearest)
            return
        for apart in range(1, near.distance + 2):
            start = left[-1][0] + apart
            row = (*left, *((start + offset, piece) for offset, piece in right))
            yield from self._at_distance(area, row)

    def _at_distance(self, area: Area, row: Row) -> Iterator[Query]:
        """Find every piece exactly at its word, whichever slot its term is in."""
        choices = product(
            *[[(offset * STRIDE + slot, single) for slot, single in _singles(piece)] for offset, piece in row]
        )
        yield from (self._placed(area, list(placed), slop=0) for placed in choices)


def any_of(queries: Iterable[Query]) -> Query:
    """Join queries of which one must match; none match nothing."""
    listed = list(queries)
    if len(listed) == 1:
        return listed[0]
    return Query.boolean_query([(Occur.Should, query) for query in listed]) if listed else Query.empty_query()


def _all(clauses: Iterable[tuple[Occur, Query]]) -> Query:
    listed = list(clauses)
    if all(occur == Occur.MustNot for occur, _ in listed):
        listed.append((Occur.Must, Query.const_score_query(Query.all_query(), 0.0)))
    return Query.boolean_query(listed)


def _singles(piece: Piece) -> Iterator[tuple[int, Piece]]:
    """Yield each term of a piece with the slot that it stands in."""
    if piece.wildcard is not None:
        yield SLOTS[BACKWARDS[0]] if _is_read_backwards(piece.wildcard) else 0, piece
    for term in piece.terms:
        yield SLOTS.get(term[0], 0), Piece(terms=(term,))


def _regex_of(piece: Piece) -> str:
    if piece.wildcard is not None:
        return _words_only(piece.wildcard)
    return f"({'|'.join(map(escape, piece.terms))})"


def _words_only(wildcard: str) -> str:
    """Return the expression of a wildcard that matches words only: none begins like the mark of a form."""
    if _is_read_backwards(wildcard):
        return BACKWARDS + tantivy_regex(wildcard[::-1])
    regex = tantivy_regex(wildcard)
    word = f"[^{''.join(SLOTS)}]"
    if wildcard.startswith("*"):
        return f"({word}.*)?{regex[len('.*') :]}"
    return word + regex[1:] if wildcard.startswith("?") else regex


def _is_read_backwards(wildcard: str) -> bool:
    return wildcard[0] in "*?" and wildcard[-1] not in "*?"
