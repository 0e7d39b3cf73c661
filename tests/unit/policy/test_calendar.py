"""Month arithmetic, year ends, Easter and French holidays, against brute-force calendars and published dates."""

from datetime import date, timedelta

import dateutil.easter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import Refused
from muniment.policy.calendar import (
    LAST_DAY,
    YearEnd,
    add_days,
    add_months,
    alsace_moselle_holidays,
    easter,
    french_holidays,
    working_day_from,
    working_days_before,
    working_days_between,
)
from muniment.policy.rules import Term
from tests.unit.policy.builders import STEADY

DAYS = st.dates(date(1971, 1, 1), date(2400, 12, 31))


def naive_add_months(start, months):
    """Walk day by day: count the firsts of months that pass, then walk to the day, staying in the month."""
    day = start.replace(day=1)
    passed = 0
    while passed < months:
        day += timedelta(days=1)
        passed += day.day == 1
    while day.day < start.day and (day + timedelta(days=1)).month == day.month:
        day += timedelta(days=1)
    return day


def naive_year_end(start, month):
    """Walk until the last day of that month."""
    while not (start.month == month and (start + timedelta(days=1)).month != month):
        start += timedelta(days=1)
    return start


@STEADY
@given(DAYS, st.integers(0, 130))
def test_months_are_those_of_the_calendar(start, months):
    assert add_months(start, months) == naive_add_months(start, months)


@STEADY
@given(DAYS, st.integers(1, 12))
def test_a_year_closes_on_the_last_day_of_its_month(start, month):
    assert YearEnd(month=month, day=31).on_or_after(start) == naive_year_end(start, month)


@STEADY
@given(DAYS, st.integers(0, 12), st.integers(0, 11), st.integers(0, 800))
def test_a_term_is_years_and_months_and_then_days(start, years, months, days):
    term = Term(years=years, months=months, days=days)
    assert term.kept_through(start) == naive_add_months(start, 12 * years + months) + timedelta(days=days)


@pytest.mark.parametrize(
    ("start", "term", "kept_through"),
    [
        (date(2021, 3, 15), Term(years=5), date(2026, 3, 15)),
        (date(2020, 2, 29), Term(years=1), date(2021, 2, 28)),
        (date(2020, 2, 29), Term(years=4), date(2024, 2, 29)),
        (date(2026, 8, 31), Term(months=1), date(2026, 9, 30)),
        (date(2026, 8, 31), Term(months=6), date(2027, 2, 28)),
        (date(2026, 1, 31), Term(months=1, days=1), date(2026, 3, 1)),
        (date(2020, 1, 1), Term(years=10, year_end=YearEnd()), date(2030, 12, 31)),
        (date(2020, 12, 31), Term(years=10, year_end=YearEnd()), date(2030, 12, 31)),
        (date(2020, 7, 1), Term(years=10, year_end=YearEnd(month=6, day=30)), date(2031, 6, 30)),
        (date(2020, 6, 30), Term(years=10, year_end=YearEnd(month=6, day=30)), date(2030, 6, 30)),
        (date(2023, 2, 10), Term(years=1, year_end=YearEnd(month=2, day=31)), date(2024, 2, 28)),
        (date(2021, 3, 15), Term(), date(2021, 3, 15)),
    ],
)
def test_terms_end_on_these_days(start, term, kept_through):
    assert term.kept_through(start) == kept_through


@STEADY
@given(st.dates(), st.integers(0, 500), st.integers(0, 400_000))
def test_nothing_ends_after_the_last_day(start, years, days):
    assert add_days(add_months(min(start, LAST_DAY), years * 12), days) <= LAST_DAY


@pytest.mark.parametrize(("month", "day"), [(0, 1), (13, 1), (6, 0), (6, 32)])
def test_a_year_that_closes_on_no_day_is_refused(month, day):
    with pytest.raises(Refused, match="cannot close"):
        YearEnd(month=month, day=day)


@pytest.mark.parametrize("year", range(1583, 2600, 7))
def test_easter_is_that_of_another_implementation(year):
    assert easter(year) == dateutil.easter.easter(year)


def test_france_has_eleven_holidays_in_2026():
    assert sorted(french_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ]


def test_alsace_and_moselle_have_two_more():
    assert alsace_moselle_holidays(2026) - french_holidays(2026) == {date(2026, 4, 3), date(2026, 12, 26)}


@STEADY
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_next_working_day_is_no_day_off_and_none_was_skipped(start):
    found = working_day_from(start, french_holidays)
    skipped = [start + timedelta(days=after) for after in range((found - start).days)]
    assert found.weekday() < 5
    assert found not in french_holidays(found.year)
    assert all(day.weekday() >= 5 or day in french_holidays(day.year) for day in skipped)


@STEADY
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 15))
def test_going_back_working_days_passes_that_many(start, days):
    back = working_days_before(start, days, french_holidays)
    assert working_days_between(back - timedelta(days=1), start - timedelta(days=1), french_holidays) == days
