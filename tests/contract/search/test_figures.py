from datetime import UTC, date, datetime, timedelta

import pytest

from muniment.engines.port import Bucket, Interval
from tests.contract.search.mailset import document, found, request


def dated(number, moment):
    return document(number, date=moment)


def histogram(engine, query=""):
    result = engine.search(request(query, histogram=True, limit=0))
    return result.histogram, result.interval, result.undated


def test_a_span_of_two_months_is_shown_by_day_with_empty_days(engine):
    start = datetime(2024, 1, 30, 23, 59, tzinfo=UTC)
    engine.put([dated(1, start), dated(2, start), dated(3, start + timedelta(days=2)), document(4)])

    bars = tuple(
        Bucket(start=date(2024, *day), count=count) for day, count in (((1, 30), 2), ((1, 31), 0), ((2, 1), 1))
    )
    assert histogram(engine) == (bars, Interval.DAY, 1)


def test_a_span_of_years_is_shown_by_month(engine):
    engine.put([dated(1, datetime(2023, 11, 15, tzinfo=UTC)), dated(2, datetime(2024, 2, 1, tzinfo=UTC))])

    starts = [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1)]
    bars = tuple(Bucket(start=start, count=count) for start, count in zip(starts, (1, 0, 0, 1), strict=True))
    assert histogram(engine) == (bars, Interval.MONTH, 0)


def test_a_span_of_decades_is_shown_by_year(engine):
    engine.put([dated(1, datetime(2000, 5, 1, tzinfo=UTC)), dated(2, datetime(2024, 2, 1, tzinfo=UTC))])

    bars, interval, undated = histogram(engine)

    assert (bars[0], bars[-1], len(bars)) == (
        Bucket(start=date(2000, 1, 1), count=1),
        Bucket(start=date(2024, 1, 1), count=1),
        25,
    )
    assert (interval, undated) == (Interval.YEAR, 0)


def test_dates_that_no_calendar_explains_make_no_thousand_bars(engine):
    years = [1, 500, 1969, *range(1900, 2024), 9999]
    engine.put([dated(n, datetime(year, 1, 1, tzinfo=UTC)) for n, year in enumerate(years)])

    bars, interval, _ = histogram(engine)

    assert (len(bars), interval, sum(bar.count for bar in bars)) == (60, Interval.YEAR, len(years))
    assert bars[0].start == date(1, 1, 1)
    assert bars[-1] == Bucket(start=date(9999, 1, 1), count=1)


def test_a_date_with_a_zone_counts_on_its_day_in_utc(engine):
    from datetime import timezone

    late = datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    engine.put([dated(1, late)])

    assert histogram(engine)[0] == (Bucket(start=date(2023, 12, 31), count=1),)
    assert found(engine, "date:2023-12-31") == [1]
    assert found(engine, "date:2024") == []


def test_the_first_and_the_last_second_of_a_day_belong_to_it(engine):
    first = datetime(2024, 3, 1, tzinfo=UTC)
    engine.put(
        [
            dated(1, first),
            dated(2, first + timedelta(days=1) - timedelta(microseconds=1)),
            dated(3, first + timedelta(days=1)),
        ]
    )

    assert found(engine, "date:2024-03-01") == [1, 2]


@pytest.mark.parametrize("query", ["", "nothing_is_found"])
def test_without_dated_hits_there_are_no_bars(engine, query):
    engine.put([document(1)])

    bars, _, undated = histogram(engine, query)

    assert (bars, undated) == ((), 1 if query == "" else 0)


def test_figures_that_are_not_asked_for_are_not_given(filled):
    result = filled.search(request(""))

    assert (result.histogram, result.undated, result.facets) == ((), 0, {})


def test_facets_count_the_hits_most_frequent_first(filled):
    result = filled.search(request("NOT board", facets=("sender", "source", "filetype"), limit=0))

    assert result.facets["sender"][:2] == (("chloe.lefevre@acme.com", 2),
        ("a.very.long.address.of.more.than.forty.two.characters@sub.example.de", 1))  # fmt: skip
    assert result.facets["source"] == (("Journal Paris", 3), ("journal-london", 1))
    assert result.facets["filetype"] == (("docx", 1), ("pdf", 1), ("xlsx", 1))


def test_a_facet_names_the_twenty_most_frequent(engine):
    people = [f"p{number:02}@x.example" for number in range(30)]
    engine.put([document(n, from_=(people[n % 30],)) for n in range(75)])

    facet = engine.search(request("", facets=("sender",))).facets["sender"]

    assert facet == tuple([(person, 3) for person in people[:15]] + [(person, 2) for person in people[15:20]])
