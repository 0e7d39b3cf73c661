"""Histogram and facets from OpenSearch's aggregations over the hits of one query."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from muniment.engines.figures import MAX_BARS, MAX_FACET, interval_for
from muniment.engines.opensearch.schema import DAY, MONTH, facet_field
from muniment.engines.port import Interval

_ALL_TERMS: Final = 60_000  # what an aggregation returns (search.max_buckets is 65,535 by default)
_MONTHS: Final = "months"
_MONTHS_OF_DAYS: Final = 3  # between the first and the last: from there on, at least 60 days (31 December to 1 March)

Aggregations = dict[str, Any]


def aggregations(*, histogram: bool, facets: Sequence[str]) -> Aggregations:
    """Return what is asked for with the hits."""
    wanted = {facet: _terms(facet_field(facet), MAX_FACET * 10) for facet in facets}
    return wanted | {_MONTHS: _terms(MONTH, _ALL_TERMS)} if histogram else wanted


def facet_counts(answer: Mapping[str, Any], facet: str) -> dict[str, int]:
    """Return how many hits have each value."""
    return _counts(answer[facet])


def bar_counts(answer: Mapping[str, Any], ask: Callable[[Aggregations], Any]) -> tuple[dict[int, int], Interval]:
    """Return how many hits each bar has; a span of three months and less takes another question, for its days."""
    months = {int(month): count for month, count in _counts(answer[_MONTHS]).items()}
    if not months:
        return {}, Interval.DAY
    first, last = min(months), max(months)
    if last - first < _MONTHS_OF_DAYS:
        days = {int(day): count for day, count in _counts(ask({"days": _terms(DAY, _ALL_TERMS)})["days"]).items()}
        if interval_for(min(days), max(days)) is Interval.DAY:
            return days, Interval.DAY
    if last - first < MAX_BARS:
        return months, Interval.MONTH
    years: Counter[int] = Counter()
    for month, count in months.items():
        years[month // 12] += count
    return years, Interval.YEAR


def _terms(field: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": field, "size": size, "shard_size": _ALL_TERMS}}


def _counts(counted: Mapping[str, Any]) -> dict[Any, int]:
    return {bucket["key"]: int(bucket["doc_count"]) for bucket in counted["buckets"]}
