"""Days: calendar months with their ends, closing days of a year, Easter, French public holidays, working days.

Sources: Regulation (EEC, Euratom) No 1182/71, Article 3 (periods of months, last day rolled to a working day);
Code du travail L3133-1 (the eleven public holidays) and L3134-13 (Good Friday and 26 December in Alsace and Moselle).
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from muniment.errors import Refused

Holidays = Callable[[int], frozenset[date]]  # year → its public holidays

MONTHS_A_YEAR = 12
LAST_DAY = date.max - timedelta(days=1)  # the latest day on which anything may end, so that a next day exists
_SATURDAY = 5  # date.weekday()
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_EASTER_MONDAY, _ASCENSION, _WHIT_MONDAY = 1, 39, 50  # days after Easter Sunday


def add_months(start: date, months: int) -> date:
    """Return the same day of the month `months` later; where that month has no such day, its last day.

    Never later than LAST_DAY.
    """
    count = start.year * MONTHS_A_YEAR + start.month - 1 + months
    year, month = divmod(count, MONTHS_A_YEAR)
    if year > LAST_DAY.year:
        return LAST_DAY
    last = monthrange(year, month + 1)[1]
    return min(date(year, month + 1, min(start.day, last)), LAST_DAY)


def add_days(start: date, days: int) -> date:
    """Return the day `days` later, never later than LAST_DAY."""
    return start + timedelta(days=min(days, (LAST_DAY - start).days))


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnd:
    """The day on which a civil or fiscal year closes. A day that the month lacks means its last day."""

    month: int = 12
    day: int = 31

    def __post_init__(self) -> None:
        if not 1 <= self.month <= MONTHS_A_YEAR or not 1 <= self.day <= 31:  # noqa: PLR2004 - no month is longer
            raise Refused(f"A year cannot close on day {self.day} of month {self.month}: name a day of the calendar.")

    def on_or_after(self, start: date) -> date:
        """Return the closing day of the year in which `start` lies."""
        closing = self._in_year(start.year)
        if closing < start:
            closing = self._in_year(start.year + 1) if start.year < LAST_DAY.year else LAST_DAY
        return min(closing, LAST_DAY)

    def _in_year(self, year: int) -> date:
        return date(year, self.month, min(self.day, monthrange(year, self.month)[1]))


CIVIL_YEAR = YearEnd()


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (anonymous algorithm; Meeus, Astronomical Algorithms, ch. 8)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, of_four = divmod(of_century, 4)
    to_sunday = (32 + 2 * rest + 2 * leap_years - epact - of_four) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, before = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, before + 1)


@lru_cache(maxsize=256)
def french_holidays(year: int) -> frozenset[date]:
    """Return the eleven public holidays of France (Code du travail L3133-1)."""
    sunday = easter(year)
    movable = (_EASTER_MONDAY, _ASCENSION, _WHIT_MONDAY)
    return frozenset(date(year, month, day) for month, day in _FIXED) | {
        sunday + timedelta(days=after) for after in movable
    }


def alsace_moselle_holidays(year: int) -> frozenset[date]:
    """Return the holidays of Bas-Rhin, Haut-Rhin and Moselle: two more (Code du travail L3134-13)."""
    return french_holidays(year) | {easter(year) - timedelta(days=2), date(year, 12, 26)}


def is_working_day(value: date, holidays: Holidays) -> bool:
    """Say whether a day is neither Saturday, Sunday nor public holiday (Regulation 1182/71 Article 2(2))."""
    return value.weekday() < _SATURDAY and value not in holidays(value.year)


def working_day_from(value: date, holidays: Holidays) -> date:
    """Return the day itself, or the next working day (Regulation 1182/71 Article 3(4))."""
    while not is_working_day(value, holidays):
        value += timedelta(days=1)
    return value


def working_days_before(value: date, days: int, holidays: Holidays) -> date:
    """Return the working day that lies `days` working days before."""
    while days:
        value -= timedelta(days=1)
        days -= is_working_day(value, holidays)
    return value


def working_days_between(first: date, last: date, holidays: Holidays) -> int:
    """Count the working days after `first`, up to and including `last`."""
    return sum(is_working_day(first + timedelta(days=after), holidays) for after in range(1, (last - first).days + 1))
