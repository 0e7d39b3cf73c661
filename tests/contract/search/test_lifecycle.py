from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.engines.port import Scope, Sort
from muniment.query.parser import parse
from muniment.query.refusals import QueryError
from tests.contract.search.mailset import ALL, ALL_BLIND, MAIL, TODAY, copies, found, mid, request
from tests.unit.query.trees import trees


def found_ids(engine, scope):
    return sorted(hit.message_id for hit in engine.search(request("", scope=scope)).hits)


def test_an_empty_index_finds_nothing(engine):
    result = engine.search(request("", histogram=True, facets=("sender",), highlight=True))

    assert (result.total, result.hits, result.histogram, result.facets) == (0, (), (), {"sender": ()})
    assert (engine.count(), list(engine.message_ids())) == (0, [])


def test_every_id_is_told(filled):
    assert sorted(filled.message_ids()) == [mid(number) for number in range(1, 8)]
    assert filled.count() == 7


@pytest.mark.parametrize("text", ["", "contrat", "from:chloe.lefevre@acme.com", "NOT contrat", "nothing-of-the-kind"])
def test_all_that_match_are_those_that_a_search_finds(filled, text):
    query = parse(text, today=TODAY)

    everything = sorted(filled.matching(query, ALL_BLIND))

    assert everything == sorted(hit.message_id for hit in filled.search(request(text, scope=ALL_BLIND)).hits)


def test_all_that_match_are_within_the_scope(filled):
    query, scope = parse("", today=TODAY), Scope(addresses=frozenset({"chloe.lefevre@acme.com"}))

    assert sorted(filled.matching(query, scope)) == found_ids(filled, scope)


def test_an_empty_index_matches_nothing(engine):
    assert list(engine.matching(parse("", today=TODAY), ALL)) == []


def test_a_deleted_message_is_gone_from_words_and_counts(engine):
    engine.put(MAIL)

    engine.delete([mid(1), mid(6), mid(999)])

    assert found(engine, "contrat") == []
    assert (engine.count(), sorted(engine.message_ids())) == (5, [mid(n) for n in (2, 3, 4, 5, 7)])


def test_deleting_twice_or_nothing_is_the_same(engine):
    engine.put(MAIL[:2])

    engine.delete([])
    engine.delete([mid(1)])
    engine.delete([mid(1)])

    assert list(engine.message_ids()) == [mid(2)]


def test_a_deleted_message_can_be_put_again(engine):
    engine.put(MAIL)
    engine.delete([mid(1)])
    engine.put([MAIL[0]])

    assert found(engine, "contrats") == [1, 6]


def test_clearing_removes_everything_and_the_index_goes_on(engine):
    engine.put(MAIL)
    engine.clear()
    assert engine.count() == 0

    engine.put(MAIL[:1])

    assert found(engine, "contrat") == [1]


def test_putting_nothing_changes_nothing(engine):
    engine.put([])

    assert engine.count() == 0


def test_texts_that_are_not_clean_unicode_are_indexed(engine):
    from dataclasses import replace

    hostile = (
        "word \ud800 \x00 \x01\x01\x01stem \x02 \x03 \x04 \ufdfa ½ e\u0301te \u0301 \u202e \U0001f600 " + "x" * 70_000
    )
    people = ("\ud800 <a\udfff@b.c>", "<>", "@", "", "a@b@c", "x" * 5_000 + "@y.z")
    odd = replace(
        MAIL[0], subject=hostile, body=hostile, from_=people, to=people, bcc=people, participants=people, access=people,
        attachment_names=(hostile, ""), attachment_types=("", "/", "."), attachment_text=hostile, sources=(hostile, ""),
        custodians=people, lists=people, rfc_message_id=hostile, thread_id=hostile, flags=("",),
    )  # fmt: skip

    engine.put([odd])

    assert found(engine, "word ete") == [1]
    assert found(engine, "from:*@y.z OR from:a@b@c") == [1]
    assert engine.search(request("word", highlight=True)).hits[0].highlights
    assert engine.search(request("", facets=("sender", "source", "filetype"))).total == 1


def test_many_threads_search_and_put_at_once(engine):
    batches = [copies(40)[at : at + 10] for at in range(0, 40, 10)]

    with ThreadPoolExecutor(8) as pool:
        puts = [pool.submit(engine.put, batch) for batch in batches]
        totals = [pool.submit(lambda: engine.search(request("project")).total) for _ in range(40)]

    assert [put.result() for put in puts] == [None] * 4
    assert all(total.result() % 10 == 0 for total in totals)
    assert engine.count() == 40


@given(trees, st.sampled_from([ALL, ALL_BLIND]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_engines_agree_on_any_tree(filled_engines, tree, scope):
    answers = [_answer(engine, tree, scope) for engine in filled_engines.values()]

    assert answers[0] == answers[1]


def _answer(engine, tree, scope):
    from muniment.engines.port import SearchRequest

    try:
        result = engine.search(
            SearchRequest(query=tree, scope=scope, sort=Sort.DATE_DESC, histogram=True, highlight=True)
        )
    except QueryError as refusal:
        return refusal.key
    return [(hit.message_id, hit.highlights) for hit in result.hits], result.histogram, result.undated


_vocabulary = st.lists(
    st.sampled_from(
        "contrat contrats signé signe not note notes le la the jean-paul l'avion 契約 résumé merger".split()
    ),
    max_size=40,
).map(" ".join)
_texts = st.lists(_vocabulary, min_size=1, max_size=5)
_query_words = st.sampled_from(
    ["contrat", "=contrat", "contr*", '"contrat signé"', "note", "avion", "jean-paul", "契約", '"the no*"', "résumé"]
)
_near = st.builds(
    lambda a, op, n, b: f"{a} {op}/{n} {b}", _query_words, st.sampled_from(["w", "pre"]), st.integers(0, 12),
    _query_words,
)  # fmt: skip


@given(_texts, st.lists(st.one_of(_query_words, _near), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_engines_agree_on_words_and_distances_in_any_text(another_engine, texts, queries):
    from muniment.engines.memory import MemoryEngine
    from tests.contract.search.mailset import document

    engines = [MemoryEngine(), another_engine()]
    for engine in engines:
        engine.put([document(number, subject=text[:30], body=text) for number, text in enumerate(texts)])

    answers = [[found(engine, query) for query in queries] for engine in engines]

    assert answers[0] == answers[1]
