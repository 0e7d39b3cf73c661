"""Histogram and facets from Tantivy's aggregations over the hits of one query."""

from typing import Any

from tantivy import Query, Searcher

from muniment.engines.figures import MAX_FACET, bars, interval_for, most_frequent
from muniment.engines.port import Bucket, Interval
from muniment.engines.tantivy.schema import facet_field

_ALL_TERMS = 65_000  # what a terms aggregation may return; more senders than that are counted, the rarest not exactly
_ALL_YEARS = 10_000  # a calendar has no more


def histogram_of(searcher: Searcher, query: Query) -> tuple[tuple[Bucket, ...], Interval]:
    """Return the bars of the messages with a date, and their interval."""
    span = searcher.aggregate(
        query, {"first": {"min": {"field": Interval.DAY.value}}, "last": {"max": {"field": Interval.DAY.value}}}
    )
    first, last = span["first"]["value"], span["last"]["value"]
    if first is None or last is None:
        return (), Interval.DAY
    interval = interval_for(int(first), int(last))
    counted = _terms(searcher, query, interval.value, _ALL_YEARS)
    return bars({int(bucket["key"]): int(bucket["doc_count"]) for bucket in counted}, interval), interval


def facet_of(searcher: Searcher, query: Query, facet: str) -> tuple[tuple[str, int], ...]:
    """Return the most frequent values of a facet."""
    counted = _terms(searcher, query, facet_field(facet), MAX_FACET * 10)
    return most_frequent({str(bucket["key"]): int(bucket["doc_count"]) for bucket in counted})


def _terms(searcher: Searcher, query: Query, field: str, size: int) -> list[dict[str, Any]]:
    wanted = {"terms": {"field": field, "size": size, "segment_size": _ALL_TERMS}}
    buckets: list[dict[str, Any]] = searcher.aggregate(query, {"values": wanted})["values"]["buckets"]
    return buckets
