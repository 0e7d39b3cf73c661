"""Rows of words → OpenSearch queries of positions: a phrase, `intervals`, or spans where words are left open.

Intervals look for the shortest places only, so that a row with an open word in the middle (`"le * contrat"`), whose
words must be exactly so far apart, is found by spans with gaps.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from muniment.engines.opensearch.schema import backwards_field, place_of, words_field
from muniment.engines.patterns import Piece, Row
from muniment.engines.texts import Area

MAX_EXPANSIONS: Final = 16_384  # words that a wildcard in a row may stand for, as in Tantivy; more is "too broad"

Query = dict[str, Any]


def row_query(area: Area, row: Row) -> Query:
    """Return the query for two and more words, each exactly at its place."""
    if _is_open(row):
        return _span_row(area, row)
    words = [place_of(piece.terms[0], area) for _, piece in row if len(piece.terms) == 1 and not piece.fuzzy]
    fields = {place[0] for place in words if place}
    if len(words) == len(row) and len(fields) == 1:
        text = " ".join(place[1] for place in words if place)
        return {"match_phrase": {fields.pop(): {"query": text, "analyzer": "whitespace"}}}
    return {"intervals": {words_field(area): _interval_row(area, row)}}


def near_query(area: Area, sides: Sequence[tuple[Row, Row]], distance: int) -> Query:
    """Return the query for any of these pairs, the second after the first, at most `distance` words between."""
    if any(_is_open(row) for pair in sides for row in pair):
        return any_of([_span_near([_span_row(area, left), _span_row(area, right)], distance) for left, right in sides])
    pairs = [
        {
            "all_of": {
                "mode": "ordered",
                "max_gaps": distance,
                "intervals": [_interval_row(area, left), _interval_row(area, right)],
            }
        }
        for left, right in sides
    ]
    return {"intervals": {words_field(area): _either(pairs)}}


def any_of(queries: Sequence[Query]) -> Query:
    """Join queries of which one must match; none match nothing."""
    if len(queries) == 1:
        return queries[0]
    return {"bool": {"should": list(queries), "minimum_should_match": 1}} if queries else {"match_none": {}}


def _is_open(row: Row) -> bool:
    return any(after - before > 1 for (before, _), (after, _) in pairwise(row))


def _interval_row(area: Area, row: Row) -> Query:
    pieces = [_interval(area, piece) for _, piece in row]
    return pieces[0] if len(pieces) == 1 else {"all_of": {"mode": "ordered", "max_gaps": 0, "intervals": pieces}}


def _interval(area: Area, piece: Piece) -> Query:
    if piece.wildcard is not None:
        field, pattern = wildcard_place(area, piece.wildcard)
        return {"wildcard": {"pattern": pattern, "use_field": field, "max_expansions": MAX_EXPANSIONS}}
    if piece.fuzzy:
        return {"fuzzy": {"term": piece.terms[0], "fuzziness": str(piece.fuzzy), "use_field": words_field(area)}}
    places = [place for place in (place_of(term, area) for term in piece.terms) if place]
    return _either([{"match": {"query": token, "use_field": field}} for field, token in places])


def _either(sources: list[Query]) -> Query:
    return sources[0] if len(sources) == 1 else {"any_of": {"intervals": sources}}


def wildcard_place(area: Area, wildcard: str) -> tuple[str, str]:
    """Return the field and the pattern of a wildcard: read backwards where only its end is written."""
    if wildcard[0] in "*?" and wildcard[-1] not in "*?":
        return backwards_field(area), wildcard[::-1]
    return words_field(area), wildcard


def _span_row(area: Area, row: Row) -> Query:
    clauses: list[Query] = []
    for number, (offset, piece) in enumerate(row):
        open_words = offset - row[number - 1][0] - 1 if number else 0
        if open_words:
            clauses.append({"span_gap": {words_field(area): open_words}})
        clauses.append(_span(area, piece))
    return _span_near(clauses, 0)


def _span_near(clauses: list[Query], slop: int) -> Query:
    return clauses[0] if len(clauses) == 1 else {"span_near": {"clauses": clauses, "slop": slop, "in_order": True}}


def _span(area: Area, piece: Piece) -> Query:
    if piece.wildcard is not None:
        field, pattern = wildcard_place(area, piece.wildcard)
        return _masked(area, field, {"span_multi": {"match": {"wildcard": {field: {"value": pattern}}}}})
    if piece.fuzzy:
        fuzzy = {"value": piece.terms[0], "fuzziness": piece.fuzzy, "max_expansions": MAX_EXPANSIONS}
        return {"span_multi": {"match": {"fuzzy": {words_field(area): fuzzy}}}}
    places = [place for place in (place_of(term, area) for term in piece.terms) if place]
    spans = [_masked(area, field, {"span_term": {field: {"value": token}}}) for field, token in places]
    return spans[0] if len(spans) == 1 else {"span_or": {"clauses": spans}}


def _masked(area: Area, field: str, span: Query) -> Query:
    """Let the words of another form stand among those of the area: their positions are the same."""
    if field == words_field(area):
        return span
    return {"span_field_masking": {"query": span, "field": words_field(area)}}
