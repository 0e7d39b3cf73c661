"""Dates as senders write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.mail.dates import parse_date


def at(hours, minutes=0):
    return timezone(timedelta(hours=hours, minutes=minutes))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 1 Jul 2003 10:52:37 +0200", datetime(2003, 7, 1, 10, 52, 37, tzinfo=at(2))),
        ("1 Jul 2003 10:52 +0530", datetime(2003, 7, 1, 10, 52, tzinfo=at(5, 30))),
        ("Tue, 1 Jul 2003 10:52:37 GMT", datetime(2003, 7, 1, 10, 52, 37, tzinfo=UTC)),
        ("Tue, 1 Jul 2003 10:52:37 -0330 (NST)", datetime(2003, 7, 1, 10, 52, 37, tzinfo=at(-3, -30))),
        ("Mon, 1 Jul 2003 10:52:37 +0000", datetime(2003, 7, 1, 10, 52, 37, tzinfo=UTC)),
        ("Thu, 10 Jul 1997 14:53:31 EST5EDT", datetime(1997, 7, 10, 14, 53, 31, tzinfo=at(-5))),
        ("Fri, 13 Feb 98 23:32:54 PST", datetime(1998, 2, 13, 23, 32, 54, tzinfo=at(-8))),
        ("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", datetime(1997, 11, 21, 9, 55, 6, tzinfo=at(-6))),
        ("Fri, 13 Feb 2009 23:32:60 +0100", datetime(2009, 2, 13, 23, 32, 59, tzinfo=at(1))),
    ],
)
def test_dates_of_the_standards_keep_their_zone(text, expected):
    value, whole = parse_date(text)

    assert (value, value.utcoffset(), whole) == (expected, expected.utcoffset(), True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue Jul  1 10:52:37 2003", datetime(2003, 7, 1, 10, 52, 37, tzinfo=UTC)),
        ("2003-07-01T10:52:37+02:00", datetime(2003, 7, 1, 10, 52, 37, tzinfo=at(2))),
        ("2003-07-01 10:52", datetime(2003, 7, 1, 10, 52, tzinfo=UTC)),
        ("Tue, 1 Jul 2003 10:52:37", datetime(2003, 7, 1, 10, 52, 37, tzinfo=UTC)),
        ("Tue, 1 Jul 2003 10:52:37 XYZ", datetime(2003, 7, 1, 10, 52, 37, tzinfo=UTC)),
        ("Tue, 1 Jul 2003 10:52:37 +9999", datetime(2003, 7, 1, 10, 52, 37, tzinfo=UTC)),
        ("29 Jul 01 11:30:41 PM", datetime(2001, 7, 29, 23, 30, 41, tzinfo=UTC)),
        ("29 Jul 01 12:30:41 AM", datetime(2001, 7, 29, 0, 30, 41, tzinfo=UTC)),
        ("Sat, 02 Feb 0102 23:26:17 +0200", datetime(2002, 2, 2, 23, 26, 17, tzinfo=at(2))),
        ("01.07.2003 10:52:37 +0200", datetime(2003, 7, 1, 10, 52, 37, tzinfo=at(2))),
    ],
)
def test_dates_of_wild_senders_are_read_and_called_malformed(text, expected):
    assert parse_date(text) == (expected, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mar., 1 juil. 2003",
        "Tue, 32 Jul 2003 10:52:37 +0200",
        "Tue, 1 Jul 9999 10:52:37 +0200",
        "Tue, 1 Jul 0001 10:52:37 +0200",
        "Sat, 00 Jan 1900 00:00:00 GMT",
        "((((((((",
        "1" * 10_000,
    ],
)
def test_what_is_no_date_is_none(text):
    assert parse_date(text) == (None, False)


@given(st.text(alphabet="JulTue, 0123456789:+-./()GMT", max_size=60))
def test_no_text_makes_it_raise_and_every_date_is_aware(text):
    value, _ = parse_date(text)

    assert value is None or value.astimezone(UTC).year > 1898


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2199, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_formatted_date_is_read_back(moment, minutes):
    value = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))

    assert parse_date(value.strftime("%a, %d %b %Y %H:%M:%S %z")) == (value, True)
