"""Histogram and facets from Tantivy's aggregations over the hits of one query."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tantivy import Query, Searcher

from muniment.engines.figures import MAX_BARS, MAX_FACET, bars, interval_for, most_frequent
from muniment.engines.ordering import sender_part
from muniment.engines.port import Bucket, Interval
from muniment.engines.tantivy.schema import facet_field

_ALL_TERMS = 65_000  # what a terms aggregation may return; more senders than that are counted, the rarest not exactly
_MONTHS = "months"
_MONTHS_OF_DAYS = 3  # between the first and the last: from there on, at least 60 days (31 December to 1 March)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is asked for beside the hits."""

    histogram: tuple[Bucket, ...] = ()
    interval: Interval = Interval.DAY
    facets: dict[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """How many hits have keys of the order by sender with this part; `names` are the senders, none for no sender."""

    part: str
    names: tuple[str, ...]
    count: int


def figures_of(searcher: Searcher, query: Query, *, histogram: bool, facets: Sequence[str]) -> Figures:
    """Return the bars of the messages with a date, and the most frequent values of each facet, in one pass of the hits.

    A span of three months and less takes a second pass, for its days.
    """
    wanted = {facet: _terms(facet_field(facet), MAX_FACET * 10) for facet in facets}
    if histogram:
        wanted[_MONTHS] = _terms(Interval.MONTH.value, _ALL_TERMS)
    counted = searcher.aggregate(query, wanted) if wanted else {}
    found = {facet: most_frequent(_counts(counted[facet]), of=facet) for facet in facets}
    if not histogram:
        return Figures(facets=found)
    months = {int(month): count for month, count in _counts(counted[_MONTHS]).items()}
    by_interval, interval = _bars_of(searcher, query, months)
    return Figures(histogram=bars(by_interval, interval), interval=interval, facets=found)


def senders_of(searcher: Searcher, query: Query, total: int) -> list[Sender]:
    """Return how many hits each sender has, in the order of their keys; none where there are too many senders."""
    counted = searcher.aggregate(query, {"senders": _terms(facet_field("sender"), _ALL_TERMS)})["senders"]
    if counted["sum_other_doc_count"]:
        return []
    counts = _counts(counted)
    names: dict[str, list[str]] = {}
    for name in counts:
        names.setdefault(sender_part(name), []).append(name)
    found = [
        Sender(part=part, names=tuple(same), count=sum(counts[name] for name in same)) for part, same in names.items()
    ]
    found.append(Sender(part=sender_part(""), names=(), count=total - sum(counts.values())))
    return sorted(found, key=lambda sender: sender.part)


def _bars_of(searcher: Searcher, query: Query, months: dict[int, int]) -> tuple[dict[int, int], Interval]:
    if not months:
        return {}, Interval.DAY
    first, last = min(months), max(months)
    if last - first < _MONTHS_OF_DAYS:
        days = _counts(searcher.aggregate(query, {"days": _terms(Interval.DAY.value, _ALL_TERMS)})["days"])
        by_day = {int(day): count for day, count in days.items()}
        if interval_for(min(by_day), max(by_day)) is Interval.DAY:
            return by_day, Interval.DAY
    if last - first < MAX_BARS:
        return months, Interval.MONTH
    years: Counter[int] = Counter()
    for month, count in months.items():
        years[month // 12] += count
    return years, Interval.YEAR


def _terms(field: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": field, "size": size, "segment_size": _ALL_TERMS}}


def _counts(counted: dict[str, Any]) -> dict[Any, int]:
    return {bucket["key"]: int(bucket["doc_count"]) for bucket in counted["buckets"]}
