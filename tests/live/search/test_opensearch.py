"""What OpenSearch has besides the contract: indices by size, order of states, a new index beside the old one, a mark."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from muniment.engines.opensearch import Connection, Layout, OpenSearchEngine
from muniment.engines.opensearch.connection import Server
from muniment.engines.port import IndexUnavailable
from muniment.query.refusals import QueryError
from tests.contract.search.mailset import MAIL, copies, document, found, mid, numbers, request
from tests.live.servers.common import free_port

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
SMALLEST = 1e-9  # GiB: full with the first document


def ask(node, path):
    return node.nodes[0].get(path)


def indices_of(engine, node):
    return sorted(ask(node, f"/{engine._indices.alias}/_alias"))


@pytest.fixture
def rolled(new_engine):
    """An engine whose index is full after each put."""
    engine = new_engine(full_gib=SMALLEST)
    for start in range(0, 7, 2):
        engine.put(MAIL[start : start + 2])
    return engine


def test_a_full_index_is_followed_by_the_next_and_all_are_searched(rolled, node):
    assert len(indices_of(rolled, node)) == 5
    assert (rolled.count(), found(rolled, "contrat")) == (7, [1, 6])


def test_a_message_of_a_full_index_is_replaced_there_and_counts_once(rolled):
    rolled.put([replace(MAIL[0], subject="quokka"), replace(MAIL[6], subject="quokka"), document(9, subject="quokka")])

    assert (rolled.count(), found(rolled, "quokka"), found(rolled, "subject:contrats")) == (8, [1, 7, 9], [])


def test_a_message_of_a_full_index_is_deleted_there(rolled):
    rolled.delete([mid(1), mid(7)])

    assert (sorted(rolled.message_ids()), found(rolled, "contrat")) == ([mid(n) for n in (2, 3, 4, 5, 6)], [6])


def test_the_mark_goes_on_to_the_next_index_and_to_a_renewed_one(rolled):
    rolled.set_mark("state")
    rolled.put([document(10)])
    after_rolling = rolled.mark()
    rolled.begin_renewal()
    rolled.finish_renewal()

    assert (after_rolling, rolled.mark()) == ("state", "state")


@pytest.fixture
def unused(new_engine):
    """An engine that no deletion is remembered in."""
    return new_engine()


def test_an_earlier_state_that_comes_late_is_not_taken(unused):
    unused.put([document(1, subject="new", as_of=NOON)])

    with pytest.raises(IndexUnavailable, match="later state"):
        unused.put([document(1, subject="old", as_of=NOON - timedelta(seconds=1)), document(2, as_of=NOON)])

    assert (found(unused, "new"), found(unused, "old"), unused.count()) == ([1], [], 2)


def test_the_same_state_may_come_twice(unused):
    state = document(1, subject="same", as_of=NOON)
    unused.put([state])
    unused.put([state])

    assert found(unused, "same") == [1]


def test_a_put_that_was_sent_before_a_deletion_does_not_bring_the_message_back(unused):
    state = document(1, subject="gone", as_of=datetime.now(UTC) - timedelta(seconds=1))
    unused.put([state])
    unused.delete([mid(1)])

    with pytest.raises(IndexUnavailable):
        unused.put([state])

    assert unused.count() == 0


def test_what_a_clock_far_ahead_has_put_can_be_deleted(engine):
    engine.put([document(1, as_of=datetime.now(UTC) + timedelta(days=300))])
    engine.delete([mid(1)])

    assert engine.count() == 0


def test_while_an_index_is_made_anew_the_old_one_answers_and_both_take_what_comes(new_engine, node):
    engine = new_engine()
    engine.put(copies(20))
    seen, done = set(), threading.Event()

    def watch():
        while not done.is_set():
            seen.add(engine.search(request("project")).total)

    watcher = threading.Thread(target=watch)
    watcher.start()
    old = indices_of(engine, node)
    engine.begin_renewal()
    for one in copies(20):
        engine.put([one])
    engine.put([document(1, subject="meanwhile")])
    engine.delete([mid(1000)])
    found_meanwhile = found(engine, "meanwhile")
    engine.finish_renewal()
    done.set()
    watcher.join()

    assert (found_meanwhile, seen <= {20, 19}, engine.count()) == ([1], True, 20)
    assert set(indices_of(engine, node)).isdisjoint(old)
    assert [name for name in ask(node, "/_alias") if name in old] == []


def test_a_renewal_that_was_cut_short_is_begun_anew(new_engine):
    engine = new_engine()
    engine.put(MAIL)
    engine.begin_renewal()
    engine.put(MAIL[:2])
    engine.begin_renewal()
    engine.put(MAIL[:3])
    engine.finish_renewal()
    engine.finish_renewal()

    assert engine.count() == 3


def test_a_message_that_comes_between_two_questions_does_not_part_hits_from_figures(new_engine):
    engine = new_engine(window=5)
    engine.put(copies(30))
    deep = [engine.search(request("project", offset=at, limit=5, histogram=True)) for at in (0, 12, 27)]

    assert [sum(bar.count for bar in one.histogram) for one in deep] == [one.total for one in deep] == [30] * 3
    assert len({n for one in deep for n in numbers(one)}) == 13


def test_an_index_that_is_not_there_is_told_and_not_made_by_asking(new_engine):
    engine = OpenSearchEngine(new_engine()._server._connection, Layout(name=f"t{uuid4().hex[:8]}"))

    for act in (engine.count, lambda: engine.search(request("a")), lambda: list(engine.message_ids()), engine.mark):
        with pytest.raises(IndexUnavailable, match="rebuild index"):
            act()


def test_a_query_of_a_thousand_words_is_answered(filled):
    words = " OR ".join(f"word{number}" for number in range(900))

    assert found(filled, f"{words} OR contrat") == [1, 6]


@pytest.mark.parametrize("query", ['"yy* foo"', "yy* w/3 foo", '"foo * yy*"'])
def test_a_wildcard_beside_other_words_that_stands_for_too_many_is_refused(broad, query):
    with pytest.raises(QueryError) as refusal:
        broad.search(request(query))

    assert refusal.value.key == "too-broad"
    assert "yy*" in query[refusal.value.start : refusal.value.end]


def test_a_wildcard_alone_stands_for_any_number_of_words(broad):
    assert found(broad, "yy*") == list(range(1, 31))


@pytest.fixture(scope="module")
def broad(new_engine):
    """Thirty thousand words that begin alike."""
    words = [f"yy{number}x" for number in range(30_000)]
    engine = new_engine()
    engine.put([document(n + 1, body=" foo ".join(words[n * 1000 :][:1000])) for n in range(30)])
    return engine


def test_a_server_that_is_not_there_is_unavailable_and_said_so():
    engine = OpenSearchEngine(Connection(urls=(f"http://127.0.0.1:{free_port()}",), seconds=2), server=None)
    engine._server = Server(engine._server._connection, sleep=lambda _: None, clock=iter(range(0, 10_000, 50)).__next__)

    with pytest.raises(IndexUnavailable, match="does not answer: is it running"):
        engine.search(request("a"))
