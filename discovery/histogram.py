"""Bars over time as geometry for an SVG: no style, no script, only numbers. The template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from muniment.engines.port import Bucket

WIDTH = 1000  # of the SVG's own coordinates; the page stretches them
HEIGHT = 100
MAX_BARS = 250  # more would be thinner than a pixel and a half at 390 pixels
_GAP = 0.15  # of a bar's width
_LEAST = 1.5  # a single message is still seen beside thousands


class Interval(StrEnum):
    """What one bar stands for."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


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
    """Every interval from the first message to the last, empty ones too."""

    interval: Interval
    bars: tuple[Bar, ...]
    most: int

    @property
    def full_bars(self) -> tuple[Bar, ...]:
        """The bars that have messages: what the table beside the picture lists."""
        return tuple(bar for bar in self.bars if bar.count)


def interval_of(buckets: Sequence[Bucket]) -> Interval:
    """Tell the interval that the engine chose from where its buckets start."""
    if any(bucket.start.day != 1 for bucket in buckets):
        return Interval.DAY
    if any(bucket.start.month != 1 for bucket in buckets):
        return Interval.MONTH
    return Interval.YEAR


def draw(buckets: Sequence[Bucket]) -> Histogram | None:
    """Lay out bars of equal width; None when there is nothing to draw. Too many bars become a coarser interval."""
    if not buckets:
        return None
    interval = interval_of(buckets)
    counts = _counts(buckets, interval)
    starts = _starts(min(counts), max(counts), interval)
    while len(starts) > MAX_BARS and interval is not Interval.YEAR:
        interval = Interval.MONTH if interval is Interval.DAY else Interval.YEAR
        counts = _counts(buckets, interval)
        starts = _starts(min(counts), max(counts), interval)
    if len(starts) > MAX_BARS:  # centuries apart: a Date field may say any year
        starts = sorted(counts)
    most = max(counts.values())
    return Histogram(interval=interval, bars=_bars(starts, counts, interval, most), most=most)


def _counts(buckets: Sequence[Bucket], interval: Interval) -> dict[date, int]:
    counts: dict[date, int] = {}
    for bucket in buckets:
        start = _floor(bucket.start, interval)
        counts[start] = counts.get(start, 0) + bucket.count
    return counts


def _floor(day: date, interval: Interval) -> date:
    match interval:
        case Interval.DAY:
            return day
        case Interval.MONTH:
            return day.replace(day=1)
        case Interval.YEAR:
            return day.replace(month=1, day=1)


def _last_of(start: date, interval: Interval) -> date:
    match interval:
        case Interval.DAY:
            return start
        case Interval.MONTH:
            return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        case Interval.YEAR:
            return start.replace(month=12, day=31)


def _starts(first: date, last: date, interval: Interval) -> list[date]:
    """Every start from `first` to `last`, one more than `MAX_BARS` at most."""
    starts = [first]
    while starts[-1] < last and len(starts) <= MAX_BARS:
        starts.append(_last_of(starts[-1], interval) + timedelta(days=1))
    return starts


def _bars(starts: Sequence[date], counts: dict[date, int], interval: Interval, most: int) -> tuple[Bar, ...]:
    step = WIDTH / len(starts)
    bars = []
    for position, start in enumerate(starts):
        count = counts.get(start, 0)
        height = max(_LEAST, count / most * HEIGHT) if count else 0.0
        bars.append(
            Bar(
                first=start,
                last=_last_of(start, interval),
                count=count,
                x=f"{position * step:.2f}",
                y=f"{HEIGHT - height:.2f}",
                width=f"{step * (1 - _GAP):.2f}",
                height=f"{height:.2f}",
            )
        )
    return tuple(bars)
