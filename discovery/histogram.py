"""Bars over time as geometry for an SVG: no style, no script, only numbers. The template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from muniment.engines.port import Bucket, Interval

WIDTH = 1000  # of the SVG's own coordinates; the page stretches them
HEIGHT = 100
_GAP = 0.15  # of a bar's width
_LEAST = 2.0  # a single message is still seen beside thousands
_LAST_DAY = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One interval: its days (both inclusive), its count and its rectangle."""

    first: date
    last: date
    count: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Bars of equal width from the first message to the last."""

    interval: Interval
    bars: tuple[Bar, ...]
    most: int

    @property
    def full_bars(self) -> tuple[Bar, ...]:
        """The bars that have messages: what the table beside the picture lists."""
        return tuple(bar for bar in self.bars if bar.count)


def draw(buckets: Sequence[Bucket], interval: Interval) -> Histogram | None:
    """Lay out the engine's buckets; None when there is nothing to draw."""
    most = max((bucket.count for bucket in buckets), default=0)
    if not most:
        return None
    step = WIDTH / len(buckets)
    bars = []
    for position, bucket in enumerate(buckets):
        following = buckets[position + 1].start if position + 1 < len(buckets) else None
        height = max(_LEAST, bucket.count / most * HEIGHT) if bucket.count else 0.0
        bars.append(
            Bar(
                first=bucket.start,
                last=following - timedelta(days=1) if following else last_day(bucket.start, interval),
                count=bucket.count,
                x=f"{position * step:.2f}",
                y=f"{HEIGHT - height:.2f}",
                width=f"{step * (1 - _GAP):.2f}",
                height=f"{height:.2f}",
            )
        )
    return Histogram(interval=interval, bars=tuple(bars), most=most)


def last_day(first: date, interval: Interval) -> date:
    """Return the last day of the interval that begins on `first`."""
    match interval:
        case Interval.DAY:
            return first
        case Interval.MONTH:
            if (first.year, first.month) == (_LAST_DAY.year, _LAST_DAY.month):
                return _LAST_DAY
            return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        case Interval.YEAR:
            return first.replace(month=12, day=31)
