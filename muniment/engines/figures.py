"""Figures about a set of hits: bars of the histogram, and the order and number of facet values."""

from collections.abc import Mapping
from datetime import date

from muniment.engines.port import Bucket, Interval

MAX_BARS = 60
MAX_FACET = 20
FACETS = ("sender", "source", "filetype", "custodian", "personal")

_UNIX_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_SECONDS = 86_400


def day_number(seconds: int) -> int:
    """Return the day (1 = 1 January of year 1, UTC) of a time in seconds since 1970."""
    return max(1, min(date.max.toordinal(), seconds // _DAY_SECONDS + _UNIX_EPOCH_DAY))


def day_start(day: date) -> int:
    """Return when a day begins in UTC, in seconds since 1970."""
    return (day.toordinal() - _UNIX_EPOCH_DAY) * _DAY_SECONDS


def bar_number(day: int, interval: Interval) -> int:
    """Return the number of the bar that a day stands in; neighbouring bars differ by 1."""
    at = date.fromordinal(day)
    match interval:
        case Interval.DAY:
            return day
        case Interval.MONTH:
            return at.year * 12 + at.month - 1
        case Interval.YEAR:
            return at.year


def interval_for(first: int, last: int) -> Interval:
    """Return the narrowest interval that needs at most 60 bars from the first day to the last; else a year."""
    for interval in (Interval.DAY, Interval.MONTH):
        if bar_number(last, interval) - bar_number(first, interval) < MAX_BARS:
            return interval
    return Interval.YEAR


def bars(counts: Mapping[int, int], interval: Interval) -> tuple[Bucket, ...]:
    """Return every bar from the first to the last, empty ones too.

    Dates that no calendar of the archive explains (year 1, year 9999) would make thousands of bars of a year: then
    only bars with messages are returned, and of these the earliest share one bar so that there are at most 60.
    """
    if not counts:
        return ()
    numbers = sorted(counts)
    if numbers[-1] - numbers[0] < MAX_BARS:
        return tuple(
            Bucket(start=_bar_start(number, interval), count=counts.get(number, 0))
            for number in range(numbers[0], numbers[-1] + 1)
        )
    early, late = numbers[: -(MAX_BARS - 1)], numbers[-(MAX_BARS - 1) :]
    first = (
        [Bucket(start=_bar_start(early[0], interval), count=sum(counts[number] for number in early))] if early else []
    )
    return (*first, *(Bucket(start=_bar_start(number, interval), count=counts[number]) for number in late))


def most_frequent(counts: Mapping[str, int], *, of: str = "") -> tuple[tuple[str, int], ...]:
    """Return the twenty most frequent values, or all kinds of personal data, most frequent first, equals by name."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(ordered if of == "personal" else ordered[:MAX_FACET])


def _bar_start(number: int, interval: Interval) -> date:
    match interval:
        case Interval.DAY:
            return date.fromordinal(number)
        case Interval.MONTH:
            return date(number // 12, number % 12 + 1, 1)
        case Interval.YEAR:
            return date(number, 1, 1)
