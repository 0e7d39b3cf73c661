from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from muniment.engines.figures import MAX_BARS, bar_number, bars, day_number, day_start, interval_for, most_frequent


@given(st.lists(st.dates(), min_size=1, max_size=50))
def test_bars_are_few_in_order_and_count_every_day(days):
    numbers = [day.toordinal() for day in days]
    interval = interval_for(min(numbers), max(numbers))

    made = bars(Counter(bar_number(number, interval) for number in numbers), interval)

    assert 1 <= len(made) <= MAX_BARS
    assert sum(bar.count for bar in made) == len(days)
    assert [bar.start for bar in made] == sorted({bar.start for bar in made})
    assert made[0].start <= min(days)


@given(st.dates(), st.integers(0, 86_399))
def test_each_second_belongs_to_its_day(day, second):
    assert day_number(day_start(day) + second) == day.toordinal()


def test_a_time_outside_the_calendar_counts_on_its_first_or_last_day():
    assert (day_number(-(10**15)), day_number(10**15)) == (1, date.max.toordinal())


def test_equal_counts_are_ordered_by_name():
    assert most_frequent({"b": 1, "a": 1, "c": 2}) == (("c", 2), ("a", 1), ("b", 1))
