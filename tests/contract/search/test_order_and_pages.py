from dataclasses import replace
from datetime import UTC, datetime

import pytest

from muniment.engines.port import Sort
from tests.contract.search.mailset import MAIL, copies, document, mid, numbers, request

ORDERS = {
    Sort.DATE_DESC: [2, 7, 6, 1, 4, 3, 5],
    Sort.DATE_ASC: [3, 4, 1, 6, 7, 2, 5],
    Sort.SIZE_ASC: [7, 1, 3, 4, 5, 6, 2],
    Sort.SIZE_DESC: [2, 6, 5, 4, 3, 1, 7],
    Sort.SENDER: [3, 2, 5, 1, 6, 7, 4],
}


@pytest.mark.parametrize("sort", ORDERS)
def test_hits_come_in_the_order_of_the_sort_and_equals_by_id(filled, sort):
    assert numbers(filled.search(request("", sort=sort))) == ORDERS[sort]


def test_a_message_without_sender_comes_last(engine):
    engine.put([document(1), document(2, from_=("z@z.example",)), document(3, from_=("a@a.example",))])

    assert numbers(engine.search(request("", sort=Sort.SENDER))) == [3, 2, 1]


def test_a_date_before_1970_sorts_before_one_after(engine):
    engine.put(
        [document(n, date=datetime(year, 1, 1, tzinfo=UTC)) for n, year in ((1, 1970), (2, 1), (3, 9999), (4, 1969))]
    )

    assert numbers(engine.search(request("", sort=Sort.DATE_ASC))) == [2, 4, 1, 3]


def test_what_says_more_of_the_word_is_more_relevant(engine):
    engine.put(
        [
            document(1, body="merger " + "other words " * 50),
            document(2, subject="merger", body="the merger and the merger"),
            document(3, body="nothing of the kind"),
        ]
    )

    assert numbers(engine.search(request("merger", sort=Sort.RELEVANCE))) == [2, 1]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("size", [3, 7, 50])
def test_pages_of_equal_messages_hold_each_message_once(engine, sort, size):
    engine.put(copies(30))
    engine.put(copies(60)[30:])

    pages = [engine.search(request("project", sort=sort, offset=at, limit=size)) for at in range(0, 60 + size, size)]

    seen = [number for page in pages for number in numbers(page)]
    assert sorted(seen) == list(range(1000, 1060))
    assert {page.total for page in pages} == {60}


@pytest.mark.parametrize("sort", Sort)
def test_a_page_beyond_the_end_is_empty_and_knows_the_total(filled, sort):
    result = filled.search(request("", sort=sort, offset=1_000_000, limit=10))

    assert (result.total, result.hits) == (7, ())


@pytest.mark.parametrize("sort", Sort)
def test_a_page_of_nothing_counts(filled, sort):
    result = filled.search(request("contrat", sort=sort, limit=0))

    assert (result.total, result.hits) == (2, ())


@pytest.mark.parametrize("sort", Sort)
def test_the_order_does_not_depend_on_how_documents_came(engine, sort):
    engine.put(copies(6))
    first = numbers(engine.search(request("", sort=sort)))
    engine.delete([mid(1000 + n) for n in range(6)])
    for one in reversed(copies(6)):
        engine.put([one])

    assert numbers(engine.search(request("", sort=sort))) == first


def test_a_message_that_was_put_again_counts_once(engine):
    engine.put([MAIL[0], replace(MAIL[0], subject="first"), replace(MAIL[0], subject="second")])
    engine.put([replace(MAIL[0], subject="third")])

    assert (engine.count(), engine.search(request("subject:third")).total) == (1, 1)
    assert engine.search(request("subject:(first OR second OR contrats)")).total == 0
