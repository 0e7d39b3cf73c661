"""Dates, ages and sizes as people write them in a query."""

import calendar
import re
from datetime import date, timedelta

from muniment.query.refusals import QueryError
from muniment.query.tree import DateRange, SizeRange, Span

MAX_SIZE_BYTES = 1 << 60  # far above any message; keeps every size in a signed 64-bit field
MAX_AGE = 10_000  # days, weeks, months or years

_DATE = re.compile(r"([0-9]{4})(?:([-/])([0-9]{1,2})(?:\2([0-9]{1,2}))?)?", re.ASCII)
_AGE = re.compile(r"([0-9]{1,5})([dwmy])", re.ASCII | re.IGNORECASE)
_SIZE = re.compile(r"([0-9]{1,19}(?:\.[0-9]{1,9})?)(b|o|[kmg][bo]?)?", re.ASCII | re.IGNORECASE)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_ONE_DAY = timedelta(days=1)


def date_range(field: str, value: str, span: Span) -> DateRange:
    """Read `2024`, `2024-03`, `2024-03-31`, `a..b`, `a..`, `..b`, `>a`, `>=a`, `<a`, `<=a`."""
    low, high = _ends(value)
    try:
        first = _day(low, after=low.startswith(">") and not low.startswith(">="), last=False) if low else None
        last = _day(high, after=False, last=True) if high else None
        if last is not None and high.startswith("<") and not high.startswith("<="):
            last = _period(high.lstrip("<="))[0] - _ONE_DAY
    except (ValueError, OverflowError):
        raise QueryError("date-malformed", start=span.start, end=span.end, value=value) from None
    if first is None and last is None:
        raise QueryError("date-malformed", start=span.start, end=span.end, value=value)
    if first is not None and last is not None and first > last:
        raise QueryError("range-reversed", start=span.start, end=span.end, value=value)
    return DateRange(field=field, first=first, last=last, span=span)


def gmail_date(name: str, value: str, span: Span) -> DateRange:
    """Read the date of `after:` (that day included, as in Gmail) or `before:` (that day excluded)."""
    return date_range("date", (">=" if name == "after" else "<") + value, span)


def age_range(name: str, value: str, span: Span, *, today: date) -> DateRange:
    """Read the age of `older_than:` or `newer_than:`, counted back from `today`, that day included."""
    match = _AGE.fullmatch(value)
    if match is None or not 0 < int(match[1]) <= MAX_AGE:
        raise QueryError("age-malformed", start=span.start, end=span.end, value=value)
    day = _back(today, int(match[1]), match[2].lower())
    if name == "older_than":
        return DateRange(field="date", first=None, last=day, span=span)
    return DateRange(field="date", first=day, last=None, span=span)


def size_range(value: str, span: Span) -> SizeRange:
    """Read `500kb` (at least), `>5mb`, `>=`, `<`, `<=`, `10kb..1mb`, `10kb..`, `..1mb`; 1 kb is 1,024 bytes."""
    low, high = _ends(value, single="at-least")
    try:
        least = _bytes(low.lstrip(">=")) + (low.startswith(">") and not low.startswith(">=")) if low else None
        most = _bytes(high.lstrip("<=")) - (high.startswith("<") and not high.startswith("<=")) if high else None
    except ValueError:
        raise QueryError("size-malformed", start=span.start, end=span.end, value=value) from None
    if least is None and most is None:
        raise QueryError("size-malformed", start=span.start, end=span.end, value=value)
    if most is not None and (least or 0) > most:
        raise QueryError("range-reversed", start=span.start, end=span.end, value=value)
    return SizeRange(at_least_bytes=least, at_most_bytes=most, span=span)


def _ends(value: str, *, single: str = "period") -> tuple[str, str]:
    """Split into the written lower and upper end; an end with a comparison keeps its sign."""
    if ".." in value:
        low, _, high = value.partition("..")
        return low, high
    if value.startswith(">"):
        return value, ""
    if value.startswith("<"):
        return "", value
    return (value, value) if single == "period" else (value, "")


def _period(text: str) -> tuple[date, date]:
    """Return the first and last day of a year, month or day."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day = int(match[1]), match[3], match[4]
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        first = date(year, int(month), 1)
        return first, first.replace(day=calendar.monthrange(year, int(month))[1])
    one = date(year, int(month), int(day))
    return one, one


def _day(text: str, *, after: bool, last: bool) -> date:
    first_day, last_day = _period(text.lstrip("<>="))
    if after:
        return last_day + _ONE_DAY
    return last_day if last else first_day


def _back(today: date, count: int, unit: str) -> date:
    """Go back from today; the day of the month is clipped, and nothing is before year 1."""
    if unit in "dw":
        days = count * (7 if unit == "w" else 1)
        return date.fromordinal(max(1, today.toordinal() - days))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _bytes(text: str) -> int:
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    unit = (match[2] or "").lower().rstrip("bo")
    size = int(float(match[1]) * _UNITS[unit]) if "." in match[1] else int(match[1]) * _UNITS[unit]
    if size > MAX_SIZE_BYTES:
        raise ValueError(text)
    return size
