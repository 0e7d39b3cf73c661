"""The histogram's geometry."""

from datetime import date

import pytest

from discovery.histogram import HEIGHT, WIDTH, draw, last_day
from muniment.engines.port import Bucket, Interval


def months(*counts):
    return [Bucket(start=date(2001, number, 1), count=count) for number, count in enumerate(counts, 1)]


def test_nothing_is_drawn_for_nothing():
    assert draw([], Interval.DAY) is None


def test_the_tallest_bar_fills_the_height_and_others_are_in_proportion():
    bars = draw(months(10, 5), Interval.MONTH).bars
    assert [bar.height for bar in bars] == [f"{HEIGHT:.2f}", f"{HEIGHT / 2:.2f}"]


def test_a_single_message_is_still_seen_beside_thousands():
    assert float(draw(months(100_000, 1), Interval.MONTH).bars[1].height) == 2


def test_bars_do_not_reach_past_the_picture():
    last = draw(months(*range(1, 13)), Interval.MONTH).bars[-1]
    assert float(last.x) + float(last.width) <= WIDTH


def test_a_bar_ends_the_day_before_the_next_begins():
    bars = draw(months(1, 1, 1), Interval.MONTH).bars
    assert [(bar.first.isoformat(), bar.last.isoformat()) for bar in bars] == [
        ("2001-01-01", "2001-01-31"),
        ("2001-02-01", "2001-02-28"),
        ("2001-03-01", "2001-03-31"),
    ]


def test_the_table_lists_only_bars_with_messages():
    assert [bar.count for bar in draw(months(2, 0, 3), Interval.MONTH).full_bars] == [2, 3]


@pytest.mark.parametrize(
    ("first", "interval", "last"),
    [
        (date(2024, 2, 1), Interval.MONTH, date(2024, 2, 29)),
        (date(9999, 12, 1), Interval.MONTH, date(9999, 12, 31)),
        (date(9999, 1, 1), Interval.YEAR, date(9999, 12, 31)),
        (date(2024, 2, 29), Interval.DAY, date(2024, 2, 29)),
    ],
)
def test_the_last_day_of_an_interval_is_known(first, interval, last):
    assert last_day(first, interval) == last
