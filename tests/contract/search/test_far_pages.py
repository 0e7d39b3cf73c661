"""Pages far from both ends are read by other means than near ones: they hold the same hits in the same order."""

from datetime import UTC, datetime, timedelta

import pytest

from muniment.engines.memory import MemoryEngine
from muniment.engines.port import Sort
from tests.contract.search.mailset import document, request

COUNT = 3_400
START = datetime(2024, 1, 1, tzinfo=UTC)
OFFSETS = (0, 999, 1_001, 1_090, 1_480, 1_550, 1_990, 2_250, 2_300, 2_900, 3_375, 3_390, 3_500)


def sender_of(number):
    """One sender of a third of the mail, many of a few messages, a third without."""
    if number % 3 == 0:
        return ("much@acme.example",)
    return (f"Person <p{number % 40}.{'x' * 110}@acme.example>",) if number % 2 else ()


@pytest.fixture(scope="module")
def both(another_engine):
    engines = (MemoryEngine(), another_engine())
    documents = [
        document(
            number,
            body="memo",
            from_=sender_of(number),
            date=START + timedelta(hours=number * 7919 % 400) if number % 11 else None,
            size_bytes=number % 17,
        )
        for number in range(1, COUNT + 1)
    ]
    for engine in engines:
        engine.put(documents)
    return engines


@pytest.mark.parametrize("sort", [sort for sort in Sort if sort is not Sort.RELEVANCE])
@pytest.mark.parametrize("offset", OFFSETS)
def test_a_far_page_is_the_same_as_in_the_whole_order(both, sort, offset):
    memory, other = [engine.search(request("memo", sort=sort, offset=offset, limit=25)) for engine in both]

    assert [hit.message_id for hit in other.hits] == [hit.message_id for hit in memory.hits]
    assert other.total == memory.total == COUNT
